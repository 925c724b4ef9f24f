//! A running `meridian` in a data folder of its own.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use crate::{Client, Database, Organization, Proxy};

/// How long a start may take: the first one on a machine compiles the components.
const START_PATIENCE: Duration = Duration::from_secs(120);

/// Where the databases are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// libSQL files in process.
    Native,
    /// Through the component `libsql`, over Hrana, to a `meridian db`.
    Remote,
}

/// How a server is started.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where the databases are.
    pub mode: Mode,
    /// Variables of the application.
    pub variables: Vec<(String, String)>,
    /// More arguments of `meridian up`.
    pub arguments: Vec<String>,
    /// Another manifest than the project's.
    pub manifest: Option<PathBuf>,
    /// What stands between it and its databases, in remote mode.
    pub proxy: Option<Arc<Proxy>>,
}

impl Default for Options {
    /// Native, and without rate limits: tests ask more than people do.
    fn default() -> Self {
        let unlimited = ["api_key", "oauth_client", "access_token", "ip"];
        let variables = unlimited.map(|name| (format!("rate_limit_{name}"), "0".to_owned()));
        Self {
            mode: Mode::Native,
            variables: variables.to_vec(),
            arguments: Vec::new(),
            manifest: None,
            proxy: None,
        }
    }
}

impl Options {
    /// The same with a variable set.
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.retain(|(known, _)| known != name);
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same with more arguments.
    pub fn arguments(mut self, arguments: &[&str]) -> Self {
        self.arguments.extend(arguments.iter().map(|argument| (*argument).to_owned()));
        self
    }

    /// The same in remote mode, with a door before the databases.
    pub fn proxy(self, proxy: &Arc<Proxy>) -> Self {
        Self { mode: Mode::Remote, proxy: Some(proxy.clone()), ..self }
    }

    /// The same in another mode.
    pub fn mode(self, mode: Mode) -> Self {
        Self { mode, ..self }
    }
}

/// A `meridian up`, and in remote mode the `meridian db` behind it. Both end when
/// this is dropped.
#[derive(Debug)]
pub struct Server {
    options: Options,
    folder: PathBuf,
    /// Removes the folder when dropped, where it is this server's own.
    _temporary: Option<tempfile::TempDir>,
    port: u16,
    database: Option<(Child, u16)>,
    child: Child,
    leash: Leash,
}

/// Ends the processes of a server, and removes its folder, once the test process
/// is gone: servers shared by tests live in statics, which are never dropped.
#[derive(Debug)]
struct Leash(Child);

impl Leash {
    fn hold(folder: &Path, children: &[&Child]) -> Self {
        // The pipe to its standard input closes however this process ends.
        let script =
            "cat >/dev/null; folder=$1; shift; kill -9 \"$@\" 2>/dev/null; rm -rf \"$folder\"";
        let child = Command::new("sh")
            .args(["-c", script, "leash"])
            .arg(folder)
            .args(children.iter().map(|child| child.id().to_string()))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        Self(child.expect("sh runs"))
    }

    /// Lets go without ending anything.
    fn release(&mut self) {
        end(&mut self.0);
    }
}

/// The secret tests call the platform's own API with.
pub const PLATFORM_SECRET: &str = "a-platform-secret-for-tests";

/// The root of the project.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the project").to_owned()
}

/// The built `meridian`.
pub fn binary() -> PathBuf {
    let path = std::env::var_os("MERIDIAN_BIN")
        .map_or_else(|| root().join("target/release/meridian"), PathBuf::from);
    assert!(path.exists(), "{} is missing: run `cargo xtask build`", path.display());
    path
}

/// A loopback port that was free a moment ago.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free loopback port");
    listener.local_addr().expect("the address of a bound port").port()
}

/// Compiled components are the same for every server of a test run.
fn compiled_cache() -> PathBuf {
    root().join("target/test-compiled")
}

impl Server {
    /// A native server with the defaults for tests.
    pub fn start() -> Self {
        Self::with(Options::default())
    }

    /// A server in a new temporary folder.
    #[track_caller]
    pub fn with(options: Options) -> Self {
        let parent = root().join("target/test-data");
        std::fs::create_dir_all(&parent).expect("a folder for test data");
        let temporary = tempfile::tempdir_in(parent).expect("a temporary folder");
        let folder = temporary.path().to_owned();
        Self::launch(options, folder, Some(temporary))
    }

