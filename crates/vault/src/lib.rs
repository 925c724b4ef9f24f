//! Secrets at rest, such as the signing secrets of webhooks: sealed with a key of
//! the deployment (variable `encryption_key`) that no database holds.
//!
//! The sealed form is `v1.<key id>.<base64url of nonce and ciphertext>`:
//! XChaCha20-Poly1305, whose 192-bit nonces do not run out for as long as the
//! key lives. The key id says which key opens it, so that keys can be rotated:
//! put the new key in front of the old one, comma separated, and drop the old one
//! once nothing sealed with it is left.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac as _};
use meridian_kernel::Secret;
use sha2::Sha256;

/// What every sealed text begins with.
const FORM: &str = "v1";

/// Bytes of a nonce.
const NONCE_LENGTH: usize = 24;

/// Bytes of the key id: enough to tell the few keys of a deployment apart.
const KEY_ID_LENGTH: usize = 6;

/// The shortest key accepted, in bytes: less can be guessed.
const MIN_KEY_LENGTH: usize = 16;

/// Why a list of keys is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VaultError {
    /// There is no key at all.
    NoKey,
    /// A key is shorter than 16 bytes.
    ShortKey,
}

impl fmt::Display for VaultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoKey => f.write_str("variable encryption_key is empty"),
            Self::ShortKey => {
                write!(f, "a key of variable encryption_key is shorter than {MIN_KEY_LENGTH} bytes")
            }
        }
    }
}

impl std::error::Error for VaultError {}

struct Key {
    id: String,
    cipher: XChaCha20Poly1305,
    nonce_key: [u8; 32],
}

impl Key {
    fn new(text: &str) -> Result<Self, VaultError> {
        if text.len() < MIN_KEY_LENGTH {
            return Err(VaultError::ShortKey);
        }
        let id = mac(text.as_bytes(), &[b"meridian vault v1: key id"])?;
        let key = mac(text.as_bytes(), &[b"meridian vault v1: encryption"])?;
        Ok(Self {
            id: URL_SAFE_NO_PAD.encode(id.get(..KEY_ID_LENGTH).unwrap_or_default()),
            cipher: XChaCha20Poly1305::new(&key.into()),
            nonce_key: mac(text.as_bytes(), &[b"meridian vault v1: nonces"])?,
        })
    }

    /// A nonce from fresh randomness and the text together. On a machine without
    /// randomness two different texts still never share one.
    fn nonce(&self, text: &str) -> [u8; NONCE_LENGTH] {
        let mut fresh = [0_u8; 32];
        let _ = getrandom::fill(&mut fresh);
        let mixed = mac(&self.nonce_key, &[&fresh, text.as_bytes()]).unwrap_or(fresh);
        mixed.first_chunk().copied().unwrap_or_default()
    }

    /// Binds the sealed text to its form and key, so that neither can be exchanged.
    fn header(&self) -> String {
        format!("{FORM}.{}.", self.id)
    }
}

/// HMAC-SHA-256, as the key derivation too: whatever a key is used for has a label
/// of its own, so that the id shown in every sealed text tells nothing of the rest.
fn mac(key: &[u8], parts: &[&[u8]]) -> Result<[u8; 32], VaultError> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).map_err(|_| VaultError::NoKey)?;
    parts.iter().for_each(|part| mac.update(part));
    Ok(mac.finalize().into_bytes().into())
}

/// Seals and opens texts.
pub struct Vault {
    newest: Key,
    older: Vec<Key>,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault(…)")
    }
}

impl Vault {
    /// From the value of variable `encryption_key`: one key or several, comma
    /// separated. The first seals; all open.
    pub fn new(keys: &str) -> Result<Self, VaultError> {
        let mut keys = keys.split(',').map(str::trim).filter(|key| !key.is_empty()).map(Key::new);
        let newest = keys.next().ok_or(VaultError::NoKey)??;
        Ok(Self { newest, older: keys.collect::<Result<_, _>>()? })
    }

