//! Roles that an organisation or one of its teams makes for itself.
//!
//! Whoever handles a role must hold all that it allows: the statements that change,
//! delete and assign one say so themselves, so that nobody gives, or takes, more
//! than they have, whatever happens at the same time.

use meridian_kernel::{
    Instant, OrganizationNumber, Patch, PermissionSet, Role, TeamId, UserId, UuidUid, WireId,
};

use crate::{
    BadRow, ConstraintKind, Database, DatabaseError, Row, Rows, Scope, Statement, StoreError,
    arguments,
};

/// Roles an organisation, or a team, can make at most.
pub const MAX_ROLES: u32 = 100;

/// A row of `role`.
#[derive(Clone, Debug, PartialEq)]
pub struct CustomRole {
    /// The id.
    pub id: String,
    /// The team it is of; `None`: the organisation's.
    pub team_id: Option<TeamId>,
    /// Unique in its place, in any case of letters.
    pub name: String,
    /// For people: such as `#ff0000`.
    pub color: Option<String>,
    /// For people.
    pub description: Option<String>,
    /// What it allows.
    pub permissions: PermissionSet,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
}

/// The columns [`CustomRole::read`] expects, in order.
macro_rules! columns {
    () => {
        "id, team_id, name, color, description, permissions, created_at, updated_at"
    };
}

impl CustomRole {
    /// The row mapper.
    fn read(organization: OrganizationNumber, row: Row<'_>) -> Result<Self, BadRow> {
        let team = row.optional(1, Row::integer)?;
        Ok(Self {
            id: row.string(0)?,
            team_id: team.map(|id| TeamId::new(organization, id)),
            name: row.string(2)?,
            color: row.optional(3, Row::string)?,
            description: row.optional(4, Row::string)?,
            permissions: row.permissions(5)?,
            created_at: row.instant(6)?,
            updated_at: row.instant(7)?,
        })
    }

    fn first<D: Database>(scope: &Scope<'_, D>, rows: &[Rows]) -> Result<Option<Self>, StoreError> {
        let row = rows.first().and_then(Rows::first);
        Ok(row.map(|row| Self::read(scope.organization(), row)).transpose()?)
    }
}

/// Where a role is: in a team, or (`None`) in the organisation.
pub type Place = Option<TeamId>;

fn row_of(place: Place) -> Option<i64> {
    place.map(WireId::row)
}

fn is_here<D: Database>(scope: &Scope<'_, D>, place: Place) -> bool {
    place.is_none_or(|team| team.organization() == scope.organization())
}

/// All roles of a place, in the order they were made; `None` where there is no such
/// team.
pub async fn list<D: Database>(
    scope: &Scope<'_, D>,
    place: Place,
) -> Result<Option<Vec<CustomRole>>, StoreError> {
    if !is_here(scope, place) {
        return Ok(None);
    }
    let query = Statement::query(
        concat!(
            "SELECT ",
            columns!(),
            " FROM role WHERE coalesce(team_id, 0) = coalesce(?1, 0) ORDER BY created_at, id"
        ),
        arguments![row_of(place)],
    );
    let rows = scope.read_primary(query).await?;
    let found = rows.map(|row| CustomRole::read(scope.organization(), row))?;
    if found.is_empty() && !place_exists(scope, place).await? {
        return Ok(None);
    }
    Ok(Some(found))
}

async fn place_exists<D: Database>(scope: &Scope<'_, D>, place: Place) -> Result<bool, StoreError> {
    let Some(team) = place else { return Ok(true) };
    let query = Statement::query("SELECT 1 FROM team WHERE id = ?1", arguments![team.row()]);
    Ok(scope.read_primary(query).await?.first().is_some())
}

/// One role; `None` where the place has none of that id.
pub async fn find<D: Database>(
    scope: &Scope<'_, D>,
    place: Place,
    id: &str,
) -> Result<Option<CustomRole>, StoreError> {
    if !is_here(scope, place) {
        return Ok(None);
    }
    let query = Statement::query(
        concat!("SELECT ", columns!(), " FROM role WHERE id = ?1 AND team_id IS ?2"),
        arguments![id, row_of(place)],
    );
    CustomRole::first(scope, &[scope.read_primary(query).await?])
}

/// A role to be made.
#[derive(Clone, Debug, Default)]
pub struct NewRole {
    /// Unique in its place.
    pub name: String,
    /// For people.
    pub color: Option<String>,
    /// For people.
    pub description: Option<String>,
    /// What it shall allow: no more than whoever makes it holds.
    pub permissions: PermissionSet,
}