    #[track_caller]
    fn launch(options: Options, folder: PathBuf, temporary: Option<tempfile::TempDir>) -> Self {
        let database = (options.mode == Mode::Remote).then(|| start_database(&folder));
        let port = free_port();
        let database_port = database.as_ref().map(|(_, port)| *port);
        let child = spawn_up(&options, &folder, port, database_port);
        let leash = hold(&folder, &child, database.as_ref());
        let mut server =
            Self { options, folder, _temporary: temporary, port, database, child, leash };
        server.wait_until_ready();
        server
    }

    #[track_caller]
    fn wait_until_ready(&mut self) {
        let deadline = Instant::now() + START_PATIENCE;
        let path = if self.options.manifest.is_some() { "/echo" } else { "/readyz" };
        loop {
            if let Ok(answer) = self.client().try_send("GET", path, None)
                && answer.status == 200
            {
                return;
            }
            if let Some(status) = self.child.try_wait().expect("a child to wait for") {
                panic!("meridian ended with {status} before it was ready:\n{}", self.log());
            }
            assert!(Instant::now() < deadline, "not ready in time:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Another server on the databases of this one, which is in remote mode. It has no
    /// right to be started again.
    #[track_caller]
    pub fn sibling(&self) -> Self {
        let (_, database_port) = self.database.as_ref().expect("a server in remote mode");
        let temporary = tempfile::tempdir_in(root().join("target/test-data"));
        let temporary = temporary.expect("a temporary folder");
        let (folder, port) = (temporary.path().to_owned(), free_port());
        let child = spawn_up(&self.options, &folder, port, Some(*database_port));
        let leash = hold(&folder, &child, None);
        let options = self.options.clone();
        let mut server = Self {
            options,
            folder,
            _temporary: Some(temporary),
            port,
            database: None,
            child,
            leash,
        };
        server.wait_until_ready();
        server
    }

    /// A database behind a server in remote mode, such as `platform` or `org-1`.
    #[track_caller]
    pub fn database(&self, name: &str) -> Database {
        let (_, port) = self.database.as_ref().expect("a server in remote mode");
        Database::new(*port, name)
    }

    /// Sets a variable from the next start on.
    pub fn set_variable(&mut self, name: &str, value: &str) {
        self.options = self.options.clone().variable(name, value);
    }

    /// A client without credentials.
    pub fn client(&self) -> Client {
        Client::new(format!("http://127.0.0.1:{}", self.port))
    }

    /// A client with the platform secret.
    pub fn platform(&self) -> Client {
        self.client().bearer(PLATFORM_SECRET)
    }

    /// The port it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Its data folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Provisions an organisation with a slug no other test uses.
    #[track_caller]
    pub fn organization(&self) -> Organization {
        Organization::provision(self)
    }

    /// What it wrote to its log.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("server.log")).unwrap_or_default()
    }

    /// Resident memory in MiB.
    pub fn resident_mib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid()));
        let status = status.expect("a running process");
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("VmRSS");
        let digits: String = line.chars().filter(char::is_ascii_digit).collect();
        digits.parse::<u64>().expect("kilobytes") / 1024
    }

    /// Kills it as a power cut would, and starts it again on the same folder.
    #[track_caller]
    pub fn kill_and_restart(&mut self) {
        self.kill();
        self.restart();
    }

    /// `kill -9`, also of the database server.
    pub fn kill(&mut self) {
        self.leash.release();
        end(&mut self.child);
        if let Some((child, _)) = &mut self.database {
            end(child);
        }
    }

    /// Starts it again on the same folder, and waits until it is ready.
    #[track_caller]
    pub fn restart(&mut self) {
        if self.database.is_some() {
            self.database = Some(start_database(&self.folder));
        }
        self.port = free_port();
        let database_port = self.database.as_ref().map(|(_, port)| *port);
        self.child = spawn_up(&self.options, &self.folder, self.port, database_port);
        self.leash = hold(&self.folder, &self.child, self.database.as_ref());
        self.wait_until_ready();
    }

    /// Waits for the end after a signal; the exit code.
    pub fn terminate_wait(&mut self) -> Option<i32> {
        self.child.wait().expect("a child to wait for").code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            let log = self.log();
            let tail: Vec<&str> = log.lines().rev().take(40).collect();
            eprintln!("--- the server's last lines");
            for line in tail.iter().rev() {
                eprintln!("{line}");
            }
        }
    }
}

