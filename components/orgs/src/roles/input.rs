//! Roles as clients send them.

use meridian_gateway::ApiError;
use meridian_gateway::validate::{Fields, Violation, array, color, text};
use meridian_kernel::{Permission, PermissionSet};
use meridian_store::roles::{NewRole, PermissionChange, Place, RoleChange};
use serde_json::Value;

use super::system::is_system_name;
use crate::errors;
use crate::page;

const MAX_NAME: usize = 255;
const MAX_DESCRIPTION: usize = 2_048;

/// Reads the body of `POST …/roles`.
pub fn read_new(body: &Value, place: Place) -> Result<NewRole, ApiError> {
    let mut fields = Fields::of(body);
    let new = NewRole {
        name: fields.required("name", text(1, MAX_NAME)),
        color: fields.optional("color", color()),
        description: fields.optional("description", text(0, MAX_DESCRIPTION)),
        permissions: fields.optional("permissions", permissions(place)).unwrap_or_default(),
    };
    fields.finish()?;
    check_name(&new.name)?;
    Ok(new)
}

/// Reads the body of `PATCH …/roles/:roleId`. Permissions come instead of those that
/// were there.
pub fn read_change(body: &Value, place: Place) -> Result<RoleChange, ApiError> {
    let mut fields = Fields::of(body);
    let change = RoleChange {
        name: fields.optional("name", text(1, MAX_NAME)),
        color: fields.patch("color", color()),
        description: fields.patch("description", text(0, MAX_DESCRIPTION)),
        permissions: fields
            .optional("permissions", permissions(place))
            .map_or(PermissionChange::Keep, PermissionChange::Replace),
    };
    fields.finish()?;
    change.name.as_deref().map_or(Ok(()), check_name)?;
    Ok(change)
}

/// The names of the roles that everybody has are taken everywhere.
fn check_name(name: &str) -> Result<(), ApiError> {
    if is_system_name(name) { Err(errors::role_name_taken(name)) } else { Ok(()) }
}

/// Reads the body of `POST` and `PUT …/permissions`.
pub fn read_permissions(body: &Value, place: Place) -> Result<PermissionSet, ApiError> {
    let mut fields = Fields::of(body);
    let read = fields.required("permissions", permissions(place));
    fields.finish()?;
    Ok(read)
}

/// Reads the query of `DELETE …/permissions`: apart by commas.
pub fn read_named(query: &Value, place: Place) -> Result<PermissionSet, ApiError> {
    let mut fields = Fields::of(query);
    let most = Permission::ALL.len();
    let named = page::read_many(&mut fields, "permissions", most, |value| one(value, place));
    if named.is_none() && !fields.has("permissions") {
        let text = "must name the permissions to take away, apart by commas";
        fields.refuse("permissions", &Violation::new("isNotEmpty", text));
    }
    fields.finish()?;
    Ok(named.unwrap_or_default().into_iter().collect())
}

/// One permission of the path.
pub fn read_one(name: &str, place: Place) -> Result<PermissionSet, ApiError> {
    let read = one(&Value::from(name), place);
    let read = read.map_err(|wrong| ApiError::invalid_field("permission", name, wrong.text))?;
    Ok(PermissionSet::from_iter([read]))
}

fn permissions(place: Place) -> impl Fn(&Value) -> Result<PermissionSet, Violation> {
    let all = array(Permission::ALL.len(), move |value: &Value| one(value, place));
    move |value| all(value).map(PermissionSet::from_iter)
}

/// A permission that a role of the place may hold.
fn one(value: &Value, place: Place) -> Result<Permission, Violation> {
    let known = value.as_str().and_then(Permission::parse);
    let of = |permission: Permission| match place {
        None => permission.is_for_organizations(),
        Some(_) => permission.is_for_teams(),
    };
    known.filter(|permission| of(*permission)).ok_or_else(|| {
        let all = Permission::ALL.iter().copied().filter(|permission| of(*permission));
        let names: Vec<&str> = all.map(Permission::as_str).collect();
        Violation::new("isEnum", format!("must be one of {}", names.join(", ")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use meridian_kernel::{OrganizationNumber, TeamId, WireId};
    use serde_json::json;

    fn in_a_team() -> Place {
        Some(TeamId::new(OrganizationNumber::NONE, 1))
    }

    #[test]
    fn a_name_is_enough() {
        let new = read_new(&json!({"name": "Support"}), None).unwrap();
        assert_eq!((new.name.as_str(), new.permissions), ("Support", PermissionSet::EMPTY));
    }

    #[test]
    fn permissions_are_a_set() {
        let body = json!({"permissions": ["role.read", "role.read", "team.read"]});
        let read = read_permissions(&body, in_a_team()).unwrap();
        let both = [Permission::RoleRead, Permission::TeamRead];
        assert_eq!(read, PermissionSet::from_iter(both));
        let named = json!({"permissions": "role.read, team.read"});
        assert_eq!(read_named(&named, in_a_team()).unwrap(), read);
        assert_eq!(read_one("role.read", None).unwrap().iter().count(), 1);
    }

    #[test]
    fn a_change_says_what_stays() {
        let change = read_change(&json!({"description": null}), None).unwrap();
        assert_eq!(change.permissions, PermissionChange::Keep);
        assert!(change.color.is_absent() && !change.description.is_absent());
        let change = read_change(&json!({"permissions": []}), None).unwrap();
        assert_eq!(change.permissions, PermissionChange::Replace(PermissionSet::EMPTY));
    }

    #[test]
    fn what_a_place_does_not_know_is_named() {
        for (permission, place) in [
            ("booking.fly", None),
            ("booking.readTeamBookings", None),
            ("booking.readOrgBookings", in_a_team()),
            ("*.*", in_a_team()),
            ("organization.read", in_a_team()),
        ] {
            let refused = read_permissions(&json!({"permissions": [permission]}), place);
            let refused = refused.unwrap_err();
            assert_eq!(refused.status, http::StatusCode::BAD_REQUEST);
            assert!(refused.message.starts_with("permissions"), "{}", refused.message);
            assert!(read_one(permission, place).is_err());
            assert!(read_named(&json!({"permissions": permission}), place).is_err());
        }
        assert!(read_named(&json!({}), None).is_err());
        assert!(read_permissions(&json!({}), None).is_err());
    }

    #[test]
    fn every_mistake_is_named() {
        for (body, field) in [
            (json!({}), "name"),
            (json!({"name": ""}), "name"),
            (json!({"name": "x", "color": "red"}), "color"),
            (json!({"name": "x", "description": 1}), "description"),
            (json!({"name": "x", "permissions": "role.read"}), "permissions"),
        ] {
            let refused = read_new(&body, None).unwrap_err();
            assert!(refused.message.starts_with(field), "{}", refused.message);
        }
        let taken = read_new(&json!({"name": "OWNER"}), None).unwrap_err();
        assert_eq!(taken.status, http::StatusCode::CONFLICT);
    }
}
