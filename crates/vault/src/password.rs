//! Passwords at rest: argon2id, in PHC form.

use argon2::{Argon2, PasswordHash, PasswordHasher as _, PasswordVerifier as _};
use meridian_kernel::Secret;

/// The shortest password that may be chosen, in characters.
pub const MIN_PASSWORD: usize = 8;

/// The longest, in characters.
pub const MAX_PASSWORD: usize = 128;

/// What a password is compared with where there is none, so that the time tells
/// nobody which accounts there are. Of the same cost as all others; nothing is known
/// to match it.
const DECOY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bWVyaWRpYW4gZGVjb3k$\
                     AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// What is stored of a password, with the library's own cost: about 60 ms, by design.
/// `None` on a machine without randomness.
pub fn hash_password(password: &Secret) -> Option<String> {
    let hash = Argon2::default().hash_password(password.reveal().as_bytes()).ok()?;
    Some(hash.to_string())
}

/// Whether a password is the one that was stored. Takes as long where nothing was.
pub fn verify_password(password: &Secret, stored: Option<&str>) -> bool {
    let Ok(expected) = PasswordHash::new(stored.unwrap_or(DECOY)) else { return false };
    let outcome = Argon2::default().verify_password(password.reveal().as_bytes(), &expected);
    stored.is_some() && outcome.is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_salted_and_verifies() {
        let password = Secret::new("correct horse battery staple");
        let stored = hash_password(&password).unwrap();
        assert!(stored.starts_with("$argon2id$"), "{stored}");
        assert_ne!(Some(&stored), hash_password(&password).as_ref());
        assert!(verify_password(&password, Some(&stored)));
        assert!(!verify_password(&Secret::new("wrong"), Some(&stored)));
        assert!(!verify_password(&password, None));
        assert!(!verify_password(&password, Some("not a hash")));
    }

    #[test]
    fn the_decoy_costs_what_a_real_hash_costs() {
        let cost = |hash: &str| hash.split('$').take(4).collect::<Vec<_>>().join("$");
        let real = hash_password(&Secret::new("x")).unwrap();
        assert_eq!(cost(DECOY), cost(&real));
        assert!(PasswordHash::new(DECOY).is_ok());
    }
}
