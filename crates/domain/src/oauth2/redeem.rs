//! Whether a code may be exchanged for tokens.

use meridian_kernel::Instant;

use super::pkce::Challenge;

/// A code, as it was given out.
#[derive(Clone, Copy, Debug)]
pub struct IssuedCode<'a> {
    /// To which application.
    pub client_id: &'a str,
    /// Where it was sent.
    pub redirect_uri: &'a str,
    /// PKCE.
    pub code_challenge: Option<&'a str>,
    /// From when on it is worth nothing.
    pub expires_at: Instant,
    /// Whether it was exchanged already.
    pub is_used: bool,
    /// Whether the consent was taken back.
    pub is_revoked: bool,
}

/// What is shown for it.
#[derive(Clone, Copy, Debug)]
pub struct RedeemedCode<'a> {
    /// By which application, proven where it has a secret.
    pub client_id: &'a str,
    /// Where the application says it got it.
    pub redirect_uri: &'a str,
    /// PKCE.
    pub code_verifier: Option<&'a str>,
}

/// Why it is not exchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeRefusal {
    /// It is another application's, expired, or not proven to be the asker's own.
    Invalid,
    /// Its own application shows it a second time: one of the two stole it, so
    /// everything that came of it ends (RFC 6749, 4.1.2).
    Reused,
}

/// Decides whether a code is exchanged.
pub fn decide(
    code: IssuedCode<'_>,
    shown: RedeemedCode<'_>,
    now: Instant,
) -> Result<(), CodeRefusal> {
    if code.client_id != shown.client_id {
        return Err(CodeRefusal::Invalid);
    }
    if code.is_used {
        return Err(CodeRefusal::Reused);
    }
    let is_proven = match (code.code_challenge, shown.code_verifier) {
        (Some(challenge), Some(verifier)) => {
            Challenge::parse(challenge).is_some_and(|challenge| challenge.is_met_by(verifier))
        }
        (None, None) => true,
        // A verifier without a challenge: somebody took the challenge off the request
        // (RFC 9700, 2.1.1).
        (Some(_), None) | (None, Some(_)) => false,
    };
    let is_valid = is_proven
        && !code.is_revoked
        && code.redirect_uri == shown.redirect_uri
        && now < code.expires_at;
    if is_valid { Ok(()) } else { Err(CodeRefusal::Invalid) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    const NOW: Instant = Instant::from_millis(1_800_000_000_000);

    fn code() -> IssuedCode<'static> {
        IssuedCode {
            client_id: "app",
            redirect_uri: "https://app.example",
            code_challenge: Some(CHALLENGE),
            expires_at: NOW.plus_millis(1),
            is_used: false,
            is_revoked: false,
        }
    }

    fn shown() -> RedeemedCode<'static> {
        RedeemedCode {
            client_id: "app",
            redirect_uri: "https://app.example",
            code_verifier: Some(VERIFIER),
        }
    }

    #[test]
    fn a_code_is_exchanged_by_whom_it_was_given_to() {
        assert_eq!(decide(code(), shown(), NOW), Ok(()));
        let plain = IssuedCode { code_challenge: None, ..code() };
        assert_eq!(decide(plain, RedeemedCode { code_verifier: None, ..shown() }, NOW), Ok(()));
    }

    #[test]
    fn a_code_of_another_application_address_or_time_is_not() {
        let invalid = Err(CodeRefusal::Invalid);
        for (code, shown) in [
            (code(), RedeemedCode { client_id: "other", ..shown() }),
            (code(), RedeemedCode { redirect_uri: "https://app.example/", ..shown() }),
            (code(), RedeemedCode { code_verifier: None, ..shown() }),
            (code(), RedeemedCode { code_verifier: Some(CHALLENGE), ..shown() }),
            (IssuedCode { code_challenge: None, ..code() }, shown()),
            (IssuedCode { is_revoked: true, ..code() }, shown()),
            (IssuedCode { expires_at: NOW, ..code() }, shown()),
        ] {
            assert_eq!(decide(code, shown, NOW), invalid, "{code:?} {shown:?}");
        }
    }

    #[test]
    fn a_second_use_is_told_apart_but_not_for_strangers() {
        let used = IssuedCode { is_used: true, ..code() };
        assert_eq!(decide(used, shown(), NOW), Err(CodeRefusal::Reused));
        let stranger = RedeemedCode { client_id: "other", ..shown() };
        assert_eq!(decide(used, stranger, NOW), Err(CodeRefusal::Invalid));
    }
}
