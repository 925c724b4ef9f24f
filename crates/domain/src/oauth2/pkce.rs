//! Proof that whoever exchanges a code is who asked for it (RFC 7636), in its one
//! form that proves anything: S256.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use meridian_kernel::same_secret;
use sha2::{Digest as _, Sha256};

/// Characters of a challenge: a SHA-256 in base64url.
const CHALLENGE_LENGTH: usize = 43;

/// Characters of a verifier (RFC 7636, 4.1).
const VERIFIER_LENGTHS: std::ops::RangeInclusive<usize> = 43..=128;

/// What is given with the request for a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge(String);

impl Challenge {
    /// `None` where the text cannot be one.
    pub fn parse(text: &str) -> Option<Self> {
        let is_whole = URL_SAFE_NO_PAD.decode(text).is_ok_and(|hash| hash.len() == 32);
        (text.len() == CHALLENGE_LENGTH && is_whole).then(|| Self(text.to_owned()))
    }

    /// Whether a verifier is the one it was made of.
    pub fn is_met_by(&self, verifier: &str) -> bool {
        let made = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
        is_verifier(verifier) && same_secret(&made, &self.0)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a text can be a verifier.
pub fn is_verifier(text: &str) -> bool {
    let unreserved =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    VERIFIER_LENGTHS.contains(&text.len()) && text.bytes().all(unreserved)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7636, appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn the_published_example_is_met() {
        let challenge = Challenge::parse(CHALLENGE).unwrap();
        assert!(challenge.is_met_by(VERIFIER));
        assert!(!challenge.is_met_by(CHALLENGE));
        assert!(!challenge.is_met_by(""));
    }

    #[test]
    fn what_cannot_be_a_challenge_or_a_verifier_is_none() {
        for text in ["", "plain", &"A".repeat(42), &"=".repeat(43), &"A".repeat(44)] {
            assert_eq!(Challenge::parse(text), None, "{text}");
        }
        for text in [&"a".repeat(42), &"a".repeat(129), &" ".repeat(43)] {
            assert!(!is_verifier(text), "{text}");
        }
    }
}
