//! The signature of a delivery.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// What stands in the signature's place where a webhook has no secret.
pub const UNSIGNED: &str = "no-secret-provided";

/// Lower-case hex of HMAC-SHA-256 over the exact body.
pub fn sign(secret: &str, body: &[u8]) -> String {
    // A key of any length is accepted, so this never is the `Err`.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return UNSIGNED.to_owned();
    };
    mac.update(body);
    let mut text = String::with_capacity(64);
    for byte in mac.finalize().into_bytes() {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_the_published_one() {
        // RFC 4231, test case 2.
        assert_eq!(
            sign("Jefe", b"what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }
}
