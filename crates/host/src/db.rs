//! `meridian db`: the databases of a data folder over Hrana 3, as sqld serves
//! them, so that Spin on a laptop needs no other server.

use std::io::Write;

use anyhow::Context;
use meridian_database::hrana::{Server, ServerOptions};
use meridian_database::{Databases, Options};

use crate::cli::DbOptions;
use crate::data_dir::DataDir;
use crate::signals;

/// Serves until SIGTERM or SIGINT.
pub async fn serve(options: DbOptions) -> anyhow::Result<()> {
    let data = DataDir::open(&options.data_dir)?;
    let databases =
        Databases::open(data.join("databases"), Options::default()).context("the databases")?;
    let server_options = ServerOptions {
        listen: options.listen,
        admin_listen: options.admin_listen,
        token: options.token,
    };
    let server = Server::bind(databases.clone(), server_options)
        .await
        .with_context(|| format!("{} cannot be listened on", options.listen))?;
    let address = server.address()?;
    tracing::info!(%address, data_dir = %data.path().display(), "databases are served");
    let mut out = std::io::stdout();
    writeln!(out, "Databases are served on http://{address}")?;
    if let Some(address) = server.admin_address()? {
        writeln!(out, "They are created and deleted on http://{address}")?;
    }
    server.run(signals::stop_requested()).await;
    databases.close().await;
    tracing::info!("stopped");
    Ok(())
}