fn hold(folder: &Path, child: &Child, database: Option<&(Child, u16)>) -> Leash {
    let children: Vec<&Child> =
        std::iter::once(child).chain(database.map(|(child, _)| child)).collect();
    Leash::hold(folder, &children)
}

/// Sends a signal by name.
pub fn signal(pid: u32, name: &str) {
    let status = Command::new("kill").args([format!("-{name}"), pid.to_string()]).status();
    assert!(status.expect("kill runs").success(), "kill -{name} {pid}");
}

fn end(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}

fn log_file(folder: &Path, name: &str) -> Stdio {
    let file = std::fs::OpenOptions::new().create(true).append(true).open(folder.join(name));
    Stdio::from(file.expect("a log file"))
}

fn spawn_up(options: &Options, folder: &Path, port: u16, database_port: Option<u16>) -> Child {
    let root = root();
    let manifest = options.manifest.clone().unwrap_or_else(|| root.join("spin.toml"));
    let data = folder.join("data");
    std::fs::create_dir_all(&data).expect("a data folder");
    // Compiling takes seconds and gives the same for every server of a test run.
    std::fs::create_dir_all(compiled_cache()).expect("a cache folder");
    let link = data.join("compiled");
    if !link.exists() {
        std::os::unix::fs::symlink(compiled_cache(), link).expect("a link to the cache");
    }
    let mut command = Command::new(binary());
    command
        .current_dir(&root)
        .arg("up")
        .args(["--listen", &format!("127.0.0.1:{port}")])
        .arg("--data-dir")
        .arg(&data)
        .arg("--manifest")
        .arg(manifest)
        .args(&options.arguments)
        .env("MERIDIAN_PLATFORM_SECRET", PLATFORM_SECRET)
        .stdin(Stdio::null())
        .stdout(log_file(folder, "server.log"))
        .stderr(log_file(folder, "server.log"));
    if options.manifest.is_none() {
        // Tests make the organisations they need.
        command.args(["--tenants", "none"]);
    }
    for (name, value) in &options.variables {
        command.env(format!("MERIDIAN_{}", name.to_uppercase()), value);
    }
    if let Some(port) = database_port {
        let url = match &options.proxy {
            None => format!("http://127.0.0.1:{port}"),
            Some(proxy) => {
                proxy.forward_to(port);
                proxy.url()
            }
        };
        command
            .args(["--database", "remote"])
            .env("MERIDIAN_DATABASE_READ_URL", &url)
            .env("MERIDIAN_DATABASE_WRITE_URL", &url)
            .env("MERIDIAN_DATABASE_JOB_URL", &url)
            .env("MERIDIAN_DATABASE_ADMIN_URL", format!("http://127.0.0.1:{}", port + 1));
    }
    command.spawn().expect("meridian starts")
}

/// Starts `meridian db` and waits until it answers. The admin port is the next one.
fn start_database(folder: &Path) -> (Child, u16) {
    let (port, _admin) = two_free_ports();
    let child = Command::new(binary())
        .arg("db")
        .args(["--listen", &format!("127.0.0.1:{port}")])
        .args(["--admin-listen", &format!("127.0.0.1:{}", port + 1)])
        .arg("--data-dir")
        .arg(folder.join("database"))
        .stdin(Stdio::null())
        .stdout(log_file(folder, "database.log"))
        .stderr(log_file(folder, "database.log"))
        .spawn()
        .expect("meridian db starts");
    let deadline = Instant::now() + Duration::from_secs(20);
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(Instant::now() < deadline, "meridian db did not start");
        std::thread::sleep(Duration::from_millis(20));
    }
    (child, port)
}

fn two_free_ports() -> (u16, u16) {
    loop {
        let port = free_port();
        if TcpListener::bind(("127.0.0.1", port + 1)).is_ok() {
            return (port, port + 1);
        }
    }
}

/// Runs a test against one shared server per mode.
pub fn in_both_modes(test: impl Fn(&Server)) {
    static NATIVE: OnceLock<Server> = OnceLock::new();
    static REMOTE: OnceLock<Server> = OnceLock::new();
    test(NATIVE.get_or_init(Server::start));
    test(REMOTE.get_or_init(|| Server::with(Options::default().mode(Mode::Remote))));
}
