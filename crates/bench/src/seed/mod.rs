//! Rows by the hundred thousand, written into a file before a server opens it.
//!
//! They are copies of a row that the API wrote, in all columns there are: so they are
//! what the API would have written, whatever columns come to be, and the schema's own
//! triggers keep what is derived from them.

mod bookings;
mod deliveries;

use std::path::Path;

use anyhow::Context;
use libsql::params::IntoParams;

pub use bookings::Copy;
pub use deliveries::Heard;

/// A file that nobody else has open. It is a throw-away copy of nothing: it is
/// written without a log, and given one back in the end.
pub struct File {
    connection: libsql::Connection,
    /// Closes the file when it goes.
    _database: libsql::Database,
}

/// What makes writing quick. The page cache holds the whole file, so that rows may
/// come in any order.
const QUICK: &str = "PRAGMA cache_size = -1000000; PRAGMA temp_store = MEMORY; \
                     PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF; \
                     PRAGMA foreign_keys = ON";

impl File {
    /// Opens it.
    pub async fn open(path: &Path) -> anyhow::Result<Self> {
        anyhow::ensure!(path.exists(), "{} is not there", path.display());
        let database = libsql::Builder::new_local(path).build().await?;
        let connection = database.connect()?;
        connection.execute_batch(QUICK).await?;
        Ok(Self { connection, _database: database })
    }

    /// Gives it back as servers keep it.
    pub async fn close(self) -> anyhow::Result<()> {
        self.connection.execute_batch("PRAGMA journal_mode = WAL").await?;
        Ok(())
    }

    async fn execute(&self, sql: &str, arguments: impl IntoParams) -> anyhow::Result<u64> {
        self.connection.execute(sql, arguments).await.with_context(|| sql.to_owned())
    }

    /// The first cell of the first row, as a number.
    async fn number(&self, sql: &str, arguments: impl IntoParams) -> anyhow::Result<i64> {
        let mut rows = self.connection.query(sql, arguments).await?;
        let row = rows.next().await?.with_context(|| format!("no row: {sql}"))?;
        Ok(row.get(0)?)
    }

    /// A statement that copies rows `p` of a table: its own number is given anew,
    /// columns that are named are what is said, all others are the same.
    async fn copy_of(
        &self,
        table: &str,
        changed: &[(&str, &str)],
        from: &str,
    ) -> anyhow::Result<String> {
        let sql = "SELECT name FROM pragma_table_xinfo(?1) WHERE hidden = 0 AND name <> 'id'";
        let mut rows = self.connection.query(sql, [table]).await?;
        let (mut names, mut values) = (Vec::<String>::new(), Vec::new());
        while let Some(row) = rows.next().await? {
            let name: String = row.get(0)?;
            let said = changed.iter().find(|(column, _)| *column == name);
            values.push(said.map_or_else(|| format!("p.{name}"), |(_, value)| (*value).to_owned()));
            names.push(name);
        }
        let missing = changed.iter().find(|(column, _)| !names.iter().any(|name| name == column));
        anyhow::ensure!(missing.is_none(), "{table} has no column {missing:?}");
        let (names, values) = (names.join(", "), values.join(", "));
        Ok(format!("INSERT INTO {table} ({names}) SELECT {values} {from}"))
    }
}
