//! Whether a user is asked for a consent, and for what.

use super::pkce::Challenge;
use super::scope::{is_legacy, is_scope, parse_scopes};

/// How long a state may be, in bytes: it comes back in a URL.
pub const MAX_STATE: usize = 2_048;

/// An application, as far as it decides.
#[derive(Clone, Copy, Debug)]
pub struct Registered<'a> {
    /// Whether users may be asked.
    pub is_approved: bool,
    /// Whether it has no secret, and so must use PKCE.
    pub is_public: bool,
    /// Where users may be sent back to.
    pub redirect_uris: &'a [String],
    /// What it may ask for; none, or only such of an older time: everything.
    pub scopes: &'a [String],
}

impl Registered<'_> {
    /// Whether its tokens are not restricted, as before there were scopes.
    pub fn is_legacy(&self) -> bool {
        self.scopes.iter().all(|scope| is_legacy(scope))
    }
}

/// What it asks.
#[derive(Clone, Copy, Debug, Default)]
pub struct AskedConsent<'a> {
    /// A parameter that came more than once.
    pub repeated: Option<&'a str>,
    /// Absent counts as `code`.
    pub response_type: Option<&'a str>,
    /// Where the user is sent back to.
    pub redirect_uri: Option<&'a str>,
    /// Comes back as it was.
    pub state: Option<&'a str>,
    /// Parted by spaces or commas.
    pub scope: Option<&'a str>,
    /// PKCE.
    pub code_challenge: Option<&'a str>,
    /// Absent counts as `S256`.
    pub code_challenge_method: Option<&'a str>,
}

/// What the user is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// Where the answer goes.
    pub redirect_uri: String,
    /// To do what; empty: everything.
    pub scopes: Vec<String>,
    /// PKCE.
    pub challenge: Option<Challenge>,
}

/// Why the user is not asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConsentRefusal {
    /// Shown to the user: the application may not be asked for.
    NotApproved,
    /// Shown to the user: nobody is sent to an address that is not registered. The
    /// text says what is wrong with it.
    Redirect(&'static str),
    /// Told to the application, at that address.
    Told {
        /// Where.
        redirect_uri: String,
        /// As RFC 6749 names it.
        error: &'static str,
        /// For its developers.
        description: String,
    },
}

/// Decides whether the user is asked.
pub fn decide(client: Registered<'_>, asked: AskedConsent<'_>) -> Result<Consent, ConsentRefusal> {
    if !client.is_approved {
        return Err(ConsentRefusal::NotApproved);
    }
    let redirect_uri = redirect_of(client, asked)?;
    let refused = |error, description: &str| ConsentRefusal::Told {
        redirect_uri: redirect_uri.to_owned(),
        error,
        description: description.to_owned(),
    };
    let invalid = |description: &str| refused("invalid_request", description);
    if let Some(name) = asked.repeated {
        return Err(invalid(&format!("{name} must not be given more than once")));
    }
    if asked.state.is_some_and(|state| state.len() > MAX_STATE) {
        return Err(invalid(&format!("state must not be longer than {MAX_STATE} bytes")));
    }
    if asked.response_type.is_some_and(|kind| kind != "code") {
        return Err(refused("unsupported_response_type", "response_type must be 'code'"));
    }
    let scopes = scopes_of(client, asked.scope.unwrap_or_default()).map_err(invalid)?;
    let challenge = challenge_of(client, asked).map_err(invalid)?;
    Ok(Consent { redirect_uri: redirect_uri.to_owned(), scopes, challenge })
}

/// The address, where it is exactly a registered one and came once.
fn redirect_of<'a>(
    client: Registered<'_>,
    asked: AskedConsent<'a>,
) -> Result<&'a str, ConsentRefusal> {
    let given = asked.redirect_uri.ok_or(ConsentRefusal::Redirect("redirect_uri is required"))?;
    if asked.repeated == Some("redirect_uri") {
        return Err(ConsentRefusal::Redirect("redirect_uri must not be given more than once"));
    }
    if client.redirect_uris.iter().any(|registered| registered == given) {
        return Ok(given);
    }
    Err(ConsentRefusal::Redirect("redirect_uri does not match the client's registered ones"))
}

