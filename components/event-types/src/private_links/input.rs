//! What clients send of a link.

use meridian_gateway::{
    ApiError,
    validate::{Fields, count, instant},
};
use meridian_store::private_links::{Terms, TermsChange};
use serde_json::Value;

/// For how many bookings a link may be.
const MAX_USES: u32 = 1_000_000;

/// For how many bookings it is where nothing is said.
const SINGLE_USE: u32 = 1;

/// A new link: single-use unless told otherwise.
pub fn new_link(body: &Value) -> Result<Terms, ApiError> {
    let TermsChange { expires_at, max_usage_count } = read(body)?;
    let single = expires_at.is_none().then_some(SINGLE_USE);
    Ok(Terms { expires_at, max_usage_count: max_usage_count.or(single) })
}

/// A change of a link.
pub fn changed_link(body: &Value) -> Result<TermsChange, ApiError> {
    read(body)
}

fn read(body: &Value) -> Result<TermsChange, ApiError> {
    let mut fields = Fields::of(body);
    let expires_at = fields.optional("expiresAt", instant());
    let max_usage_count = fields.optional("maxUsageCount", count(1, MAX_USES));
    fields.finish()?;
    Ok(TermsChange { expires_at, max_usage_count })
}

#[cfg(test)]
mod tests {
    use meridian_kernel::Instant;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_link_is_for_one_booking_unless_told_otherwise() {
        let uses = |body: Value| new_link(&body).unwrap().max_usage_count;
        assert_eq!(uses(json!({})), Some(1));
        assert_eq!(uses(json!({"maxUsageCount": 5})), Some(5));
        assert_eq!(uses(json!({"expiresAt": "2050-01-01T00:00:00Z"})), None);
        let both = json!({"expiresAt": "2050-01-01T00:00:00Z", "maxUsageCount": 2});
        let both = new_link(&both).unwrap();
        assert_eq!(both.max_usage_count, Some(2));
        assert_eq!(both.expires_at, Instant::parse("2050-01-01T00:00:00Z").ok());
    }

    #[test]
    fn wrong_terms_name_the_field() {
        for (body, start) in [
            (json!({"maxUsageCount": 0}), "maxUsageCount must not be less than 1"),
            (json!({"expiresAt": "soon"}), "expiresAt must be a valid ISO 8601"),
        ] {
            let message = new_link(&body).unwrap_err().message;
            assert!(message.starts_with(start), "{message}");
        }
    }
}
