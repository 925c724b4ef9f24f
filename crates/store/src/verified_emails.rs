//! Mailboxes that somebody has shown to be theirs, and the codes that show it.
//!
//! A code is right or wrong in one batch that counts the try as well, so that many
//! guesses at once are no more than many guesses.

use meridian_kernel::{Instant, OrganizationNumber, TeamId, UserId, VerifiedEmailId, WireId};

use crate::jobs::{self, NewJob};
use crate::{BadRow, Database, Row, Rows, Scope, Statement, StoreError, arguments, parts};

/// How long a code is good for, in minutes.
pub const CODE_MINUTES: i64 = 15;

/// How many wrong tries void a code.
pub const MAX_WRONG_TRIES: u32 = 5;

/// Whose mailbox it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// A user's.
    User(UserId),
    /// A team's; the user is who shows it.
    Team(TeamId, UserId),
}

impl Owner {
    fn user(self) -> UserId {
        match self {
            Self::User(user) | Self::Team(_, user) => user,
        }
    }

    fn team(self) -> Option<i64> {
        match self {
            Self::User(_) => None,
            Self::Team(team, _) => Some(team.row()),
        }
    }

    fn is_of(self, organization: OrganizationNumber) -> bool {
        let is_team_of = |team: TeamId| team.organization() == organization;
        self.user().organization() == organization
            && match self {
                Self::User(_) => true,
                Self::Team(team, _) => is_team_of(team),
            }
    }
}

/// What a code is for: one for one purpose is none for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A mailbox shall be somebody's.
    Ownership(Owner),
    /// Somebody who books shows that the address is theirs.
    Booking,
}

impl Purpose {
    fn text(self) -> String {
        match self {
            Self::Ownership(Owner::User(user)) => format!("user {}", user.row()),
            Self::Ownership(Owner::Team(team, _)) => format!("team {}", team.row()),
            Self::Booking => "attendee".to_owned(),
        }
    }
}

/// A row of `verified_email`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedEmail {
    /// The id.
    pub id: VerifiedEmailId,
    /// Who showed it to be theirs.
    pub user_id: UserId,
    /// The team it is of; `None`: it is the user's own.
    pub team_id: Option<TeamId>,
    /// The address.
    pub email: String,
}

impl VerifiedEmail {
    /// The row mapper.
    fn read(organization: OrganizationNumber, row: Row<'_>) -> Result<Self, BadRow> {
        Ok(Self {
            id: VerifiedEmailId::new(organization, row.integer(0)?),
            user_id: UserId::new(organization, row.integer(1)?),
            team_id: row.optional(2, Row::integer)?.map(|id| TeamId::new(organization, id)),
            email: row.string(3)?,
        })
    }

    fn first<D: Database>(
        scope: &Scope<'_, D>,
        rows: Option<&Rows>,
    ) -> Result<Option<Self>, StoreError> {
        let row = rows.and_then(Rows::first);
        Ok(row.map(|row| Self::read(scope.organization(), row)).transpose()?)
    }
}

/// The condition that finds what an owner has: `?1` the user, `?2` the team or null.
macro_rules! owned {
    ($rest:literal) => {
        concat!(
            "SELECT id, user_id, team_id, email FROM verified_email WHERE \
             iif(?2 IS NULL, user_id = ?1 AND team_id IS NULL, team_id = ?2) ",
            $rest
        )
    };
}

/// Keeps a code's keyed hash instead of any before it, with the job that mails it.
pub async fn put_code<D: Database>(
    scope: &Scope<'_, D>,
    purpose: Purpose,
    (email, code_mac): (&str, &str),
    mail: NewJob,
    now: Instant,
) -> Result<(), StoreError> {
    let put = Statement::command(
        "INSERT INTO email_code (purpose, email, code_mac, expires_at) VALUES (?1, ?2, ?3, ?4) \
         ON CONFLICT (purpose, email) DO UPDATE SET code_mac = excluded.code_mac, \
         wrong_tries = 0, expires_at = excluded.expires_at",
        arguments![purpose.text(), email, code_mac, now.plus_minutes(CODE_MINUTES)],
    );
    let expired = "DELETE FROM email_code WHERE expires_at <= ?1";
    let forget = Statement::command(expired, arguments![now]);
    scope.write(vec![put, forget, jobs::enqueue(&[mail], now)]).await?;
    Ok(())
}

