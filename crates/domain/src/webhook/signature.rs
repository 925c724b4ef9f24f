//! The signatures of a delivery.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::STANDARD as BASE64;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use hmac::{Hmac, KeyInit as _, Mac as _};
use meridian_kernel::Instant;
use sha2::Sha256;

/// What stands in the signature's place where a webhook has no secret.
pub const UNSIGNED: &str = "no-secret-provided";

/// What a secret of Standard Webhooks begins with; the key is the rest, in base64.
const STANDARD_PREFIX: &str = "whsec_";

/// Reads a key with `=` at its end and without: verifiers take both.
const KEY: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Lower-case hex of HMAC-SHA-256 over the exact body.
pub fn sign(secret: &str, body: &[u8]) -> String {
    let mut text = String::with_capacity(64);
    for byte in hmac(secret.as_bytes(), &[body]) {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// The value of `webhook-signature` (Standard Webhooks): one signature per secret, of
/// which the subscriber may know any. `None` where there is no secret.
pub fn sign_standard<'a>(
    secrets: impl IntoIterator<Item = &'a str>,
    id: &str,
    at: Instant,
    body: &[u8],
) -> Option<String> {
    let at = timestamp(at).to_string();
    let content: [&[u8]; 5] = [id.as_bytes(), b".", at.as_bytes(), b".", body];
    let sign = |secret| format!("v1,{}", BASE64.encode(hmac(&standard_key(secret), &content)));
    let signatures: Vec<String> = secrets.into_iter().map(sign).collect();
    (!signatures.is_empty()).then(|| signatures.join(" "))
}

/// The value of `webhook-timestamp`: whole seconds since 1970.
pub fn timestamp(at: Instant) -> i64 {
    at.millis().div_euclid(1000)
}

/// The secret as it was given, unless it has the form of Standard Webhooks.
fn standard_key(secret: &str) -> Vec<u8> {
    let encoded = secret.strip_prefix(STANDARD_PREFIX);
    let decoded = encoded.and_then(|text| KEY.decode(text).ok());
    decoded.unwrap_or_else(|| secret.as_bytes().to_vec())
}

fn hmac(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    // A key of any length is accepted, so this never is the `Err`.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Vec::new() };
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use standardwebhooks::Webhook;

    use super::*;

    const NOW: Instant = Instant::from_millis(1_674_087_231_999);

    #[test]
    fn a_signature_is_the_published_one() {
        // RFC 4231, test case 2.
        assert_eq!(
            sign("Jefe", b"what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }

    #[test]
    fn a_standard_signature_is_what_the_published_library_signs() {
        let body = br#"{"triggerEvent":"BOOKING_CREATED"}"#;
        let signed = |secret| sign_standard([secret], "msg_1", NOW, body).unwrap();
        let encoded = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let theirs = Webhook::new(encoded).unwrap().sign("msg_1", 1_674_087_231, body).unwrap();
        assert_eq!(signed(encoded), theirs);
        assert_eq!(signed("whsec_AAECAw=="), signed("whsec_AAECAw"));
        let bytes = Webhook::from_bytes(vec![0, 1, 2, 3]).unwrap();
        assert_eq!(signed("whsec_AAECAw"), bytes.sign("msg_1", 1_674_087_231, body).unwrap());
        let plain = Webhook::from_bytes(b"hush".to_vec()).unwrap();
        assert_eq!(signed("hush"), plain.sign("msg_1", 1_674_087_231, body).unwrap());
    }

    #[test]
    fn while_a_secret_is_replaced_both_sign() {
        let both = sign_standard(["new", "old"], "msg_1", NOW, b"{}").unwrap();
        let one = |secret| sign_standard([secret], "msg_1", NOW, b"{}").unwrap();
        assert_eq!(both, format!("{} {}", one("new"), one("old")));
        assert_ne!(one("new"), one("old"));
        assert_eq!(sign_standard([], "msg_1", NOW, b"{}"), None);
    }
}
