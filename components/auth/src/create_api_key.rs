//! `POST /v2/api-keys`

use meridian_gateway::validate::{Fields, Violation, boolean, integer, json_body, one_of, text};
use meridian_gateway::{ApiError, Reply, Request};
use meridian_kernel::{ApiKey, Instant, KeyMode};
use meridian_store::api_keys::{self, NewApiKey};
use serde_json::Value;

use crate::api_key_view::ApiKeyView;
use crate::errors;

/// How long a key works where nothing is said.
const DEFAULT_DAYS: i64 = 30;
/// A century: longer is for ever.
const MAX_DAYS: i64 = 36_500;
const MINUTES_A_DAY: i64 = 24 * 60;
const MAX_NOTE: usize = 255;

/// Makes a key for the caller and shows it, this once.
pub async fn create_api_key(request: Request) -> Result<Reply, ApiError> {
    let principal = request.principal()?;
    let wish = read_wish(&json_body(&request)?)?;
    let scope = meridian_edge::scope(&request).await?;
    let key = ApiKey::generate(scope.organization(), wish.mode);
    let new = NewApiKey::new(&key, wish.note, wish.life.end(request.now));
    let stored = api_keys::insert(&scope, principal.user_id, &new, request.now).await?;
    Reply::created(&ApiKeyView::with_key(&stored.ok_or_else(errors::no_user)?, &key))
}

struct Wish {
    note: Option<String>,
    mode: KeyMode,
    life: Life,
}

fn read_wish(body: &Value) -> Result<Wish, ApiError> {
    let mut fields = Fields::of(body);
    let wish = Wish {
        note: fields.optional("note", text(0, MAX_NOTE)),
        mode: match fields.optional("mode", one_of(&["live", "test"])) {
            Some("test") => KeyMode::Test,
            _ => KeyMode::Live,
        },
        life: Life::read(&mut fields, "expiresInDays", "neverExpires"),
    };
    fields.finish()?;
    Ok(wish)
}

/// How long a new key works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    /// So many days.
    Days(i64),
    /// For ever.
    Unbounded,
}

impl Life {
    /// From a number of days or a flag, which exclude each other; 30 days without
    /// either.
    pub fn read(fields: &mut Fields<'_>, days: &str, never: &str) -> Self {
        let unbounded = fields.optional(never, boolean()).unwrap_or(false);
        let bound = fields.optional(days, integer(1, MAX_DAYS));
        if unbounded && fields.has(days) {
            let text = format!("must not be given together with {days}");
            fields.refuse(never, &Violation::new("isExclusive", text));
        }
        if unbounded { Self::Unbounded } else { Self::Days(bound.unwrap_or(DEFAULT_DAYS)) }
    }

    /// When a key made now expires.
    pub fn end(self, now: Instant) -> Option<Instant> {
        match self {
            Self::Days(days) => Some(now.plus_minutes(days.saturating_mul(MINUTES_A_DAY))),
            Self::Unbounded => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_key_works_for_thirty_days_where_nothing_is_said() {
        let wish = read_wish(&json!({})).unwrap();
        assert_eq!((wish.life, wish.mode, wish.note), (Life::Days(30), KeyMode::Live, None));
        let now = Instant::parse("2026-03-08T12:00:00Z").unwrap();
        assert_eq!(wish.life.end(now).unwrap().to_iso(), "2026-04-07T12:00:00.000Z");
        assert_eq!(Life::Unbounded.end(now), None);
    }

    #[test]
    fn every_field_is_read() {
        let wish = read_wish(&json!({"note": "ci", "mode": "test", "neverExpires": true})).unwrap();
        assert_eq!((wish.life, wish.mode), (Life::Unbounded, KeyMode::Test));
        assert_eq!(wish.note.as_deref(), Some("ci"));
    }

    #[test]
    fn days_and_for_ever_exclude_each_other() {
        let error = read_wish(&json!({"expiresInDays": 5, "neverExpires": true})).err().unwrap();
        assert_eq!(error.message, "neverExpires must not be given together with expiresInDays");
        assert!(read_wish(&json!({"expiresInDays": 5, "neverExpires": false})).is_ok());
        for days in [json!(0), json!(-1), json!(1.5), json!("x")] {
            assert!(read_wish(&json!({ "expiresInDays": days })).is_err(), "{days}");
        }
    }
}
