//! Encryption of a cookie: JWE (RFC 7516) in compact form, `dir` and `A256GCM` only.

use aes_gcm::aead::{Aead as _, KeyInit as _, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hkdf::Hkdf;
use serde::Deserialize;
use sha2::Sha256;

/// What NextAuth 4 binds its keys to.
const INFO: &[u8] = b"NextAuth.js Generated Encryption Key";

/// The one header written, in the order NextAuth has it.
const HEADER: &str = r#"{"alg":"dir","enc":"A256GCM"}"#;

/// Bytes of a nonce and of a tag (RFC 7518, section 5.3).
const NONCE_LENGTH: usize = 12;
const TAG_LENGTH: usize = 16;

/// What a header may say. One with anything else, such as compression or what must
/// be understood, is refused.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    enc: String,
}

/// A key for cookies.
pub struct Key(Aes256Gcm);

impl Key {
    /// As NextAuth derives it: HKDF with SHA-256 and no salt.
    pub fn derive(secret: &[u8]) -> Self {
        let mut key = [0_u8; 32];
        // Fails beyond 255 blocks only.
        let _ = Hkdf::<Sha256>::new(None, secret).expand(INFO, &mut key);
        Self(Aes256Gcm::new(&key.into()))
    }

    /// The compact form.
    pub fn encrypt(&self, text: &[u8]) -> String {
        let header = URL_SAFE_NO_PAD.encode(HEADER);
        let mut nonce = [0_u8; NONCE_LENGTH];
        // A nonce used twice would give the key away: without randomness there is no
        // cookie.
        if getrandom::fill(&mut nonce).is_err() {
            return String::new();
        }
        let payload = Payload { msg: text, aad: header.as_bytes() };
        // Fails beyond 64 GiB only; what comes out then opens nothing.
        let sealed = self.0.encrypt(&Nonce::from(nonce), payload).unwrap_or_default();
        let at = sealed.len().saturating_sub(TAG_LENGTH);
        let (ciphertext, tag) = sealed.split_at_checked(at).unwrap_or_default();
        let [nonce, ciphertext, tag] =
            [&nonce[..], ciphertext, tag].map(|part| URL_SAFE_NO_PAD.encode(part));
        format!("{header}..{nonce}.{ciphertext}.{tag}")
    }

    /// The text again; `None` where it was not encrypted with this key, or was
    /// changed since.
    pub fn decrypt(&self, compact: &str) -> Option<Vec<u8>> {
        let mut parts = compact.split('.');
        let mut next = || parts.next();
        let (header, key, nonce, ciphertext, tag) = (next()?, next()?, next()?, next()?, next()?);
        // With `dir` there is no key in the message.
        if next().is_some() || !key.is_empty() || !is_ours(header) {
            return None;
        }
        let [nonce, mut ciphertext, tag] =
            [nonce, ciphertext, tag].map(|part| URL_SAFE_NO_PAD.decode(part).unwrap_or_default());
        let nonce: [u8; NONCE_LENGTH] = nonce.try_into().ok()?;
        if tag.len() != TAG_LENGTH {
            return None;
        }
        ciphertext.extend(tag);
        let payload = Payload { msg: &ciphertext, aad: header.as_bytes() };
        self.0.decrypt(&Nonce::from(nonce), payload).ok()
    }
}

fn is_ours(header: &str) -> bool {
    let decoded = URL_SAFE_NO_PAD.decode(header).ok();
    let header = decoded.and_then(|json| serde_json::from_slice::<Header>(&json).ok());
    header.is_some_and(|header| header.alg == "dir" && header.enc == "A256GCM")
}
