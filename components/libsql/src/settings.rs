//! Where the databases are: Spin variables, fetched once per instance.

use std::cell::RefCell;
use std::collections::HashMap;

use meridian_store::{Access, DatabaseError};

thread_local! {
    /// Variables do not change while a component runs.
    static KNOWN: RefCell<HashMap<&'static str, Option<String>>> = RefCell::default();
}

/// The address that serves such batches. Reads and jobs go where writes go, unless
/// they have an address of their own.
pub(crate) async fn address(access: Access) -> Result<String, DatabaseError> {
    let own = match access {
        Access::Read => variable("database_read_url").await?,
        Access::Job => variable("database_job_url").await?,
        Access::Write => None,
    };
    match own {
        Some(address) => Ok(trimmed(&address)),
        None => required("database_write_url").await,
    }
}

/// The address where databases are made and deleted.
pub(crate) async fn admin_address() -> Result<String, DatabaseError> {
    required("database_admin_url").await
}

/// The bearer token, where the server wants one.
pub(crate) async fn token() -> Result<Option<String>, DatabaseError> {
    variable("database_token").await
}

async fn required(name: &'static str) -> Result<String, DatabaseError> {
    let missing = || DatabaseError::Unavailable(format!("the variable {name} is empty"));
    variable(name).await?.map(|address| trimmed(&address)).ok_or_else(missing)
}

/// Paths are put behind it.
fn trimmed(address: &str) -> String {
    address.trim_end_matches('/').to_owned()
}

/// `None` where it is empty or undefined.
async fn variable(name: &'static str) -> Result<Option<String>, DatabaseError> {
    if let Some(known) = KNOWN.with_borrow(|known| known.get(name).cloned()) {
        return Ok(known);
    }
    use spin_sdk::variables::Error;
    let value = match spin_sdk::variables::get(name).await {
        Ok(value) => Some(value).filter(|value| !value.is_empty()),
        Err(Error::Undefined(_)) => None,
        Err(error) => return Err(DatabaseError::Unavailable(format!("{name}: {error}"))),
    };
    KNOWN.with_borrow_mut(|known| known.insert(name, value.clone()));
    Ok(value)
}
