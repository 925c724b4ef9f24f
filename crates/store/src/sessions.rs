//! Sessions: who signed in with a password, and what ends that again.
//!
//! A session of ours stands while its row does. One that another application with
//! the same secret began has no row; it stands while it is younger than the user's
//! `sessions_from`.

use meridian_kernel::{Instant, UserId, WireId};

use crate::holders::{Holder, holder_columns};
use crate::{Database, DatabaseError, Row, Rows, Scope, Statement, StoreError, arguments};

/// How many sessions a user can have at once; the ones that end first give way.
pub const MAX_SESSIONS: u32 = 50;

/// What signing in looks at.
#[derive(Clone, Debug, PartialEq)]
pub struct Login {
    /// Whose.
    pub user_id: UserId,
    /// The primary address.
    pub email: String,
    /// Possibly empty.
    pub name: String,
    /// argon2, PHC form; `None`: signs in some other way only.
    pub password_hash: Option<String>,
}

/// The columns of [`Login`], in order, and the table.
macro_rules! login {
    ($rest:literal) => {
        concat!("SELECT id, email, name, password_hash FROM user WHERE left_at IS NULL AND ", $rest)
    };
}

/// The user of an address, in any case of letters. Asks the primary: a replica that
/// lags would believe an old password.
pub async fn find_login<D: Database>(
    scope: &Scope<'_, D>,
    email: &str,
) -> Result<Option<Login>, StoreError> {
    read_login(scope, Statement::query(login!("email = ?1"), arguments![email])).await
}

/// What the password of a user is compared with.
pub async fn find_login_of<D: Database>(
    scope: &Scope<'_, D>,
    user: UserId,
) -> Result<Option<Login>, StoreError> {
    if user.organization() != scope.organization() {
        return Ok(None);
    }
    read_login(scope, Statement::query(login!("id = ?1"), arguments![user.row()])).await
}

async fn read_login<D: Database>(
    scope: &Scope<'_, D>,
    query: Statement,
) -> Result<Option<Login>, StoreError> {
    let rows = scope.read_primary(query).await?;
    let read = |row: Row<'_>| {
        Ok::<_, crate::BadRow>(Login {
            user_id: UserId::new(scope.organization(), row.integer(0)?),
            email: row.string(1)?,
            name: row.string(2)?,
            password_hash: row.optional(3, Row::string)?,
        })
    };
    Ok(rows.first().map(read).transpose()?)
}

/// A session to begin.
#[derive(Clone, Debug)]
pub struct NewSession<'a> {
    /// SHA-256 hex of its id, which is kept nowhere.
    pub id_hash: &'a str,
    /// Whose.
    pub user: UserId,
    /// The password that was proven, as it is stored.
    pub password_hash: &'a str,
    /// When it ends by itself.
    pub expires_at: Instant,
}

