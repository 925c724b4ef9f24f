//! The database seam, called.

use meridian_store::{Access, Database, DatabaseError, Rows, Statement};

use crate::bindings::database as wit;
use crate::convert;

/// The databases behind the `database` import, whoever provides it.
#[derive(Clone, Copy, Debug)]
pub struct WitDatabase;

/// The one there is.
pub static DATABASE: WitDatabase = WitDatabase;

impl Database for WitDatabase {
    async fn execute(
        &self,
        database: &str,
        access: Access,
        atomic: bool,
        statements: Vec<Statement>,
    ) -> Result<Vec<Rows>, DatabaseError> {
        let statements = statements.into_iter().map(convert::statement_out).collect();
        let access = convert::access_out(access);
        match wit::execute(database.to_owned(), access, atomic, statements).await {
            Ok(answers) => Ok(answers.into_iter().map(convert::rows_in).collect()),
            Err(error) => Err(convert::database_error_in(error)),
        }
    }

    async fn create(&self, database: &str) -> Result<(), DatabaseError> {
        wit::create(database.to_owned()).await.map_err(convert::database_error_in)
    }

    async fn delete(&self, database: &str) -> Result<(), DatabaseError> {
        wit::delete(database.to_owned()).await.map_err(convert::database_error_in)
    }
}