/// Of an application without scopes nothing is checked, and nothing it asks for
/// restricts its tokens.
fn scopes_of(client: Registered<'_>, text: &str) -> Result<Vec<String>, &'static str> {
    let asked = parse_scopes(text);
    if client.is_legacy() {
        let kept = asked.into_iter().filter(|scope| is_legacy(scope));
        return Ok(kept.map(str::to_owned).collect());
    }
    if asked.is_empty() {
        return Err("scope is required");
    }
    if !asked.iter().all(|scope| is_scope(scope) || is_legacy(scope)) {
        return Err("Requested scope is not a recognized scope");
    }
    let registered = |scope: &&str| client.scopes.iter().any(|known| known == scope);
    if !asked.iter().all(registered) {
        return Err("Requested scope exceeds the client's registered scopes");
    }
    // A token with nothing but old scopes could do everything.
    if asked.iter().all(|scope| is_legacy(scope)) {
        return Err("Requested scope must name more than legacy scopes");
    }
    Ok(asked.into_iter().map(str::to_owned).collect())
}

fn challenge_of(
    client: Registered<'_>,
    asked: AskedConsent<'_>,
) -> Result<Option<Challenge>, &'static str> {
    if asked.code_challenge_method.is_some_and(|method| method != "S256") {
        return Err("code_challenge_method must be S256");
    }
    match asked.code_challenge {
        Some(text) => {
            let challenge = Challenge::parse(text);
            challenge.map(Some).ok_or("code_challenge must be a SHA-256 hash in base64url")
        }
        None if client.is_public => Err("code_challenge is required for public clients"),
        None if asked.code_challenge_method.is_some() => {
            Err("code_challenge must be given with code_challenge_method")
        }
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    const HOME: &str = "https://app.example/callback";

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    fn ask(
        is_public: bool,
        scopes: &[&str],
        asked: AskedConsent<'_>,
    ) -> Result<Consent, ConsentRefusal> {
        let (redirect_uris, scopes) = (texts(&[HOME, "myapp://done"]), texts(scopes));
        let client = Registered {
            is_approved: true,
            is_public,
            redirect_uris: &redirect_uris,
            scopes: &scopes,
        };
        decide(client, asked)
    }

    fn asked() -> AskedConsent<'static> {
        AskedConsent {
            redirect_uri: Some(HOME),
            scope: Some("BOOKING_READ,PROFILE_READ"),
            ..AskedConsent::default()
        }
    }

    const SCOPES: &[&str] = &["BOOKING_READ", "PROFILE_READ", "READ_BOOKING"];

    #[track_caller]
    fn told(outcome: Result<Consent, ConsentRefusal>) -> (&'static str, String) {
        match outcome {
            Err(ConsentRefusal::Told { redirect_uri, error, description }) => {
                assert_eq!(redirect_uri, HOME);
                (error, description)
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_asked_for_is_what_the_user_sees() {
        let consent = ask(false, SCOPES, asked()).unwrap();
        assert_eq!(consent.scopes, ["BOOKING_READ", "PROFILE_READ"]);
        assert_eq!((consent.redirect_uri.as_str(), consent.challenge), (HOME, None));
        let with = AskedConsent { code_challenge: Some(CHALLENGE), ..asked() };
        assert_eq!(ask(true, SCOPES, with).unwrap().challenge.unwrap().as_str(), CHALLENGE);
    }

    #[test]
    fn nobody_is_sent_to_an_address_that_is_not_exactly_registered() {
        for address in [
            "https://app.example/callback/",
            "https://app.example/callback?x=1",
            "https://app.example/callback#x",
            "https://app.example/Callback",
            "http://app.example/callback",
            "https://app.example.evil/callback",
            "https://evil.example",
            "",
        ] {
            let refused =
                ask(false, SCOPES, AskedConsent { redirect_uri: Some(address), ..asked() });
            assert!(matches!(refused, Err(ConsentRefusal::Redirect(_))), "{address}");
        }
        let none = AskedConsent { redirect_uri: None, ..asked() };
        assert!(matches!(ask(false, SCOPES, none), Err(ConsentRefusal::Redirect(_))));
        let twice = AskedConsent { repeated: Some("redirect_uri"), ..asked() };
        assert!(matches!(ask(false, SCOPES, twice), Err(ConsentRefusal::Redirect(_))));
    }

    #[test]
    fn an_application_that_is_not_approved_is_not_asked_for() {
        let (redirect_uris, scopes) = (texts(&[HOME]), texts(SCOPES));
        let client = Registered {
            is_approved: false,
            is_public: false,
            redirect_uris: &redirect_uris,
            scopes: &scopes,
        };
        assert_eq!(decide(client, asked()), Err(ConsentRefusal::NotApproved));
    }

    #[test]
    fn scopes_are_known_and_registered() {
        for (scope, text) in [
            ("BOOKING_READ EVERYTHING", "Requested scope is not a recognized scope"),
            ("BOOKING_WRITE", "Requested scope exceeds the client's registered scopes"),
            ("ORG_BOOKING_READ", "Requested scope exceeds the client's registered scopes"),
            ("", "scope is required"),
            ("READ_BOOKING", "Requested scope must name more than legacy scopes"),
        ] {
            let outcome = ask(false, SCOPES, AskedConsent { scope: Some(scope), ..asked() });
            assert_eq!(told(outcome), ("invalid_request", text.to_owned()));
        }
        let none = AskedConsent { scope: None, ..asked() };
        assert_eq!(told(ask(false, SCOPES, none)).1, "scope is required");
    }

    #[test]
    fn an_application_of_an_older_time_is_not_restricted() {
        for registered in [&[][..], &["READ_BOOKING"]] {
            let asked =
                AskedConsent { scope: Some("READ_BOOKING BOOKING_READ nonsense"), ..asked() };
            assert_eq!(ask(false, registered, asked).unwrap().scopes, ["READ_BOOKING"]);
        }
    }

    #[test]
    fn a_public_application_proves_itself_and_never_in_clear() {
        assert_eq!(
            told(ask(true, SCOPES, asked())).1,
            "code_challenge is required for public clients"
        );
        for (challenge, method, text) in [
            (Some(CHALLENGE), Some("plain"), "code_challenge_method must be S256"),
            (Some("short"), Some("S256"), "code_challenge must be a SHA-256 hash in base64url"),
            (None, Some("S256"), "code_challenge must be given with code_challenge_method"),
        ] {
            let with = AskedConsent {
                code_challenge: challenge,
                code_challenge_method: method,
                ..asked()
            };
            assert_eq!(told(ask(false, SCOPES, with)), ("invalid_request", text.to_owned()));
        }
    }

    #[test]
    fn other_mistakes_are_told_to_the_application() {
        let token = AskedConsent { response_type: Some("token"), ..asked() };
        assert_eq!(told(ask(false, SCOPES, token)).0, "unsupported_response_type");
        let twice = AskedConsent { repeated: Some("scope"), ..asked() };
        assert_eq!(told(ask(false, SCOPES, twice)).1, "scope must not be given more than once");
        let long = "x".repeat(MAX_STATE + 1);
        let long = AskedConsent { state: Some(&long), ..asked() };
        assert_eq!(told(ask(false, SCOPES, long)).0, "invalid_request");
    }
}
