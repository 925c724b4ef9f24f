//! What webhooks hear of a new entry (contract: webhooks, `OOO_CREATED`).

use meridian_domain::webhook::OutOfOfficeCreated;
use meridian_kernel::Instant;

use super::input::NewEntry;

/// Why somebody may be away.
pub const REASONS: [&str; 5] = [UNSPECIFIED, "vacation", "travel", "sick", "public_holiday"];

/// Where no reason is given.
pub const UNSPECIFIED: &str = "unspecified";

/// The payload without what only the database knows: `id`, `user` and `toUser`.
pub fn payload(new: &NewEntry, uuid: &str, now: Instant) -> String {
    let event = OutOfOfficeCreated {
        uuid,
        start: new.start,
        end: new.end,
        notes: new.notes.as_deref(),
        reason: new.reason,
        created_at: now,
    };
    meridian_payloads::out_of_office(&event).to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn the_payload_has_every_field_subscribers_know() {
        let at = |text| Instant::parse(text).unwrap();
        let new = NewEntry {
            start: at("2050-05-01T00:00:00Z"),
            end: at("2050-05-02T23:59:59.999Z"),
            notes: None,
            to_user: None,
            reason: "sick",
        };
        let payload = payload(&new, "uuid", at("2050-01-01T00:00:00Z"));
        let payload: Value = serde_json::from_str(&payload).unwrap();
        assert_eq!(
            payload["oooEntry"],
            json!({
                "id": null, "uuid": "uuid", "notes": null, "user": null, "toUser": null,
                "start": "2050-05-01T00:00:00.000Z", "end": "2050-05-02T23:59:59.999Z",
                "createdAt": "2050-01-01T00:00:00.000Z", "updatedAt": "2050-01-01T00:00:00.000Z",
                "reason": {"emoji": "🤒", "reason": "ooo_reasons_sick_leave"},
            })
        );
    }
}
