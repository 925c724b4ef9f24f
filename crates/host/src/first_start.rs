//! What happens once per data folder: the organisations of `tenants/` are made.

use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;

use anyhow::Context;

use crate::cli::UpOptions;
use crate::data_dir::{DataDir, write_private};
use crate::tenants::{self, Deployment};
use crate::variables::Variables;

/// Written when it is done, so that it is done once.
const DONE: &str = "tenants-applied";

/// The organisation whose key is kept for whoever tries the service.
const DEMO: &str = "demo";
const DEMO_KEY: &str = "demo-key";

/// Makes the organisations of the folder through the platform API, where the data
/// folder is new.
pub async fn make_tenants(
    data: &DataDir,
    options: &UpOptions,
    address: SocketAddr,
    variables: &Variables,
) -> anyhow::Result<()> {
    let key = data.join(DEMO_KEY);
    if !data.join(DONE).exists() {
        if !options.tenants.is_dir() {
            tracing::info!(folder = %options.tenants.display(), "there are no organisations to make");
            return Ok(());
        }
        let url = format!("http://{}", reachable(address));
        let deployment = Deployment::new(&url, variables.platform_secret())?;
        let applied = tenants::apply(&deployment, &options.tenants).await?;
        if let Some(demo) = applied.iter().find(|tenant| tenant.slug == DEMO) {
            let secret = match &demo.api_key {
                Some(secret) => secret.clone(),
                // Made by a start that did not come this far.
                None => deployment.new_api_key(&demo.slug, &demo.owner_email).await?,
            };
            write_private(&key, &secret)?;
        }
        std::fs::write(data.join(DONE), "").context("the data folder cannot be written")?;
    }
    announce_key(&key);
    Ok(())
}

/// Where we reach ourselves: an address that stands for all has a loopback.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        ip if !ip.is_unspecified() => ip,
        IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
    };
    SocketAddr::new(ip, address.port())
}

fn announce_key(path: &Path) {
    if path.exists() {
        // Without anybody to read it there is nobody to tell.
        let _ =
            writeln!(std::io::stdout(), "The demo organisation's API key is in {}", path.display());
    }
}
