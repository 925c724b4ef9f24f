//! Invitations: whoever has the token may join the team, until it expires.

use meridian_kernel::{Instant, Role, TeamId, UserId, WireId};

use super::{Membership, select_of};
use crate::event_hosts::add_member_to_team_event_types;
use crate::{Database, DatabaseError, Row, Scope, Statement, StoreError, arguments};

/// An invitation to be stored.
#[derive(Clone, Debug)]
pub struct NewInvite<'a> {
    /// SHA-256 hex of the token, which is kept nowhere.
    pub token_hash: &'a str,
    /// Into which team.
    pub team: TeamId,
    /// From when on it lets nobody in.
    pub expires_at: Instant,
}

/// Stores an invitation, and forgets those of the team that have expired; false
/// where there is no such team.
pub async fn make_invite<D: Database>(
    scope: &Scope<'_, D>,
    invite: &NewInvite<'_>,
    now: Instant,
) -> Result<bool, StoreError> {
    if invite.team.organization() != scope.organization() {
        return Ok(false);
    }
    let insert = Statement::command(
        "INSERT INTO team_invite (token_hash, team_id, expires_at, created_at) \
         SELECT ?2, id, ?3, ?4 FROM team WHERE id = ?1",
        arguments![invite.team.row(), invite.token_hash, invite.expires_at, now],
    );
    let forget = Statement::command(
        "DELETE FROM team_invite WHERE team_id = ?1 AND expires_at <= ?2",
        arguments![invite.team.row(), now],
    );
    match scope.write(vec![insert.must_affect(), forget]).await {
        Ok(_) => Ok(true),
        Err(DatabaseError::Precondition(_)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Makes a user an accepted member of the team they hold an invitation to; whoever
/// is in it keeps their role. `None` where the invitation is unknown or expired.
pub async fn join<D: Database>(
    scope: &Scope<'_, D>,
    token_hash: &str,
    user: UserId,
    now: Instant,
) -> Result<Option<Membership>, StoreError> {
    if user.organization() != scope.organization() {
        return Ok(None);
    }
    let query = Statement::query(
        "SELECT team_id FROM team_invite WHERE token_hash = ?1",
        arguments![token_hash],
    );
    let found = scope.read_primary(query).await?;
    let row = found.first().map(|row: Row<'_>| row.integer(0)).transpose()?;
    let Some(team) = row.map(|row| TeamId::new(scope.organization(), row)) else {
        return Ok(None);
    };
    let insert = Statement::command(
        "INSERT INTO team_membership (team_id, user_id, role, accepted, created_at, updated_at) \
         SELECT i.team_id, u.id, ?3, 1, ?4, ?4 FROM team_invite i JOIN user u ON u.id = ?2 \
         WHERE i.token_hash = ?1 AND i.expires_at > ?4 AND u.left_at IS NULL \
         ON CONFLICT (team_id, user_id) DO UPDATE SET accepted = 1, updated_at = ?4",
        arguments![token_hash, user.row(), Role::Member.as_str(), now],
    );
    let mut batch = vec![insert.must_affect()];
    batch.extend(add_member_to_team_event_types(team, user, now));
    batch.push(select_of(team, user));
    match scope.write(batch).await {
        Ok(rows) => Membership::last(scope, &rows),
        Err(DatabaseError::Precondition(0)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