/// Begins a session; false where the user or their password has changed meanwhile.
pub async fn begin<D: Database>(
    scope: &Scope<'_, D>,
    session: &NewSession<'_>,
    now: Instant,
) -> Result<bool, StoreError> {
    if session.user.organization() != scope.organization() {
        return Ok(false);
    }
    let user = session.user.row();
    let insert = Statement::command(
        "INSERT INTO session (id_hash, user_id, created_at, expires_at) \
         SELECT ?1, id, ?4, ?5 FROM user \
         WHERE id = ?2 AND password_hash = ?3 AND left_at IS NULL",
        arguments![session.id_hash, user, session.password_hash, now, session.expires_at],
    );
    let expired = Statement::command(
        "DELETE FROM session WHERE user_id = ?1 AND expires_at <= ?2",
        arguments![user, now],
    );
    let surplus = Statement::command(
        "DELETE FROM session WHERE id_hash IN (SELECT id_hash FROM session \
         WHERE user_id = ?1 ORDER BY expires_at DESC LIMIT -1 OFFSET ?2)",
        arguments![user, MAX_SESSIONS],
    );
    match scope.write(vec![insert.must_affect(), expired, surplus]).await {
        Ok(_) => Ok(true),
        Err(DatabaseError::Precondition(0)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Ends one session; nothing where it has ended.
pub async fn end<D: Database>(scope: &Scope<'_, D>, id_hash: &str) -> Result<(), StoreError> {
    let sql = "DELETE FROM session WHERE id_hash = ?1";
    scope.write(vec![Statement::command(sql, arguments![id_hash])]).await?;
    Ok(())
}

/// Ends all sessions of a user that another application began.
pub async fn end_elsewhere<D: Database>(
    scope: &Scope<'_, D>,
    user: UserId,
    now: Instant,
) -> Result<(), StoreError> {
    if user.organization() == scope.organization() {
        scope.write(vec![end_all_elsewhere(user, now)]).await?;
    }
    Ok(())
}

/// They begin in whole seconds, so one of this second has begun before.
fn end_all_elsewhere(user: UserId, now: Instant) -> Statement {
    Statement::command(
        "UPDATE user SET sessions_from = ?2 WHERE id = ?1",
        arguments![user.row(), now.plus_millis(1)],
    )
}

/// Gives a user another password and ends all their sessions; false where the old
/// one is not what it was.
pub async fn change_password<D: Database>(
    scope: &Scope<'_, D>,
    user: UserId,
    old_hash: Option<&str>,
    new_hash: &str,
    now: Instant,
) -> Result<bool, StoreError> {
    if user.organization() != scope.organization() {
        return Ok(false);
    }
    let update = Statement::command(
        "UPDATE user SET password_hash = ?3, updated_at = ?4 \
         WHERE id = ?1 AND password_hash IS ?2 AND left_at IS NULL",
        arguments![user.row(), old_hash, new_hash, now],
    );
    let end_ours =
        Statement::command("DELETE FROM session WHERE user_id = ?1", arguments![user.row()]);
    let batch = vec![update.must_affect(), end_ours, end_all_elsewhere(user, now)];
    match scope.write(batch).await {
        Ok(_) => Ok(true),
        Err(DatabaseError::Precondition(0)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// How a session is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionProof<'a> {
    /// One of ours, by the hash of its id.
    Begun(&'a str),
    /// One that another application began, for an address, at a time.
    Elsewhere {
        /// What the other application knows the user by, beside their id.
        email: &'a str,
        /// When.
        issued_at: Instant,
    },
}

/// Who holds a session of that user, while it stands; nobody who left. Asks the
/// primary: a replica that lags would let in who signed out.
pub async fn find_holder<D: Database>(
    scope: &Scope<'_, D>,
    user: UserId,
    proof: SessionProof<'_>,
    now: Instant,
) -> Result<Option<Holder>, StoreError> {
    if user.organization() != scope.organization() {
        return Ok(None);
    }
    let query = match proof {
        SessionProof::Begun(id_hash) => Statement::query(
            concat!(
                "SELECT ",
                holder_columns!(),
                " FROM session s JOIN user u ON u.id = s.user_id \
                 WHERE s.id_hash = ?1 AND s.user_id = ?2 AND s.expires_at > ?3 \
                 AND u.left_at IS NULL"
            ),
            arguments![id_hash, user.row(), now],
        ),
        SessionProof::Elsewhere { email, issued_at } => Statement::query(
            concat!(
                "SELECT ",
                holder_columns!(),
                " FROM user u WHERE u.id = ?1 AND u.email = ?2 AND u.sessions_from <= ?3 \
                 AND u.left_at IS NULL"
            ),
            arguments![user.row(), email, issued_at],
        ),
    };
    let rows: Rows = scope.read_primary(query).await?;
    let read = |row: Row<'_>| Holder::read(scope.organization(), row);
    Ok(rows.first().map(read).transpose()?)
}
