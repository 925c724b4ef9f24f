//! Who looks after a webhook.

use meridian_kernel::UuidUid;

use crate::{BadRow, Database, Row, Scope, Statement, StoreError, arguments};

/// How many people a notice goes to at most.
pub const MOST_KEEPERS: u32 = 10;

/// Somebody who can do something about a webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keeper {
    /// Their address.
    pub email: String,
    /// Their name; may be empty.
    pub name: String,
}

impl Keeper {
    fn read(row: Row<'_>) -> Result<Self, BadRow> {
        Ok(Self { email: row.string(0)?, name: row.string(1)? })
    }
}

/// Who looks after a webhook: its user; the owner of its event type, or the owners and
/// admins of that one's team; else, and where these are managed by a platform client, the
/// owners and admins of the organisation. Nobody who left. At most [`MOST_KEEPERS`], who
/// were there first.
pub async fn keepers<D: Database>(
    scope: &Scope<'_, D>,
    webhook: &UuidUid,
) -> Result<Vec<Keeper>, StoreError> {
    let sql = "WITH own (id) AS (SELECT w.user_id FROM webhook w WHERE w.id = ?1 \
               UNION SELECT e.owner_id FROM webhook w \
               CROSS JOIN event_type e ON e.id = w.event_type_id WHERE w.id = ?1 \
               UNION SELECT m.user_id FROM webhook w \
               CROSS JOIN event_type e ON e.id = w.event_type_id \
               CROSS JOIN team_membership m ON m.team_id = e.team_id \
               WHERE w.id = ?1 AND m.accepted = 1 AND m.role IN ('OWNER', 'ADMIN')), \
               able (id, email, name, is_admin) AS (SELECT u.id, u.email, u.name, \
               u.organization_role IN ('OWNER', 'ADMIN') FROM user u WHERE u.left_at IS NULL \
               AND NOT EXISTS (SELECT 1 FROM managed_user m WHERE m.user_id = u.id)) \
               SELECT able.email, able.name FROM able WHERE able.id IN own \
               OR (able.is_admin AND EXISTS (SELECT 1 FROM webhook w WHERE w.id = ?1) \
               AND NOT EXISTS (SELECT 1 FROM able x WHERE x.id IN own)) \
               ORDER BY able.id LIMIT ?2";
    let arguments = arguments![webhook.as_str(), MOST_KEEPERS];
    let rows = scope.work(vec![Statement::query(sql, arguments)]).await?;
    Ok(rows.first().map(|rows| rows.map(Keeper::read)).transpose()?.unwrap_or_default())
}
