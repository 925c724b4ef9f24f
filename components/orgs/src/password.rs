//! Passwords at rest.

use argon2::{Argon2, PasswordHasher};
use meridian_gateway::ApiError;
use meridian_kernel::Secret;

/// argon2id with the library's own cost, in PHC form. Takes about 60 ms by design.
pub fn hash(password: &Secret) -> Result<String, ApiError> {
    Argon2::default()
        .hash_password(password.reveal().as_bytes())
        .map(|hash| hash.to_string())
        .map_err(ApiError::internal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use argon2::PasswordVerifier;

    #[test]
    fn a_hash_is_salted_and_verifies() {
        let password = Secret::new("correct horse battery staple");
        let stored = hash(&password).unwrap();
        assert!(stored.starts_with("$argon2id$"), "{stored}");
        assert_ne!(stored, hash(&password).unwrap());
        let verify = |attempt: &str| {
            let parsed = argon2::PasswordHash::new(&stored).unwrap();
            Argon2::default().verify_password(attempt.as_bytes(), &parsed).is_ok()
        };
        assert!(verify(password.reveal()));
        assert!(!verify("wrong"));
    }
}
