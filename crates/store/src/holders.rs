//! Whoever holds a credential: what a guard needs to know of them, whatever the
//! credential is. Each kind joins [`holder_columns!`] to its own table.

use meridian_kernel::{OrganizationNumber, PermissionSet, Role, TeamId, UserId, WireId};

use crate::{BadRow, Row};

/// A user, with all their places.
#[derive(Clone, Debug, PartialEq)]
pub struct Holder {
    /// Who it is.
    pub user_id: UserId,
    /// Unique in the organisation.
    pub username: String,
    /// The primary address.
    pub email: String,
    /// Possibly empty.
    pub name: String,
    /// IANA.
    pub time_zone: String,
    /// `USER` or `ADMIN`.
    pub system_role: String,
    /// What they are in the organisation.
    pub organization_role: Role,
    /// Whether they accepted to be in it.
    pub organization_accepted: bool,
    /// The teams they are an accepted member of, and what they are there.
    pub teams: Vec<(TeamId, Role)>,
    /// What their custom roles allow: in the organisation (`None`), and in teams.
    pub permissions: Vec<(Option<TeamId>, PermissionSet)>,
}

/// What [`Holder::read`] expects, of the table `user u`, first in the select list.
macro_rules! holder_columns {
    () => {
        "u.id, u.username, u.email, u.name, u.time_zone, u.system_role, u.organization_role, \
         u.organization_accepted, \
         (SELECT json_group_array(json_array(m.team_id, m.role, \
              (SELECT r.permissions FROM role r WHERE r.id = m.custom_role_id))) \
          FROM team_membership m WHERE m.user_id = u.id AND m.accepted = 1), \
         (SELECT r.permissions FROM role r WHERE r.id = u.custom_role_id)"
    };
}
pub(crate) use holder_columns;

impl Holder {
    /// How many columns [`holder_columns!`] has: where those of the credential begin.
    pub(crate) const WIDTH: usize = 10;

    /// The row mapper.
    pub(crate) fn read(organization: OrganizationNumber, row: Row<'_>) -> Result<Self, BadRow> {
        let places: Vec<(i64, Role, Option<PermissionSet>)> = row.json(8)?;
        let team = |id| TeamId::new(organization, id);
        let own = row.optional(9, Row::permissions)?.map(|permissions| (None, permissions));
        let custom = |place: &(i64, Role, Option<PermissionSet>)| {
            place.2.map(|permissions| (Some(team(place.0)), permissions))
        };
        Ok(Self {
            user_id: UserId::new(organization, row.integer(0)?),
            username: row.string(1)?,
            email: row.string(2)?,
            name: row.string(3)?,
            time_zone: row.string(4)?,
            system_role: row.string(5)?,
            organization_role: row.role(6)?,
            organization_accepted: row.boolean(7)?,
            permissions: own.into_iter().chain(places.iter().filter_map(custom)).collect(),
            teams: places.iter().map(|(id, role, _)| (team(*id), *role)).collect(),
        })
    }
}
