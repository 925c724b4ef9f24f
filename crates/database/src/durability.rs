//! How hard commits are, as the engine says: what was asked of it and what it does
//! need not be the same.

use meridian_store::packed::Cell;
use meridian_store::{DatabaseError, Value};

use crate::Databases;
use crate::engine::{Connection, Next, Trust};
use crate::failure;

/// Settings of the connection that writes to a database, read back from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Durability {
    /// `PRAGMA synchronous`: 1 is NORMAL, 2 FULL.
    pub synchronous: i64,
    /// `PRAGMA journal_mode`
    pub journal_mode: String,
}

impl Databases {
    /// Asks the connection that writes to a database.
    pub async fn durability(&self, database: &str) -> Result<Durability, DatabaseError> {
        self.session(database, |writer| {
            let synchronous = ask(writer, "SELECT synchronous FROM pragma_synchronous")?;
            let journal_mode = ask(writer, "SELECT journal_mode FROM pragma_journal_mode")?;
            match (synchronous, journal_mode) {
                (Value::Integer(synchronous), Value::Text(journal_mode)) => {
                    Ok(Durability { synchronous, journal_mode })
                }
                other => Err(DatabaseError::Failed(format!("no settings: {other:?}"))),
            }
        })
        .await?
    }
}

fn ask(writer: &mut Connection, sql: &str) -> Result<Value, DatabaseError> {
    let mut cell = Value::Null;
    let run = writer.run(Trust::Own, sql, std::iter::empty(), |row| {
        cell = match row.cell(0) {
            Cell::Integer(integer) => Value::Integer(integer),
            Cell::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
            _ => Value::Null,
        };
        Next::Stop
    });
    run.map_err(failure::of_transaction)?;
    Ok(cell)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Options, Synchronous};

    #[tokio::test]
    async fn commits_are_as_hard_as_they_were_asked_to_be() {
        for (asked, expected) in [(Synchronous::Full, 2), (Synchronous::Normal, 1)] {
            let folder = tempfile::tempdir().unwrap();
            let options = Options { synchronous: asked, ..Options::default() };
            let databases = Databases::open(folder.path(), options).unwrap();
            databases.create("org-1").await.unwrap();
            let found = databases.durability("org-1").await.unwrap();
            assert_eq!(found, Durability { synchronous: expected, journal_mode: "wal".to_owned() });
        }
    }
}
