//! People who will be away.

use meridian_domain::webhook::OutOfOfficeCreated;
use serde_json::{Value, json};

/// Somebody will be away. What only the database knows (`id`, `user` and `toUser`) is
/// `null` here and set by `store::out_of_office`.
pub fn out_of_office(event: &OutOfOfficeCreated<'_>) -> Value {
    let entry = json!({
        "id": null,
        "uuid": event.uuid,
        "start": event.start,
        "end": event.end,
        "createdAt": event.created_at,
        "updatedAt": event.created_at,
        "notes": event.notes,
        "reason": reason(event.reason),
        "user": null,
        "toUser": null,
    });
    json!({ "oooEntry": entry })
}

/// A reason as subscribers know it.
fn reason(reason: &str) -> Value {
    let (emoji, name) = match reason {
        "vacation" => ("🏝️", "ooo_reasons_vacation"),
        "travel" => ("✈️", "ooo_reasons_travel"),
        "sick" => ("🤒", "ooo_reasons_sick_leave"),
        "public_holiday" => ("🎉", "ooo_reasons_public_holiday"),
        _ => ("⏰", "ooo_reasons_unspecified"),
    };
    json!({ "emoji": emoji, "reason": name })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_a_name_of_its_own() {
        let reasons = ["unspecified", "vacation", "travel", "sick", "public_holiday"];
        let mut names: Vec<String> = reasons.map(|one| reason(one)["reason"].to_string()).into();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), reasons.len());
    }
}
