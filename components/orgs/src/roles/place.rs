//! Where the roles of a path are, and which of them it names.

use meridian_edge::WitDatabase;
use meridian_gateway::{ApiError, Request};
use meridian_kernel::PermissionSet;
use meridian_store::Scope;
use meridian_store::roles::{self, CustomRole, Place, RoleChange, RoleChanged};

use super::held::held;
use super::system::{SystemRole, is_system};
use crate::errors;

/// The team of the path, or the organisation.
pub fn of_path(request: &Request) -> Result<Place, ApiError> {
    let names_team = !request.parameter("teamId").is_empty();
    names_team.then(|| request.team_id()).transpose()
}

/// A role as it is shown: one that everybody has, or one of the place's own.
pub enum AnyRole {
    /// Of everybody.
    System(SystemRole),
    /// Of the place.
    Custom(CustomRole),
}

/// The role that the path names.
pub async fn find(
    request: &Request,
    scope: &Scope<'_, WitDatabase>,
    place: Place,
) -> Result<AnyRole, ApiError> {
    let id = request.parameter("roleId");
    if let Some(role) = SystemRole::of_id(id) {
        return Ok(AnyRole::System(role));
    }
    let found = roles::find(scope, place, id).await?;
    found.map(AnyRole::Custom).ok_or_else(|| errors::no_role(id))
}

/// A role of the place's own that the path names, to be changed by somebody who holds
/// all that it allows.
pub struct OwnRole<'a> {
    place: Place,
    id: &'a str,
    held: PermissionSet,
}

impl<'a> OwnRole<'a> {
    /// 403 where it is one that everybody has.
    pub fn of_path(request: &'a Request) -> Result<Self, ApiError> {
        let place = of_path(request)?;
        let id = request.parameter("roleId");
        if is_system(id) {
            return Err(errors::system_role(id));
        }
        Ok(Self { place, id, held: held(request.principal()?, place) })
    }

    /// Changes it, to allow no more than whoever asks holds.
    pub async fn change(
        &self,
        request: &Request,
        scope: &Scope<'_, WitDatabase>,
        change: &RoleChange,
    ) -> Result<CustomRole, ApiError> {
        errors::unless_held(change.permissions.added(), self.held)?;
        let at = (self.place, self.id);
        let changed = roles::update(scope, at, change, self.held, request.now).await?;
        self.unless_changed(changed, change.name.as_deref())
    }

    /// Deletes it.
    pub async fn delete(&self, scope: &Scope<'_, WitDatabase>) -> Result<CustomRole, ApiError> {
        let deleted = roles::delete(scope, (self.place, self.id), self.held).await?;
        self.unless_changed(deleted, None)
    }

    fn unless_changed(
        &self,
        changed: RoleChanged,
        name: Option<&str>,
    ) -> Result<CustomRole, ApiError> {
        match changed {
            RoleChanged::Done(role) => Ok(*role),
            RoleChanged::Unknown => Err(errors::no_role(self.id)),
            RoleChanged::NameTaken => Err(errors::role_name_taken(name.unwrap_or_default())),
            RoleChanged::AllowsMore => Err(errors::role_allows_more(self.id)),
        }
    }
}
