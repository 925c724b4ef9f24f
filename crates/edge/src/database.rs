//! The database seam, called.

use meridian_store::packed::{pack_batch, unpack_answer};
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
        let (access, batch) = (convert::access_out(access), pack_batch(&statements));
        match wit::execute(database.to_owned(), access, atomic, batch).await {
            Ok(answer) => Ok(unpack_answer(answer)?),
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