/// What became of a new role.
#[derive(Clone, Debug, PartialEq)]
pub enum RoleInserted {
    /// It is written.
    Inserted(Box<CustomRole>),
    /// Another role of the place has the name.
    NameTaken,
    /// The place has [`MAX_ROLES`] already.
    TooMany,
    /// There is no such team (any more).
    NoTeam,
}

/// Makes a role.
pub async fn insert<D: Database>(
    scope: &Scope<'_, D>,
    place: Place,
    id: &UuidUid,
    new: &NewRole,
    now: Instant,
) -> Result<RoleInserted, StoreError> {
    if !is_here(scope, place) {
        return Ok(RoleInserted::NoTeam);
    }
    let insert = Statement::command(
        concat!(
            "INSERT INTO role (",
            columns!(),
            ") SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7 \
             WHERE (?2 IS NULL OR EXISTS (SELECT 1 FROM team WHERE id = ?2)) \
             AND (SELECT count(*) FROM role \
                  WHERE coalesce(team_id, 0) = coalesce(?2, 0)) < ?8 RETURNING ",
            columns!()
        ),
        arguments![
            id.as_str(),
            row_of(place),
            new.name.as_str(),
            new.color.as_deref(),
            new.description.as_deref(),
            new.permissions,
            now,
            MAX_ROLES,
        ],
    );
    match scope.write(vec![insert.returning().must_affect()]).await {
        Ok(rows) => {
            let role = CustomRole::first(scope, &rows)?.map(Box::new);
            Ok(role.map_or(RoleInserted::NoTeam, RoleInserted::Inserted))
        }
        Err(DatabaseError::Constraint { kind: ConstraintKind::Unique, .. }) => {
            Ok(RoleInserted::NameTaken)
        }
        Err(DatabaseError::Precondition(0)) if place_exists(scope, place).await? => {
            Ok(RoleInserted::TooMany)
        }
        Err(DatabaseError::Precondition(0)) => Ok(RoleInserted::NoTeam),
        Err(error) => Err(error.into()),
    }
}

/// What shall become of what a role allows: first all that is not kept goes, then
/// what is added comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PermissionChange {
    /// Nothing.
    Keep,
    /// These instead.
    Replace(PermissionSet),
    /// These too.
    Add(PermissionSet),
    /// Without these.
    Remove(PermissionSet),
}

impl PermissionChange {
    /// What goes, and what comes.
    const fn masks(self) -> (PermissionSet, PermissionSet) {
        match self {
            Self::Keep => (PermissionSet::EMPTY, PermissionSet::EMPTY),
            Self::Replace(with) => (PermissionSet::ALL, with),
            Self::Add(more) => (PermissionSet::EMPTY, more),
            Self::Remove(less) => (less, PermissionSet::EMPTY),
        }
    }

    /// What it adds: no more than whoever asks may hold.
    pub const fn added(self) -> PermissionSet {
        self.masks().1
    }
}

/// What shall be different.
#[derive(Clone, Debug)]
pub struct RoleChange {
    /// Unique in its place.
    pub name: Option<String>,
    /// For people.
    pub color: Patch<String>,
    /// For people.
    pub description: Patch<String>,
    /// What it allows.
    pub permissions: PermissionChange,
}

impl RoleChange {
    /// Only of what it allows.
    pub const fn of_permissions(permissions: PermissionChange) -> Self {
        Self { name: None, color: Patch::Absent, description: Patch::Absent, permissions }
    }
}

/// What became of a role.
#[derive(Clone, Debug, PartialEq)]
pub enum RoleChanged {
    /// It is changed, or gone, and was so.
    Done(Box<CustomRole>),
    /// The place has no such role (any more).
    Unknown,
    /// Another role of the place has the name.
    NameTaken,
    /// It allows what whoever asks does not hold.
    AllowsMore,
}

/// Changes a role that allows no more than what is held.
pub async fn update<D: Database>(
    scope: &Scope<'_, D>,
    (place, id): (Place, &str),
    change: &RoleChange,
    held: PermissionSet,
    now: Instant,
) -> Result<RoleChanged, StoreError> {
    if !is_here(scope, place) {
        return Ok(RoleChanged::Unknown);
    }
    let (removed, added) = change.permissions.masks();
    let update = Statement::command(
        concat!(
            "UPDATE role SET name = coalesce(?4, name), \
             color = CASE WHEN ?5 THEN ?6 ELSE color END, \
             description = CASE WHEN ?7 THEN ?8 ELSE description END, \
             permissions = (permissions & ~?9) | ?10, updated_at = ?11 \
             WHERE id = ?1 AND team_id IS ?2 AND permissions & ~?3 = 0 RETURNING ",
            columns!()
        ),
        arguments![
            id,
            row_of(place),
            held.with_all_it_allows(),
            change.name.as_deref(),
            !change.color.is_absent(),
            change.color.value().map(String::as_str),
            !change.description.is_absent(),
            change.description.value().map(String::as_str),
            removed,
            added,
            now,
        ],
    );
    changed(scope, (place, id), scope.write(vec![update.returning().must_affect()]).await).await
}

