//! An application asks: what is shown, and what is told to it.

use http::StatusCode;
use meridian_domain::oauth2::{Consent, ConsentRefusal, decide_consent};
use meridian_gateway::ApiError;
use meridian_kernel::{Instant, LinkId, UserId, UuidUid, WireId, hash_hex};
use meridian_store::oauth2::{self, NewGrant};

use super::super::Application;
use super::super::parameters::Parameters;
use crate::errors;

/// How long a code works, in minutes: at most ten (RFC 6749, 4.1.2), and applications
/// exchange it at once.
const CODE_MINUTES: i64 = 5;

/// An application that asks, and whether it may.
pub struct Asking {
    /// Which.
    pub application: Application,
    /// What the user is asked, or the address at which the application hears why not.
    pub outcome: Result<Consent, String>,
    /// Comes back as it was.
    state: Option<String>,
}

impl Asking {
    /// Reads what an application asks. What must not be told to it, because it may be
    /// somebody else, is an error for the user.
    pub async fn read(client_id: &str, parameters: &Parameters) -> Result<Self, ApiError> {
        let unknown = || errors::no_application(client_id);
        let application = Application::find(client_id).await?.ok_or_else(unknown)?;
        let asked = parameters.consent();
        let state = asked.state.map(str::to_owned);
        let outcome = match decide_consent(application.registered(), asked) {
            Ok(consent) => Ok(consent),
            Err(ConsentRefusal::NotApproved) => return Err(not_approved()),
            Err(ConsentRefusal::Redirect(text)) => return Err(ApiError::bad_request(text)),
            Err(ConsentRefusal::Told { redirect_uri, error, description }) => {
                Err(told(&redirect_uri, error, &description, state.as_deref()))
            }
        };
        Ok(Self { application, outcome, state })
    }

    /// Where the user goes who says no.
    pub fn denied(&self, consent: &Consent) -> String {
        let text = "The user denied the request";
        told(&consent.redirect_uri, "access_denied", text, self.state.as_deref())
    }

    /// Where the user goes who says yes: with a code, which works once.
    pub async fn allowed(
        &self,
        consent: &Consent,
        user: UserId,
        now: Instant,
    ) -> Result<String, ApiError> {
        let code = LinkId::generate(user.organization());
        let id = UuidUid::generate(user.organization());
        let new = NewGrant {
            id: id.as_str(),
            client: &self.application.id,
            user,
            scopes: &consent.scopes,
            code_hash: &hash_hex(code.as_str().as_bytes()),
            code_expires_at: now.plus_minutes(CODE_MINUTES),
            redirect_uri: &consent.redirect_uri,
            code_challenge: consent.challenge.as_ref().map(|challenge| challenge.as_str()),
        };
        if !oauth2::insert_grant(&self.application.scope, &new, now).await? {
            return Err(ApiError::conflict("The application was changed meanwhile. Try again."));
        }
        let pairs = [("code", Some(code.as_str())), ("state", self.state.as_deref())];
        Ok(address(&consent.redirect_uri, &pairs))
    }
}

fn not_approved() -> ApiError {
    ApiError::new(StatusCode::FORBIDDEN, "This OAuth client is not approved")
}

fn told(redirect_uri: &str, error: &str, description: &str, state: Option<&str>) -> String {
    let pairs =
        [("error", Some(error)), ("error_description", Some(description)), ("state", state)];
    address(redirect_uri, &pairs)
}

/// An address with some parameters more.
fn address(redirect_uri: &str, pairs: &[(&str, Option<&str>)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in pairs {
        if let Some(value) = value {
            query.append_pair(name, value);
        }
    }
    let joint = match redirect_uri.split_once('?') {
        None => "?",
        Some((_, "")) => "",
        Some(_) => "&",
    };
    format!("{redirect_uri}{joint}{}", query.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_added_to_what_the_address_has() {
        let pairs = [("code", Some("a&b")), ("state", None)];
        for (given, made) in [
            ("https://a.example/cb", "https://a.example/cb?code=a%26b"),
            ("https://a.example/cb?x=1", "https://a.example/cb?x=1&code=a%26b"),
            ("https://a.example/cb?", "https://a.example/cb?code=a%26b"),
            ("myapp:/done", "myapp:/done?code=a%26b"),
        ] {
            assert_eq!(address(given, &pairs), made);
        }
    }

    #[test]
    fn a_state_comes_back_as_it_was() {
        let told = told("https://a.example", "access_denied", "no", Some("ü &=#"));
        assert!(told.ends_with("&state=%C3%BC+%26%3D%23"), "{told}");
    }
}
