//! `PATCH /v2/me`
//!
//! The primary address changes at once only to a mailbox that was shown to be the
//! user's; else a link is mailed there, and the address stays until it is followed. A
//! user whom a platform client manages has whatever address the client's side says.

use meridian_domain::oauth_client::managed_email;
use meridian_edge::{WitDatabase, guard_epoch, outbox};
use meridian_gateway::validate::{
    Fields, Violation, email, json_body, locale, metadata, text, time_format, url, week_day, zone,
};
use meridian_gateway::{ApiError, Reply, Request};
use meridian_kernel::{ClientId, Instant, ScheduleId, UserId, WireId};
use meridian_store::Scope;
use meridian_store::users::managed::{self, ManagedChange, ManagedChanged};
use meridian_store::users::{self, NewAddress, User, UserChange, UserChanged};
use serde_json::Value;

use crate::me_view::MeView;
use crate::{change_address, errors};

const MAX_NAME: usize = 255;
const MAX_BIO: usize = 10_000;

/// Changes the caller's profile.
pub async fn update_me(request: Request) -> Result<Reply, ApiError> {
    let principal = request.principal()?;
    let wish = read_wish(&json_body(&request)?)?;
    let scope = meridian_edge::scope(&request).await?;
    let user = match managed::client_of(&scope, principal.user_id).await? {
        Some(client) => change_managed(&scope, principal.user_id, &client, wish, request.now).await,
        None => change_own(&scope, principal.user_id, &wish, request.now).await,
    }?;
    // The guard tells other components the name, the address and the zone.
    guard_epoch::advance(scope.organization()).await;
    Reply::ok(&MeView::new(&user, &principal.organization))
}

async fn change_own(
    scope: &Scope<'_, WitDatabase>,
    id: UserId,
    wish: &Wish,
    now: Instant,
) -> Result<Box<User>, ApiError> {
    let address = match &wish.email {
        Some(email) => wanted_address(scope, id, email, now).await?,
        None => None,
    };
    let user = match users::update(scope, id, &wish.change, address.as_ref(), now).await? {
        UserChanged::Changed(user) => user,
        UserChanged::NoUser => return Err(errors::no_user()),
        UserChanged::NoSchedule => {
            return Err(errors::no_schedule(wish.change.default_schedule_id));
        }
        UserChanged::EmailTaken => return Err(errors::email_in_use()),
        UserChanged::NotVerified => return Err(errors::no_longer_verified()),
    };
    let is_mailed = matches!(address, Some(NewAddress::Unverified { .. }));
    outbox::deliver_after_response(scope, is_mailed, now).await;
    Ok(user)
}

/// `None` where the user has that address already.
async fn wanted_address(
    scope: &Scope<'_, WitDatabase>,
    id: UserId,
    email: &str,
    now: Instant,
) -> Result<Option<NewAddress>, ApiError> {
    match users::find_by_email(scope, email).await? {
        Some(holder) if holder.id == id => return Ok(None),
        Some(_) => return Err(errors::email_in_use()),
        None => {}
    }
    let user = users::find(scope, id).await?.ok_or_else(errors::no_user)?;
    change_address::way_to(scope, &user, email, now).await.map(Some)
}

async fn change_managed(
    scope: &Scope<'_, WitDatabase>,
    id: UserId,
    client: &ClientId,
    wish: Wish,
    now: Instant,
) -> Result<Box<User>, ApiError> {
    let email = wish.email.map(|email| managed_email(&email, client));
    let schedule = wish.change.default_schedule_id;
    let change = ManagedChange { email, profile: wish.change };
    match managed::update(scope, client, id, &change, now).await? {
        ManagedChanged::Done(user) => Ok(user),
        ManagedChanged::NoSchedule => Err(errors::no_schedule(schedule)),
        ManagedChanged::EmailTaken => Err(errors::email_in_use()),
        ManagedChanged::Unknown | ManagedChanged::LastOwner => Err(errors::no_user()),
    }
}

struct Wish {
    email: Option<String>,
    change: UserChange,
}

fn read_wish(body: &Value) -> Result<Wish, ApiError> {
    let mut fields = Fields::of(body);
    let wish = Wish {
        email: fields.optional("email", email()),
        change: UserChange {
            name: fields.patch("name", text(1, MAX_NAME)),
            time_zone: fields.optional("timeZone", zone()),
            time_format: fields.optional("timeFormat", time_format()),
            week_start: fields.optional("weekStart", week_day()),
            locale: fields.optional("locale", locale()),
            avatar_url: fields.patch("avatarUrl", url()),
            bio: fields.patch("bio", text(0, MAX_BIO)),
            metadata: fields.patch("metadata", metadata()).map(Value::Object),
            default_schedule_id: fields.optional("defaultScheduleId", schedule_id),
        },
    };
    fields.finish()?;
    Ok(wish)
}

fn schedule_id(value: &Value) -> Result<ScheduleId, Violation> {
    let wrong = |error: meridian_kernel::IdError| Violation::new("isInt", error.to_string());
    let number = value.as_i64().ok_or_else(|| wrong(meridian_kernel::IdError))?;
    ScheduleId::from_wire(number).map_err(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;
    use meridian_kernel::Patch;
    use serde_json::json;

    #[test]
    fn every_field_is_read() {
        let wish = read_wish(&json!({
            "email": "ada@example.org", "name": "Ada", "timeFormat": 24, "defaultScheduleId": 4294967297_i64,
            "weekStart": "Monday", "timeZone": "europe/rome", "locale": "it",
            "avatarUrl": "https://example.org/a.png", "bio": null, "metadata": {"team": "red"},
        }))
        .unwrap();
        assert_eq!(wish.email.as_deref(), Some("ada@example.org"));
        let change = wish.change;
        assert_eq!(change.name, Patch::Value("Ada".to_owned()));
        assert_eq!(change.time_format, Some(24));
        assert_eq!(change.time_zone.unwrap().name(), "Europe/Rome");
        assert_eq!(change.week_start.as_deref(), Some("Monday"));
        assert_eq!(change.locale.as_deref(), Some("it"));
        assert_eq!(change.bio, Patch::Null);
        assert_eq!(change.metadata, Patch::Value(json!({"team": "red"})));
        assert_eq!(change.default_schedule_id.unwrap().row(), 1);
    }

    #[test]
    fn every_wrong_field_is_named() {
        for (body, field) in [
            (json!({"timeFormat": 13}), "timeFormat"),
            (json!({"timeFormat": "12"}), "timeFormat"),
            (json!({"weekStart": "monday"}), "weekStart"),
            (json!({"timeZone": "Mars/Olympus"}), "timeZone"),
            (json!({"locale": "xx"}), "locale"),
            (json!({"email": "nobody"}), "email"),
            (json!({"name": ""}), "name"),
            (json!({"avatarUrl": "javascript:alert(1)"}), "avatarUrl"),
            (json!({"metadata": {"a": 1}}), "metadata"),
            (json!({"defaultScheduleId": "one"}), "defaultScheduleId"),
            (json!({"defaultScheduleId": 0}), "defaultScheduleId"),
        ] {
            let error = read_wish(&body).err().unwrap();
            assert_eq!(error.status, http::StatusCode::BAD_REQUEST);
            assert!(error.message.starts_with(field), "{}", error.message);
        }
    }

    #[test]
    fn unknown_fields_are_passed_over() {
        let wish = read_wish(&json!({"username": "root", "systemRole": "ADMIN"})).unwrap();
        assert!(wish.email.is_none());
        assert!(wish.change.name.is_absent());
    }
}
