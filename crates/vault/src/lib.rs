//! Secrets at rest. Passwords are hashed ([`hash_password`]). What must be read again,
//! such as the signing secrets of webhooks, is sealed with a key of
//! the deployment (variable `encryption_key`) that no database holds.
//!
//! The sealed form is `v1.<key id>.<base64url of nonce and ciphertext>`:
//! XChaCha20-Poly1305, whose 192-bit nonces do not run out for as long as the
//! key lives. The key id says which key opens it, so that keys can be rotated:
//! put the new key in front of the old one, comma separated, and drop the old one
//! once nothing sealed with it is left.

mod password;

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac as _};
use meridian_kernel::Secret;
use sha2::Sha256;

pub use password::{MAX_PASSWORD, MIN_PASSWORD, hash_password, verify_password};

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

/// Keys for another use than sealing, one for each of the list, in its order: derived
/// under a label of that use, so that no key does two things.
pub fn derived_keys(keys: &str, label: &str) -> Result<Vec<[u8; 32]>, VaultError> {
    let derive = |key: &str| mac(long_enough(key)?.as_bytes(), &[label.as_bytes()]);
    let derived: Vec<[u8; 32]> = listed(keys).map(derive).collect::<Result<_, _>>()?;
    if derived.is_empty() { Err(VaultError::NoKey) } else { Ok(derived) }
}

/// A keyed hash of a text that is short enough to be guessed, in hex, one for each key
/// of the list: what is kept is the first, and any is believed, so that a rotation
/// voids nothing.
pub fn keyed_hashes(keys: &str, label: &str, text: &str) -> Result<Vec<String>, VaultError> {
    let hash = |key: [u8; 32]| {
        let bytes = mac(&key, &[text.as_bytes()])?;
        Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
    };
    derived_keys(keys, label)?.into_iter().map(hash).collect()
}

fn listed(keys: &str) -> impl Iterator<Item = &str> {
    keys.split(',').map(str::trim).filter(|key| !key.is_empty())
}

fn long_enough(key: &str) -> Result<&str, VaultError> {
    if key.len() < MIN_KEY_LENGTH { Err(VaultError::ShortKey) } else { Ok(key) }
}

struct Key {
    id: String,
    cipher: XChaCha20Poly1305,
    nonce_key: [u8; 32],
}

impl Key {
    fn new(text: &str) -> Result<Self, VaultError> {
        let text = long_enough(text)?;
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
        let mut keys = listed(keys).map(Key::new);
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
    fn a_key_of_another_use_is_none_of_this_and_keeps_its_place() {
        let derived = derived_keys(&format!("{NEW}, {OLD}"), "a use").unwrap();
        assert_eq!(
            derived,
            [derived_keys(NEW, "a use"), derived_keys(OLD, "a use")].map(|keys| keys.unwrap()[0])
        );
        assert_ne!(derived[0], derived_keys(NEW, "another use").unwrap()[0]);
        for label in ["encryption", "nonces", "key id"] {
            let own = mac(NEW.as_bytes(), &[b"meridian vault v1: ", label.as_bytes()]).unwrap();
            assert_ne!(derived[0], own, "{label}");
        }
        assert_eq!(derived_keys(" ,", "a use").unwrap_err(), VaultError::NoKey);
        assert_eq!(derived_keys("short", "a use").unwrap_err(), VaultError::ShortKey);
    }

    #[test]
    fn a_keyed_hash_is_known_again_after_a_rotation() {
        let hashes = |keys: &str, text| keyed_hashes(keys, "codes", text).unwrap();
        let before = hashes(OLD, "ABC234");
        let after = hashes(&format!("{NEW},{OLD}"), "ABC234");
        assert_eq!((before.len(), after.len()), (1, 2));
        assert!(after.contains(&before[0]) && after[0] != before[0]);
        assert_ne!(before, hashes(OLD, "ABC235"));
        assert_ne!(before, keyed_hashes(OLD, "other", "ABC234").unwrap());
    }

    #[test]
    fn no_key_and_short_keys_are_refused() {
        assert_eq!(Vault::new(" , ").unwrap_err(), VaultError::NoKey);
        assert_eq!(Vault::new("short").unwrap_err(), VaultError::ShortKey);
        assert_eq!(Vault::new(&format!("{NEW},short")).unwrap_err(), VaultError::ShortKey);
        assert_eq!(format!("{:?}", vault(NEW)), "Vault(…)");
    }
}