    /// The text, sealed with the newest key. Never twice the same.
    pub fn seal(&self, text: &str) -> String {
        let header = self.newest.header();
        let nonce = self.newest.nonce(text);
        let payload = Payload { msg: text.as_bytes(), aad: header.as_bytes() };
        // Fails beyond 256 GiB only; what comes out then opens nothing.
        let sealed = self.newest.cipher.encrypt(&XNonce::from(nonce), payload).unwrap_or_default();
        header + &URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat())
    }

    /// The text again; `None` where it was not sealed with any of the keys, or was
    /// changed since.
    pub fn open(&self, sealed: &str) -> Option<Secret> {
        let key = self.key_of(sealed)?;
        let header = key.header();
        let body = URL_SAFE_NO_PAD.decode(sealed.strip_prefix(&header)?).ok()?;
        let (nonce, ciphertext) = body.split_first_chunk::<NONCE_LENGTH>()?;
        let payload = Payload { msg: ciphertext, aad: header.as_bytes() };
        let text = key.cipher.decrypt(&XNonce::from(*nonce), payload).ok()?;
        String::from_utf8(text).ok().map(Secret::new)
    }

    /// Whether a text should be sealed again, because a newer key is there.
    pub fn is_outdated(&self, sealed: &str) -> bool {
        !sealed.starts_with(&self.newest.header())
    }

    fn key_of(&self, sealed: &str) -> Option<&Key> {
        let mut keys = std::iter::once(&self.newest).chain(&self.older);
        keys.find(|key| sealed.starts_with(&key.header()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "an old key of some length";
    const NEW: &str = "a new key of some length!";

    fn vault(keys: &str) -> Vault {
        Vault::new(keys).unwrap()
    }

    #[test]
    fn a_sealed_text_opens_and_shows_nothing() {
        let vault = vault(NEW);
        for text in ["", "whsec_ünïcode", &"x".repeat(10_000)] {
            let sealed = vault.seal(text);
            assert!(sealed.starts_with("v1."), "{sealed}");
            assert_eq!(vault.open(&sealed), Some(Secret::new(text)));
        }
        assert!(!vault.seal("hunter2hunter2").contains("hunter2"));
    }

    #[test]
    fn the_same_text_is_never_sealed_twice_the_same() {
        let vault = vault(NEW);
        assert_ne!(vault.seal("a"), vault.seal("a"));
    }

    #[test]
    fn a_text_changed_anywhere_does_not_open() {
        let vault = vault(NEW);
        let sealed = vault.seal("secret");
        for at in 0..sealed.len() {
            let mut bytes = sealed.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            assert_eq!(vault.open(&changed), None, "changed at {at}");
        }
        for cut in 0..sealed.len() {
            assert_eq!(vault.open(sealed.get(..cut).unwrap()), None, "cut at {cut}");
        }
    }

    #[test]
    fn after_a_rotation_the_first_key_seals_and_all_open() {
        let before = vault(OLD).seal("secret");
        let rotated = vault(&format!("{NEW} , {OLD}"));
        assert_eq!(rotated.open(&before), Some(Secret::new("secret")));
        assert!(rotated.is_outdated(&before));
        let after = rotated.seal("secret");
        assert!(!rotated.is_outdated(&after));
        assert_eq!(vault(NEW).open(&after), Some(Secret::new("secret")));
        assert_eq!(vault(OLD).open(&after), None);
        assert_eq!(vault(NEW).open(&before), None);
    }

    #[test]
    fn no_key_and_short_keys_are_refused() {
        assert_eq!(Vault::new(" , ").unwrap_err(), VaultError::NoKey);
        assert_eq!(Vault::new("short").unwrap_err(), VaultError::ShortKey);
        assert_eq!(Vault::new(&format!("{NEW},short")).unwrap_err(), VaultError::ShortKey);
        assert_eq!(format!("{:?}", vault(NEW)), "Vault(…)");
    }
}
