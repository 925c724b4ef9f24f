//! The processes that are measured. All end when they are dropped.

use std::fs::{File, OpenOptions};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::Context;
use http::StatusCode;
use rustix::process::{Pid, Signal, kill_process};
use tokio::process::{Child, Command};

use crate::client::{Ask, Client};
use crate::load::Target;
use crate::report::progress;

/// How long a start may take: the first one on a machine compiles the components.
const START_PATIENCE: Duration = Duration::from_secs(300);

/// How long a stop may take: nothing is in flight by then.
const STOP_PATIENCE: Duration = Duration::from_secs(15);

/// How long one look whether a server is ready may take.
const LOOK_PATIENCE: Duration = Duration::from_secs(1);

/// What the platform's own API is called with.
pub const PLATFORM_SECRET: &str = "a-platform-secret-for-measuring";

/// A process that listens.
pub struct Process {
    child: Child,
    /// Where.
    pub address: SocketAddr,
    log: PathBuf,
}

impl Process {
    /// Its id.
    pub fn id(&self) -> u32 {
        self.child.id().unwrap_or_default()
    }

    /// Whom to ask, and whose processor time counts.
    pub fn target(&self) -> Target {
        Target { address: self.address, processes: vec![self.id()] }
    }

    /// Asks it to stop, and waits until it has; what does not stop is killed, since
    /// the figures are worth having all the same.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        if let Some(id) = self.child.id().and_then(|id| Pid::from_raw(id as i32)) {
            kill_process(id, Signal::TERM)?;
        }
        if tokio::time::timeout(STOP_PATIENCE, self.child.wait()).await.is_err() {
            progress(&format!("{} did not stop when asked to and is killed", self.log.display()));
            self.child.kill().await?;
        }
        Ok(())
    }

    /// Waits until a path answers 200; how long that took.
    async fn ready(mut self, path: &str, started: Instant) -> anyhow::Result<(Self, Duration)> {
        while !tokio::time::timeout(LOOK_PATIENCE, answers(self.address, path))
            .await
            .unwrap_or(false)
        {
            if let Some(status) = self.child.try_wait()? {
                anyhow::bail!("it ended with {status}; see {}", self.log.display());
            }
            if started.elapsed() > START_PATIENCE {
                anyhow::bail!("it was not ready in time; see {}", self.log.display());
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        Ok((self, started.elapsed()))
    }
}

async fn answers(address: SocketAddr, path: &str) -> bool {
    let Ok(request) = Ask::get(path).request() else { return false };
    let Ok(mut client) = Client::connect(address).await else { return false };
    client.send(request).await.is_ok_and(|(status, _)| status == StatusCode::OK)
}

/// Starts processes in a folder, and keeps their logs there.
pub struct Starter {
    /// The root of the project.
    pub root: PathBuf,
    /// The built host.
    pub binary: PathBuf,
    /// Where data and logs go.
    pub folder: PathBuf,
    /// Where compiled components are kept, for all servers of all runs.
    pub compiled: PathBuf,
}

impl Starter {
    /// A `meridian up`; how long it took to be ready. With a database server:
    /// through the component `libsql` to that.
    pub async fn up(
        &self,
        name: &str,
        database: Option<&DatabaseServer>,
    ) -> anyhow::Result<(Process, Duration)> {
        self.up_with(name, database, None).await
    }

    /// A `meridian up` of another manifest than the project's.
    pub async fn up_of(&self, name: &str, manifest: &Path) -> anyhow::Result<Process> {
        Ok(self.up_with(name, None, Some(manifest)).await?.0)
    }

    async fn up_with(
        &self,
        name: &str,
        database: Option<&DatabaseServer>,
        manifest: Option<&Path>,
    ) -> anyhow::Result<(Process, Duration)> {
        let data = self.data(name);
        std::fs::create_dir_all(&data)?;
        let link = data.join("compiled");
        if !link.exists() {
            std::os::unix::fs::symlink(&self.compiled, link)?;
        }
        let mut command = Command::new(&self.binary);
        command.current_dir(&self.root).args(["up", "--tenants", "none", "--data-dir"]).arg(&data);
        command.env("MERIDIAN_PLATFORM_SECRET", PLATFORM_SECRET);
        for limit in ["API_KEY", "OAUTH_CLIENT", "ACCESS_TOKEN", "IP"] {
            command.env(format!("MERIDIAN_RATE_LIMIT_{limit}"), "0");
        }
        if let Some(manifest) = manifest {
            command.arg("--manifest").arg(manifest);
        }
        if let Some(database) = database {
            command.args(["--database", "remote"]);
            let url = format!("http://{}", database.process.address);
            for handle in ["READ", "WRITE", "JOB"] {
                command.env(format!("MERIDIAN_DATABASE_{handle}_URL"), &url);
            }
            command.env("MERIDIAN_DATABASE_ADMIN_URL", format!("http://{}", database.admin));
        }
        let started = Instant::now();
        let process = self.start(command, name)?;
        process.ready("/readyz", started).await.with_context(|| format!("meridian up ({name})"))
    }

    /// A `meridian db`.
    pub async fn database(&self, name: &str) -> anyhow::Result<DatabaseServer> {
        let mut command = Command::new(&self.binary);
        let admin = free_address()?;
        command.args(["db", "--admin-listen", &admin.to_string(), "--data-dir"]);
        command.arg(self.data(name));
        let process = self.start(command, name)?;
        let started = Instant::now();
        while Client::connect(process.address).await.is_err() {
            anyhow::ensure!(started.elapsed() < START_PATIENCE, "meridian db was not ready");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(DatabaseServer { process, admin })
    }

    /// The native floor, on a folder of databases.
    pub async fn floor(&self, name: &str) -> anyhow::Result<Process> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["floor", "--data-dir"]).arg(self.data(name).join("databases"));
        let process = self.start(command, name)?;
        let ready = process.ready("/healthz", Instant::now()).await;
        Ok(ready.context("the floor")?.0)
    }

    /// Gives a name the databases of another, whose server has stopped.
    pub fn copy_databases(&self, from: &str, to: &str) -> anyhow::Result<()> {
        let (from, to) = (self.data(from).join("databases"), self.data(to).join("databases"));
        std::fs::create_dir_all(&to)?;
        for entry in std::fs::read_dir(from)? {
            let entry = entry?;
            std::fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
        Ok(())
    }

    /// Where a name has a database.
    pub fn database_file(&self, name: &str, database: &str) -> PathBuf {
        self.data(name).join("databases").join(format!("{database}.db"))
    }

    fn data(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn start(&self, mut command: Command, name: &str) -> anyhow::Result<Process> {
        let address = free_address()?;
        let log = self.folder.join(format!("{name}.log"));
        command.args(["--listen", &address.to_string()]).kill_on_drop(true);
        command.stdin(Stdio::null()).stdout(append(&log)?).stderr(append(&log)?);
        let child = command.spawn().with_context(|| format!("{name} cannot be started"))?;
        Ok(Process { child, address, log })
    }
}

/// A `meridian db`.
pub struct DatabaseServer {
    /// The process, and where batches go.
    pub process: Process,
    admin: SocketAddr,
}

fn append(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().create(true).append(true).open(path)
}

/// A loopback address that was free a moment ago.
fn free_address() -> std::io::Result<SocketAddr> {
    TcpListener::bind("127.0.0.1:0")?.local_addr()
}
