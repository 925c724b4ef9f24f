//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Scheduling for many organisations, on one machine.
#[derive(Debug, Parser)]
#[command(name = "meridian", version, about)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the application.
    Up(UpOptions),
    /// Serve the databases of a data folder over Hrana 3, as sqld does.
    Db(DbOptions),
    /// Organisations described in files.
    #[command(subcommand)]
    Tenants(TenantsCommand),
}

/// How to serve the application.
#[derive(Debug, Args)]
pub struct UpOptions {
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:3000")]
    pub listen: SocketAddr,
    /// Where data is kept.
    #[arg(long, default_value = ".meridian")]
    pub data_dir: PathBuf,
    /// The application's manifest.
    #[arg(long, default_value = "spin.toml")]
    pub manifest: PathBuf,
    /// Organisations to make when the data folder is new.
    #[arg(long, default_value = "tenants")]
    pub tenants: PathBuf,
    /// Where the databases are.
    #[arg(long, value_enum, default_value_t = DatabaseProvider::Native)]
    pub database: DatabaseProvider,
    /// How to write the log. Default: pretty on a terminal, else json.
    #[arg(long, value_enum)]
    pub log: Option<LogFormat>,
    /// How long a request may take, such as `30s` or `500ms`.
    #[arg(long, default_value = "30s", value_parser = parse_duration)]
    pub request_timeout: Duration,
    /// How many requests may be in flight; more are answered 503.
    #[arg(long, default_value_t = 512)]
    pub max_requests_in_flight: usize,
    /// How often to look for due work, such as tries of a webhook.
    #[arg(long, default_value = "1s", value_parser = parse_duration)]
    pub sweep_interval: Duration,
}

/// How to serve databases.
#[derive(Debug, Args)]
pub struct DbOptions {
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Where to listen for creating and deleting databases. Default: nowhere.
    #[arg(long)]
    pub admin_listen: Option<SocketAddr>,
    /// Where data is kept.
    #[arg(long, default_value = ".meridian")]
    pub data_dir: PathBuf,
    /// The bearer token clients must show. Default: none is needed.
    #[arg(long, env = "MERIDIAN_DATABASE_TOKEN", hide_env_values = true)]
    pub token: Option<String>,
    /// How to write the log. Default: pretty on a terminal, else json.
    #[arg(long, value_enum)]
    pub log: Option<LogFormat>,
}

/// What to do with organisations.
#[derive(Debug, Subcommand)]
pub enum TenantsCommand {
    /// Make every organisation of a folder, and change what differs.
    Apply(ApplyOptions),
}

/// Which organisations, and where.
#[derive(Debug, Args)]
pub struct ApplyOptions {
    /// The folder with one TOML file per organisation.
    #[arg(default_value = "tenants")]
    pub folder: PathBuf,
    /// The deployment.
    #[arg(long, default_value = "http://127.0.0.1:3000")]
    pub url: String,
    /// The platform secret. Default: the one in the data folder.
    #[arg(long, env = "MERIDIAN_PLATFORM_SECRET", hide_env_values = true)]
    pub secret: Option<String>,
    /// The data folder whose secret to take.
    #[arg(long, default_value = ".meridian")]
    pub data_dir: PathBuf,
}

/// Where the databases are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DatabaseProvider {
    /// In the data folder, served by this process.
    Native,
    /// Wherever the manifest's database component finds them.
    Remote,
}

/// How to write the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// One JSON object per line.
    Json,
    /// For people.
    Pretty,
}

/// A number with `ms`, `s` or `m`.
fn parse_duration(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = text.strip_prefix(digits).unwrap_or_default();
    let number: u64 = digits.parse().map_err(|_| "not a number with a unit".to_owned())?;
    let duration = match unit {
        "ms" => Duration::from_millis(number),
        "s" => Duration::from_secs(number),
        "m" => Duration::from_secs(number.saturating_mul(60)),
        _ => return Err("the unit must be ms, s or m".to_owned()),
    };
    if duration.is_zero() { Err("must be longer than nothing".to_owned()) } else { Ok(duration) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_a_unit() {
        assert_eq!(parse_duration("30s"), Ok(Duration::from_secs(30)));
        assert_eq!(parse_duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(parse_duration("2m"), Ok(Duration::from_secs(120)));
        for bad in ["", "30", "s", "0s", "1h", "-1s", "1.5s"] {
            assert!(parse_duration(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_command_line_is_sound() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }
}
