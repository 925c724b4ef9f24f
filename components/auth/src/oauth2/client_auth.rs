//! How an application proves that it is one (RFC 6749, 2.3): its secret in the body,
//! or in `Authorization: Basic`. Public ones have none, and only name themselves.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use meridian_gateway::Request;
use meridian_kernel::{hash_hex, same_secret};
use meridian_store::oauth2::ClientType;
use percent_encoding::percent_decode_str;

use super::Application;
use super::flat::{Refusal, invalid_client, invalid_request};
use super::parameters::Parameters;

/// What an application says of itself.
struct Claim {
    id: String,
    secret: Option<String>,
}

/// The application that asks, proven where it has a secret.
pub async fn authenticate(
    request: &Request,
    parameters: &Parameters,
) -> Result<Application, Refusal> {
    let claim = read(request.header("authorization"), parameters)?;
    let application = Application::find(&claim.id).await?;
    let application = application.ok_or_else(|| invalid_client("client_not_found"))?;
    let wrong = || invalid_client("invalid_client_credentials");
    match (&application.client.secret_hash, application.client.client_type) {
        (Some(expected), _) => {
            let given = hash_hex(claim.secret.ok_or_else(wrong)?.as_bytes());
            if same_secret(&given, expected) { Ok(application) } else { Err(wrong()) }
        }
        (None, ClientType::Public) => Ok(application),
        (None, ClientType::Confidential) => Err(wrong()),
    }
}

/// Both ways at once could mean either, so neither is believed.
fn read(authorization: Option<&str>, parameters: &Parameters) -> Result<Claim, Refusal> {
    let (id, secret) = (parameters.get("client_id"), parameters.get("client_secret"));
    let Some(basic) = authorization.and_then(basic) else {
        let id = id.ok_or_else(|| invalid_request("client_id is required"))?.to_owned();
        return Ok(Claim { id, secret: secret.map(str::to_owned) });
    };
    let claim = basic.ok_or_else(|| {
        invalid_request("Authorization must be Basic with a client id and a client secret")
    })?;
    if secret.is_some() {
        return Err(invalid_request("the client must prove itself in one way only"));
    }
    if id.is_some_and(|id| id != claim.id) {
        return Err(invalid_request("client_id differs from the one in Authorization"));
    }
    Ok(claim)
}

/// `None` for any other scheme; `Some(None)` where it is this one and cannot be read.
fn basic(authorization: &str) -> Option<Option<Claim>> {
    let (scheme, encoded) = authorization.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("basic").then(|| {
        let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
        let (id, secret) = decoded.split_once(':')?;
        let text = |part: &str| {
            let decoded = percent_decode_str(part).decode_utf8().ok()?;
            Some(decoded.into_owned())
        };
        let (id, secret) = (text(id)?, text(secret)?);
        let is_whole = !id.is_empty();
        is_whole.then(|| Claim { id, secret: Some(secret).filter(|secret| !secret.is_empty()) })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(pairs: &[(&str, &str)]) -> Parameters {
        let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Parameters::of(&pairs.iter().map(pair).collect::<Vec<_>>()).unwrap()
    }

    fn header(text: &str) -> String {
        format!("Basic {}", STANDARD.encode(text))
    }

    fn id_and_secret(
        authorization: Option<&str>,
        pairs: &[(&str, &str)],
    ) -> Option<(String, Option<String>)> {
        read(authorization, &parameters(pairs)).ok().map(|claim| (claim.id, claim.secret))
    }

    #[test]
    fn an_application_proves_itself_in_the_body_or_by_basic() {
        let body = [("client_id", "app"), ("client_secret", "s")];
        let both = Some(("app".to_owned(), Some("s".to_owned())));
        assert_eq!(id_and_secret(None, &body), both);
        assert_eq!(id_and_secret(Some("Bearer x"), &body), both);
        assert_eq!(id_and_secret(Some(&header("app:s")), &[]), both);
        assert_eq!(id_and_secret(Some(&header("a%70p:s")), &[("client_id", "app")]), both);
        assert_eq!(id_and_secret(Some(&header("app:")), &[]), Some(("app".to_owned(), None)));
    }

    #[test]
    fn what_could_mean_two_things_means_nothing() {
        for (authorization, pairs) in [
            (None, &[][..]),
            (Some(header("app:s")), &[("client_secret", "s")]),
            (Some(header("app:s")), &[("client_id", "other")]),
            (Some(header("no colon")), &[("client_id", "app")]),
            (Some(header(":s")), &[]),
            (Some("Basic ???".to_owned()), &[("client_id", "app")]),
        ] {
            assert_eq!(id_and_secret(authorization.as_deref(), pairs), None, "{authorization:?}");
        }
    }
}