/// Deletes a role that allows no more than what is held: whoever has it has none
/// then.
pub async fn delete<D: Database>(
    scope: &Scope<'_, D>,
    (place, id): (Place, &str),
    held: PermissionSet,
) -> Result<RoleChanged, StoreError> {
    if !is_here(scope, place) {
        return Ok(RoleChanged::Unknown);
    }
    let delete = Statement::command(
        concat!(
            "DELETE FROM role WHERE id = ?1 AND team_id IS ?2 AND permissions & ~?3 = 0 RETURNING ",
            columns!()
        ),
        arguments![id, row_of(place), held.with_all_it_allows()],
    );
    changed(scope, (place, id), scope.write(vec![delete.returning().must_affect()]).await).await
}

/// The row a statement returned, or what refused it.
async fn changed<D: Database>(
    scope: &Scope<'_, D>,
    (place, id): (Place, &str),
    outcome: Result<Vec<Rows>, DatabaseError>,
) -> Result<RoleChanged, StoreError> {
    match outcome {
        Ok(rows) => {
            let role = CustomRole::first(scope, &rows)?.map(Box::new);
            Ok(role.map_or(RoleChanged::Unknown, RoleChanged::Done))
        }
        Err(DatabaseError::Constraint { kind: ConstraintKind::Unique, .. }) => {
            Ok(RoleChanged::NameTaken)
        }
        Err(DatabaseError::Precondition(0)) => {
            let found = find(scope, place, id).await?;
            Ok(found.map_or(RoleChanged::Unknown, |_| RoleChanged::AllowsMore))
        }
        Err(error) => Err(error.into()),
    }
}

/// What somebody may be whom whoever is this may change: as much, or less.
pub(crate) const fn ranks(by: Role) -> &'static str {
    match by {
        Role::Member => "MEMBER",
        Role::Admin => "MEMBER ADMIN",
        Role::Owner => "MEMBER ADMIN OWNER",
    }
}

/// Which custom role somebody shall have, and what whoever gives it holds.
#[derive(Clone, Debug, Default)]
pub struct Assignment {
    /// Its id; null: none.
    pub role: Patch<String>,
    /// A role that allows more cannot be given.
    pub held: PermissionSet,
}

/// Why somebody could not be given a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoleRefused {
    /// The place has no such role.
    Unknown,
    /// It allows what whoever gives it does not hold.
    AllowsMore,
}

/// Why an assignment was refused, read afterwards.
pub(crate) async fn why_not<D: Database>(
    scope: &Scope<'_, D>,
    place: Place,
    wish: &Assignment,
) -> Result<RoleRefused, StoreError> {
    let Some(id) = wish.role.value() else { return Ok(RoleRefused::Unknown) };
    let found = find(scope, place, id).await?;
    Ok(found.map_or(RoleRefused::Unknown, |_| RoleRefused::AllowsMore))
}

/// Gives a member one of the organisation's roles; no statement where nothing shall
/// change. It changes no row where there is no such role, or it allows too much.
pub(crate) fn assign_to_user(user: UserId, wish: &Assignment) -> Option<Statement> {
    let sql = "UPDATE user SET custom_role_id = ?2 WHERE id = ?1 AND (?2 IS NULL OR EXISTS \
               (SELECT 1 FROM role WHERE id = ?2 AND team_id IS NULL AND permissions & ~?3 = 0))";
    let arguments = arguments![
        user.row(),
        wish.role.value().map(String::as_str),
        wish.held.with_all_it_allows()
    ];
    (!wish.role.is_absent()).then(|| Statement::command(sql, arguments).must_affect())
}

/// Gives a member of a team one of the team's roles, likewise.
pub(crate) fn assign_in_team(team: TeamId, user: UserId, wish: &Assignment) -> Option<Statement> {
    let sql = "UPDATE team_membership SET custom_role_id = ?3 \
               WHERE team_id = ?1 AND user_id = ?2 AND (?3 IS NULL OR EXISTS \
               (SELECT 1 FROM role WHERE id = ?3 AND team_id = ?1 AND permissions & ~?4 = 0))";
    let arguments = arguments![
        team.row(),
        user.row(),
        wish.role.value().map(String::as_str),
        wish.held.with_all_it_allows(),
    ];
    (!wish.role.is_absent()).then(|| Statement::command(sql, arguments).must_affect())
}
