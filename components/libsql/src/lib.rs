//! The remote database adapter: `meridian:platform/database` over Hrana 3.
//!
//! A thin edge: how a batch is written and how an answer is read is in
//! `meridian-hrana-client`; here are the addresses, the connection and the clock.

mod bindings;
mod convert;
mod remote;
mod settings;
mod transport;

use bindings::exports::meridian::platform::database::{Access, Error, Guest};

struct Provider;

impl Guest for Provider {
    async fn execute(
        database: String,
        access: Access,
        atomic: bool,
        batch: Vec<u8>,
    ) -> Result<Vec<u8>, Error> {
        let access = convert::access_in(access);
        remote::execute(&database, access, atomic, batch).await.map_err(convert::error_out)
    }

    async fn create(database: String) -> Result<(), Error> {
        remote::create(&database).await.map_err(convert::error_out)
    }

    async fn delete(database: String) -> Result<(), Error> {
        remote::delete(&database).await.map_err(convert::error_out)
    }
}
