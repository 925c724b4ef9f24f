//! What the tests of this crate share.
#![allow(dead_code, reason = "each test file uses its part of it")]

pub mod server;

use meridian_database::{Databases, Options};
use meridian_store::{Access, DatabaseError, Rows, Statement};

/// A folder of databases, gone with the test.
pub struct Folder {
    pub databases: Databases,
    pub folder: tempfile::TempDir,
}

impl Folder {
    pub fn new() -> Self {
        Self::with(Options::default())
    }

    pub fn with(options: Options) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let databases = Databases::open(folder.path(), options).unwrap();
        Self { databases, folder }
    }

    /// A new database with one table, `t (a INTEGER PRIMARY KEY, b TEXT UNIQUE)`.
    pub async fn with_table(&self, name: &str) {
        self.databases.create(name).await.unwrap();
        let sql = "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT UNIQUE) STRICT";
        self.write(name, vec![command(sql)]).await.unwrap();
    }

    pub async fn write(
        &self,
        name: &str,
        statements: Vec<Statement>,
    ) -> Result<Vec<Rows>, DatabaseError> {
        self.databases.execute(name, Access::Write, true, statements).await
    }

    pub async fn integers(&self, name: &str, sql: &'static str) -> Vec<i64> {
        let ask = vec![Statement::query(sql, [])];
        let rows = self.databases.execute(name, Access::Read, false, ask).await.unwrap();
        rows[0].map(|row| row.integer(0)).unwrap()
    }
}

pub fn command(sql: &'static str) -> Statement {
    Statement::command(sql, [])
}

/// An endless statement, for a reader.
pub const ENDLESS: &str = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) \
     SELECT max(i) FROM n";

/// A statement that takes some 20 to 200 ms.
pub const SLOW: &str = "SELECT count(*) FROM (WITH RECURSIVE n (i) AS \
     (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 300000) SELECT i FROM n)";