/// A code that is right: `?1` purpose, `?2` address, `?3` its possible hashes, `?4` now,
/// `?5` how many wrong tries void it.
macro_rules! right_code {
    () => {
        "purpose = ?1 AND email = ?2 AND code_mac IN (SELECT value FROM json_each(?3)) \
         AND expires_at > ?4 AND wrong_tries < ?5"
    };
}

fn attempt(
    sql: &'static str,
    purpose: &str,
    (email, macs): (&str, &[String]),
    now: Instant,
) -> Statement {
    let macs = serde_json::json!(macs).to_string();
    Statement::command(sql, arguments![purpose, email, macs, now, MAX_WRONG_TRIES])
}

/// The mailbox, as the owner's, where the code is right: it is used up by that. `None`
/// where it is wrong, which counts.
pub async fn verify<D: Database>(
    scope: &Scope<'_, D>,
    owner: Owner,
    given: (&str, &[String]),
    now: Instant,
) -> Result<Option<VerifiedEmail>, StoreError> {
    if !owner.is_of(scope.organization()) {
        return Ok(None);
    }
    let purpose = Purpose::Ownership(owner).text();
    let mut verified = attempt(
        concat!(
            "INSERT INTO verified_email (user_id, team_id, email, created_at) \
             SELECT ?6, ?7, ?2, ?4 FROM email_code WHERE ",
            right_code!(),
            " ON CONFLICT DO UPDATE SET email = email RETURNING id, user_id, team_id, email"
        ),
        &purpose,
        given,
        now,
    );
    verified.arguments.extend(arguments![owner.user().row(), owner.team()]);
    let use_up =
        attempt(concat!("DELETE FROM email_code WHERE ", right_code!()), &purpose, given, now);
    // One that was right is gone by now, and one that is still there was wrong.
    let count = Statement::command(
        "UPDATE email_code SET wrong_tries = wrong_tries + 1 WHERE purpose = ?1 AND email = ?2",
        arguments![purpose.as_str(), given.0],
    );
    let answers = scope.write(vec![verified.returning(), use_up, count]).await?;
    VerifiedEmail::first(scope, answers.first())
}

/// Whether a code shows that a booker's address is theirs. A wrong one counts; a right
/// one stays good until it expires, as a booking may still fail.
pub async fn check_booking_code<D: Database>(
    scope: &Scope<'_, D>,
    given: (&str, &[String]),
    now: Instant,
) -> Result<bool, StoreError> {
    let purpose = Purpose::Booking.text();
    let count = attempt(
        concat!(
            "UPDATE email_code SET wrong_tries = wrong_tries + NOT (",
            right_code!(),
            ") WHERE purpose = ?1 AND email = ?2"
        ),
        &purpose,
        given,
        now,
    );
    let look =
        attempt(concat!("SELECT 1 FROM email_code WHERE ", right_code!()), &purpose, given, now);
    // Whoever repeats a booking that was refused tries it anew.
    let answers = scope.same().write(vec![count, look.returning()]).await?;
    Ok(answers.get(1).and_then(Rows::first).is_some())
}

/// A page of an owner's mailboxes, oldest first.
pub async fn list<D: Database>(
    scope: &Scope<'_, D>,
    owner: Owner,
    page: (u32, u32),
) -> Result<Vec<VerifiedEmail>, StoreError> {
    if !owner.is_of(scope.organization()) {
        return Ok(Vec::new());
    }
    let statement = |take: u32, skip: u32| {
        let arguments = arguments![owner.user().row(), owner.team(), take, skip];
        Statement::query(owned!("ORDER BY id LIMIT ?3 OFFSET ?4"), arguments)
    };
    let read = |row: Row<'_>| VerifiedEmail::read(scope.organization(), row);
    parts::read(scope, page, statement, read).await
}

/// One of an owner's mailboxes; `None` where it is none of theirs.
pub async fn find<D: Database>(
    scope: &Scope<'_, D>,
    owner: Owner,
    id: VerifiedEmailId,
) -> Result<Option<VerifiedEmail>, StoreError> {
    if !owner.is_of(scope.organization()) || id.organization() != scope.organization() {
        return Ok(None);
    }
    let arguments = arguments![owner.user().row(), owner.team(), id.row()];
    let rows = scope.read_one(Statement::query(owned!("AND id = ?3"), arguments)).await?;
    VerifiedEmail::first(scope, Some(&rows))
}
