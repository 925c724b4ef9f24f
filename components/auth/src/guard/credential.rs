//! What a request brings as proof, and the exact texts where it is no proof
//! (contract: 00-overview, "Authentication").

use meridian_gateway::session::session_cookie;
use meridian_gateway::{ApiError, Credentials, Refusal};
use meridian_kernel::{ApiKey, Secret};

/// A credential worth a look into the database.
#[derive(Debug, PartialEq, Eq)]
pub enum Credential {
    /// `cal_…`, with or without the word Bearer.
    ApiKey(ApiKey),
    /// The id and the secret of a platform client.
    Client(String, Secret),
    /// What may be a signed token.
    Token(Secret),
    /// The value of the session's cookie.
    Session(Secret),
}

/// 401 with the prefix every text of this guard has.
pub fn refused(reason: &str) -> Refusal {
    Refusal::Unauthorized(format!("ApiAuthStrategy - {reason}"))
}

/// Reads the headers in their order of precedence: client id with secret, then
/// `Authorization`, then the session's cookie. An id or a secret alone only matters
/// where nothing else came.
pub fn read(credentials: &Credentials) -> Result<Credential, Refusal> {
    let client_id = present(credentials.client_id.as_deref());
    let client_secret = present(credentials.client_secret.as_deref());
    let authorization = present(credentials.authorization.as_deref());
    let proves_nothing = client_id.is_none() || client_secret.is_none();
    if authorization.is_none()
        && proves_nothing
        && let Some(session) = credentials.cookie.as_deref().and_then(session_cookie)
    {
        return Ok(Credential::Session(Secret::new(session)));
    }
    match (client_id, client_secret, authorization) {
        (Some(id), Some(secret), _) => Ok(Credential::Client(id.to_owned(), Secret::new(secret))),
        (_, _, Some(authorization)) => read_authorization(authorization),
        (Some(_), None, None) => Err(refused(
            "Only 'x-cal-client-id' header provided. Send 'x-cal-secret-key' with it, or an API \
             key as 'Bearer' header",
        )),
        (None, Some(_), None) => Err(refused(
            "Only 'x-cal-secret-key' header provided. Send 'x-cal-client-id' with it, or an API \
             key as 'Bearer' header",
        )),
        (None, None, None) => Err(Refusal::Unauthorized(ApiError::no_credentials().message)),
    }
}

fn present(header: Option<&str>) -> Option<&str> {
    header.map(str::trim).filter(|value| !value.is_empty())
}

fn read_authorization(authorization: &str) -> Result<Credential, Refusal> {
    let token = without_bearer(authorization);
    if token.starts_with(ApiKey::PREFIX) {
        let key = ApiKey::parse(token);
        return key
            .map(Credential::ApiKey)
            .ok_or_else(|| refused("api key - Your api key is not valid"));
    }
    // No token holds a space: what does is another scheme, such as Basic.
    if token.is_empty() || token.contains(' ') {
        return Err(refused("Invalid Bearer token"));
    }
    Ok(Credential::Token(Secret::new(token)))
}

/// The word is optional and may be written in any case.
fn without_bearer(authorization: &str) -> &str {
    const WORD: &str = "bearer";
    match authorization.split_at_checked(WORD.len()) {
        Some((word, "")) if word.eq_ignore_ascii_case(WORD) => "",
        Some((word, rest)) if word.eq_ignore_ascii_case(WORD) && rest.starts_with(' ') => {
            rest.trim_start()
        }
        _ => authorization,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use meridian_kernel::{KeyMode, OrganizationNumber};

    fn credentials(authorization: &str, id: &str, secret: &str) -> Credentials {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Credentials {
            authorization: some(authorization),
            client_id: some(id),
            client_secret: some(secret),
            ..Credentials::default()
        }
    }

    fn text_of(authorization: &str, id: &str, secret: &str) -> String {
        match read(&credentials(authorization, id, secret)) {
            Err(Refusal::Unauthorized(text)) => text,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_wrong_credential_has_the_text_clients_know() {
        for ((authorization, id, secret), text) in [
            (
                ("", "", ""),
                "No authentication method provided. Either pass an API key as 'Bearer' header or OAuth client credentials as 'x-cal-secret-key' and 'x-cal-client-id' headers",
            ),
            (("cal_live_short", "", ""), "api key - Your api key is not valid"),
            (("Bearer cal_", "", ""), "api key - Your api key is not valid"),
            (("Bearer", "", ""), "Invalid Bearer token"),
            (("Basic dXNlcjpwYXNz", "", ""), "Invalid Bearer token"),
        ] {
            let expected = format!("ApiAuthStrategy - {text}");
            assert_eq!(text_of(authorization, id, secret), expected, "{authorization} {id}");
        }
        let only_id = text_of("", "cm1", "");
        assert!(only_id.starts_with("ApiAuthStrategy - Only 'x-cal-client-id' header provided. "));
        let only_secret = text_of("", "", "secret");
        assert!(
            only_secret.starts_with("ApiAuthStrategy - Only 'x-cal-secret-key' header provided. ")
        );
    }

    #[test]
    fn a_key_is_read_with_and_without_the_word_bearer() {
        let key = ApiKey::generate(OrganizationNumber::NONE, KeyMode::Live);
        for form in ["", "Bearer ", "bearer ", "BEARER  "] {
            let header = format!("{form}{}", key.reveal());
            let found = read(&credentials(&header, "", ""));
            assert_eq!(found, Ok(Credential::ApiKey(key.clone())), "{form:?}");
        }
    }

    #[test]
    fn client_id_and_secret_win_over_a_key_and_one_alone_does_not() {
        let key = ApiKey::generate(OrganizationNumber::NONE, KeyMode::Live);
        let both = read(&credentials(key.reveal(), "cm1", "secret"));
        assert_eq!(both, Ok(Credential::Client("cm1".to_owned(), Secret::new("secret"))));
        for (id, secret) in [("cm1", ""), ("", "secret")] {
            assert!(read(&credentials(key.reveal(), id, secret)).is_ok());
        }
    }
}
