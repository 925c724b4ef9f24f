//! An organisation's database in a folder of its own.

use meridian_database::{Databases, Options};
use meridian_kernel::{Instant, OrganizationNumber, TeamId, UserId, WireId};
use meridian_store::{Scope, Statement, arguments};
use tempfile::TempDir;

pub struct Home {
    databases: Databases,
    _folder: TempDir,
}

impl Home {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let databases = Databases::open(folder.path(), Options::default()).unwrap();
        databases.create(&organization().database_name()).await.unwrap();
        Self { databases, _folder: folder }
    }

    pub async fn scope(&self) -> Scope<'_, Databases> {
        Scope::open(&self.databases, organization()).await.unwrap()
    }

    /// The database of those who are in no organisation.
    pub async fn scope_of_nobodys(&self) -> Scope<'_, Databases> {
        let nobodys = OrganizationNumber::NONE;
        self.databases.create(&nobodys.database_name()).await.unwrap();
        Scope::open(&self.databases, nobodys).await.unwrap()
    }
}

pub fn organization() -> OrganizationNumber {
    OrganizationNumber::new(7).unwrap()
}

pub fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

pub async fn write(scope: &Scope<'_, Databases>, statement: Statement) -> i64 {
    scope.write(vec![statement]).await.unwrap()[0].last_insert_rowid
}

/// A user without a schedule.
pub async fn user(scope: &Scope<'_, Databases>, username: &str) -> UserId {
    let sql = "INSERT INTO user (username, email, time_zone, created_at, updated_at) \
               VALUES (?1, ?1 || '@example.com', 'UTC', 0, 0)";
    UserId::new(organization(), write(scope, Statement::command(sql, arguments![username])).await)
}

/// A team with those members, who have accepted or not.
pub async fn team(scope: &Scope<'_, Databases>, slug: &str, members: &[(UserId, bool)]) -> TeamId {
    let sql = "INSERT INTO team (slug, name, created_at, updated_at) VALUES (?1, ?1, 0, 0)";
    let team = write(scope, Statement::command(sql, arguments![slug])).await;
    for (user, accepted) in members {
        let sql = "INSERT INTO team_membership (team_id, user_id, role, accepted, created_at, \
                   updated_at) VALUES (?1, ?2, 'MEMBER', ?3, 0, 0)";
        write(scope, Statement::command(sql, arguments![team, user.row(), *accepted])).await;
    }
    TeamId::new(organization(), team)
}

/// Lets a user leave the organisation.
pub async fn leave(scope: &Scope<'_, Databases>, user: UserId) {
    let sql = "UPDATE user SET left_at = 1 WHERE id = ?1";
    write(scope, Statement::command(sql, arguments![user.row()])).await;
}
