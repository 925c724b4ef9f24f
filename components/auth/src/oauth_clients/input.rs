//! What is asked of a client.

use meridian_domain::oauth_client::{is_redirect_uri, permission_mask};
use meridian_gateway::ApiError;
use meridian_gateway::validate::{Fields, Violation, array, boolean, text, url};
use meridian_store::oauth_clients::Changes;
use serde_json::Value;

const MAX_NAME: usize = 255;

/// How many redirect URIs a client may have, and how long each may be.
const MAX_REDIRECT_URIS: usize = 100;
const MAX_REDIRECT_URI: usize = 2_048;

/// More names than there are permissions.
const MAX_PERMISSIONS: usize = 50;

/// A client to be made.
#[derive(Debug)]
pub struct Wish {
    pub name: String,
    pub permissions: u32,
    pub redirect_uris: Vec<String>,
    pub logo: Option<String>,
    pub booking_redirect_uri: Option<String>,
    pub booking_cancel_redirect_uri: Option<String>,
    pub booking_reschedule_redirect_uri: Option<String>,
    pub are_emails_enabled: bool,
    pub are_default_event_types_enabled: bool,
    pub are_calendar_events_enabled: bool,
}

/// Reads a client to be made.
pub fn read_new(body: &Value) -> Result<Wish, ApiError> {
    let mut fields = Fields::of(body);
    let flag = |fields: &mut Fields<'_>, name, otherwise| {
        fields.optional(name, boolean()).unwrap_or(otherwise)
    };
    let wish = Wish {
        name: fields.required("name", text(1, MAX_NAME)),
        permissions: fields.required("permissions", permissions),
        redirect_uris: fields.required("redirectUris", redirect_uris()),
        logo: fields.optional("logo", url()),
        booking_redirect_uri: fields.optional("bookingRedirectUri", url()),
        booking_cancel_redirect_uri: fields.optional("bookingCancelRedirectUri", url()),
        booking_reschedule_redirect_uri: fields.optional("bookingRescheduleRedirectUri", url()),
        are_emails_enabled: flag(&mut fields, "areEmailsEnabled", false),
        are_default_event_types_enabled: flag(&mut fields, "areDefaultEventTypesEnabled", false),
        are_calendar_events_enabled: flag(&mut fields, "areCalendarEventsEnabled", true),
    };
    fields.finish()?;
    Ok(wish)
}

/// Reads what shall be different. `permissions` is passed over like any field there
/// is not.
pub fn read_changes(body: &Value) -> Result<Changes, ApiError> {
    let mut fields = Fields::of(body);
    let changes = Changes {
        name: fields.optional("name", text(1, MAX_NAME)),
        redirect_uris: fields.optional("redirectUris", redirect_uris()),
        logo: fields.patch("logo", url()),
        booking_redirect_uri: fields.patch("bookingRedirectUri", url()),
        booking_cancel_redirect_uri: fields.patch("bookingCancelRedirectUri", url()),
        booking_reschedule_redirect_uri: fields.patch("bookingRescheduleRedirectUri", url()),
        are_emails_enabled: fields.optional("areEmailsEnabled", boolean()),
        are_default_event_types_enabled: fields.optional("areDefaultEventTypesEnabled", boolean()),
        are_calendar_events_enabled: fields.optional("areCalendarEventsEnabled", boolean()),
    };
    fields.finish()?;
    Ok(changes)
}

/// Names of permissions, or `*`, as a mask.
fn permissions(value: &Value) -> Result<u32, Violation> {
    let names = array(MAX_PERMISSIONS, text(1, MAX_NAME))(value)?;
    permission_mask(names.iter().map(String::as_str)).map_err(|unknown| {
        let text = format!(
            "must be names such as BOOKING_READ, or * for all permissions, and not '{unknown}'"
        );
        Violation::new("isEnum", text)
    })
}

fn redirect_uris() -> impl Fn(&Value) -> Result<Vec<String>, Violation> {
    let short = text(1, MAX_REDIRECT_URI);
    array(MAX_REDIRECT_URIS, move |value| {
        let uri = short(value)?;
        let wrong = "must be an absolute URI without a fragment, such as https://example.com/cal";
        if is_redirect_uri(&uri) { Ok(uri) } else { Err(Violation::new("isUrl", wrong)) }
    })
}

#[cfg(test)]
mod tests {
    use meridian_kernel::Patch;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_client_needs_a_name_permissions_and_redirect_uris() {
        let wish = read_new(&json!({"name": "Acme", "permissions": ["*"],
            "redirectUris": ["https://acme.test/cal", "acme://cal"]}))
        .unwrap();
        assert_eq!((wish.permissions, wish.redirect_uris.len()), (1023, 2));
        let flags = (
            wish.are_emails_enabled,
            wish.are_default_event_types_enabled,
            wish.are_calendar_events_enabled,
        );
        assert_eq!(flags, (false, false, true));
        let error = read_new(&json!({})).unwrap_err();
        for field in ["name", "permissions", "redirectUris"] {
            assert!(error.message.contains(field), "{}", error.message);
        }
    }

    #[test]
    fn every_wrong_field_is_named() {
        let good = json!({"name": "Acme", "permissions": ["BOOKING_READ"],
            "redirectUris": ["https://acme.test"]});
        for (field, value) in [
            ("name", json!("")),
            ("name", json!("x".repeat(256))),
            ("permissions", json!("*")),
            ("permissions", json!(["ROOT"])),
            ("permissions", json!([7])),
            ("redirectUris", json!("https://acme.test")),
            ("redirectUris", json!(["javascript://acme.test/%0aalert(1)"])),
            ("redirectUris", json!(["/callback"])),
            ("redirectUris", json!(vec!["https://acme.test"; 101])),
            ("logo", json!("data:image/png;base64,AAAA")),
            ("bookingRedirectUri", json!("nowhere")),
            ("bookingCancelRedirectUri", json!(7)),
            ("bookingRescheduleRedirectUri", json!("x")),
            ("areEmailsEnabled", json!("maybe")),
            ("areDefaultEventTypesEnabled", json!(1)),
            ("areCalendarEventsEnabled", json!([])),
        ] {
            let mut body = good.clone();
            body[field] = value;
            let error = read_new(&body).unwrap_err();
            assert_eq!(error.status, http::StatusCode::BAD_REQUEST);
            assert!(error.message.starts_with(field), "{}", error.message);
        }
    }

    #[test]
    fn a_change_leaves_what_is_not_named_and_never_touches_permissions() {
        let changes = read_changes(&json!({"permissions": ["*"], "logo": null})).unwrap();
        assert_eq!(changes, Changes { logo: Patch::Null, ..Changes::default() });
    }
}
