//! The primary address of a user, which changes only to a mailbox that was shown to be
//! theirs: at once where it was before, else when the link that is mailed there is
//! followed.

use meridian_kernel::{Instant, OrganizationNumber, UserId, WireId};

use super::{User, first};
use crate::jobs::{self, NewJob};
use crate::{
    ConstraintKind, Database, DatabaseError, Row, Rows, Scope, Statement, StoreError, arguments,
};

/// How long a link is good for, in hours.
pub const LINK_HOURS: i64 = 24;

/// The address a user wants.
#[derive(Clone, Debug)]
pub enum NewAddress {
    /// One of their verified mailboxes: it changes at once.
    Verified(String),
    /// Any other: it changes when the mailed link is followed.
    Unverified {
        /// The address.
        email: String,
        /// SHA-256 of the link's token.
        token_hash: String,
        /// The job that mails the link.
        mail: NewJob,
    },
}

impl NewAddress {
    /// The statements for the batch that changes the profile. The first of them fails
    /// the batch where the mailbox is not verified (any more).
    pub(super) fn statements(&self, user: UserId, now: Instant) -> Vec<Statement> {
        match self {
            Self::Verified(email) => vec![
                change_to_verified(user, email, now).must_affect(),
                // A wish for another address that was not seen through is no more.
                Statement::command(
                    "DELETE FROM email_change WHERE user_id = ?1",
                    arguments![user.row()],
                ),
            ],
            Self::Unverified { email, token_hash, mail } => {
                let until = now.plus_minutes(LINK_HOURS * 60);
                vec![
                    Statement::command(
                        "INSERT INTO email_change (user_id, email, token_hash, expires_at) \
                         VALUES (?1, ?2, ?3, ?4) ON CONFLICT (user_id) DO UPDATE SET \
                         email = excluded.email, token_hash = excluded.token_hash, \
                         expires_at = excluded.expires_at",
                        arguments![user.row(), email.as_str(), token_hash.as_str(), until],
                    ),
                    jobs::enqueue(std::slice::from_ref(mail), now),
                ]
            }
        }
    }
}

fn change_to_verified(user: UserId, email: &str, now: Instant) -> Statement {
    Statement::command(
        "UPDATE user SET email = ?2, updated_at = ?3 WHERE id = ?1 AND left_at IS NULL \
         AND EXISTS (SELECT 1 FROM verified_email WHERE user_id = ?1 AND team_id IS NULL \
         AND email = ?2)",
        arguments![user.row(), email, now],
    )
}

/// Whether an address is one of a user's verified mailboxes.
pub async fn has_verified<D: Database>(
    scope: &Scope<'_, D>,
    user: UserId,
    email: &str,
) -> Result<bool, StoreError> {
    if user.organization() != scope.organization() {
        return Ok(false);
    }
    let sql = "SELECT 1 FROM verified_email WHERE user_id = ?1 AND team_id IS NULL AND email = ?2";
    let rows = scope.read_primary(Statement::query(sql, arguments![user.row(), email])).await?;
    Ok(rows.first().is_some())
}

/// A change that waits for its link to be followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// Whose.
    pub user_id: UserId,
    /// For people; possibly empty.
    pub name: String,
    /// The address they have.
    pub old: String,
    /// The address they want.
    pub new: String,
}

impl Pending {
    fn read(organization: OrganizationNumber, row: Row<'_>) -> Result<Self, crate::BadRow> {
        Ok(Self {
            user_id: UserId::new(organization, row.integer(0)?),
            name: row.string(1)?,
            old: row.string(2)?,
            new: row.string(3)?,
        })
    }
}

/// The change a token confirms; `None` where it is none, used up or too old.
pub async fn find_pending<D: Database>(
    scope: &Scope<'_, D>,
    token_hash: &str,
    now: Instant,
) -> Result<Option<Pending>, StoreError> {
    let sql = "SELECT u.id, u.name, u.email, c.email FROM email_change c \
               JOIN user u ON u.id = c.user_id \
               WHERE c.token_hash = ?1 AND c.expires_at > ?2 AND u.left_at IS NULL";
    let rows = scope.read_primary(Statement::query(sql, arguments![token_hash, now])).await?;
    Ok(rows.first().map(|row| Pending::read(scope.organization(), row)).transpose()?)
}

/// What became of a confirmation.
#[derive(Clone, Debug, PartialEq)]
pub enum Confirmed {
    /// The user has the new address.
    Changed(Box<User>),
    /// The token confirms nothing (any more).
    Unknown,
    /// Somebody else has the address by now.
    Taken,
}

/// Gives a user the address that a token confirms, which uses it up, and enqueues the
/// mail that tells the old one. Both addresses are verified mailboxes of theirs then.
pub async fn confirm<D: Database>(
    scope: &Scope<'_, D>,
    pending: &Pending,
    token_hash: &str,
    notice: NewJob,
    now: Instant,
) -> Result<Confirmed, StoreError> {
    let user = pending.user_id.row();
    let change = Statement::command(
        "UPDATE user SET email = (SELECT email FROM email_change WHERE token_hash = ?2), \
         updated_at = ?3 WHERE id = ?1 AND left_at IS NULL AND EXISTS (SELECT 1 FROM email_change \
         WHERE token_hash = ?2 AND user_id = ?1 AND expires_at > ?3)",
        arguments![user, token_hash, now],
    );
    let verified = Statement::command(
        "INSERT INTO verified_email (user_id, email, created_at) \
         SELECT ?1, value, ?3 FROM json_each(?2) WHERE true ON CONFLICT DO NOTHING",
        arguments![user, serde_json::json!([pending.old, pending.new]).to_string(), now],
    );
    let use_up = "DELETE FROM email_change WHERE token_hash = ?1";
    let batch = vec![
        change.must_affect(),
        verified,
        Statement::command(use_up, arguments![token_hash]),
        jobs::enqueue(&[notice], now),
        Statement::query(select!("WHERE id = ?1"), arguments![user]),
    ];
    match scope.write(batch).await {
        Ok(rows) => {
            let changed = rows.last().map(|rows: &Rows| first(scope, rows)).transpose()?.flatten();
            Ok(changed.map_or(Confirmed::Unknown, |user| Confirmed::Changed(Box::new(user))))
        }
        Err(DatabaseError::Precondition(_)) => Ok(Confirmed::Unknown),
        Err(DatabaseError::Constraint { statement: 0, kind: ConstraintKind::Unique, .. }) => {
            Ok(Confirmed::Taken)
        }
        Err(error) => Err(error.into()),
    }
}
