//! `meridian up`: everything, on one machine.

use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use meridian_database::{Databases, Options};
use meridian_key_value::KeyValue;
use meridian_manifest::{App, DatabaseMode, LoadOptions, Router};
use tokio::net::TcpListener;

use crate::cli::{DatabaseProvider, UpOptions};
use crate::data_dir::DataDir;
use crate::front::{self, Drain, Front};
use crate::misconfigured::Misconfigured;
use crate::outbound::Clients;
use crate::runtime::{
    CompiledComponents, Components, Limits, PoolSize, Shared, engine, give_back, linker,
    unsatisfied,
};
use crate::variables::Variables;
use crate::{first_start, signals, sweep};

/// How long work that goes on after an answer may take when the server stops.
const AFTER_RESPONSE: Duration = Duration::from_secs(5);

/// An application that is loaded and can be called.
struct Application {
    components: Arc<Components>,
    routes: Arc<Router>,
    shared: Arc<Shared>,
}

/// Serves until SIGTERM or SIGINT.
pub async fn up(options: UpOptions) -> anyhow::Result<()> {
    let started = Instant::now();
    let data = DataDir::open(&options.data_dir)?;
    let variables = Variables::new(&data, options.listen)?;
    // Bound before anything is loaded: a port that is taken is told at once.
    let listener = TcpListener::bind(options.listen)
        .await
        .with_context(|| format!("{} cannot be listened on", options.listen))?;
    let address = listener.local_addr()?;
    let application = load(&options, &data, &variables)?;
    let drain = Drain::new();
    let front = Front::new(
        application.components.clone(),
        application.routes.clone(),
        options.max_requests_in_flight,
        options.request_timeout,
        address,
    );
    let server = tokio::spawn(front::serve(listener, Arc::new(front), drain.clone()));
    let sweeper = tokio::spawn(sweep::run(
        application.components.clone(),
        application.routes.clone(),
        variables.platform_secret().to_owned(),
        options.sweep_interval,
        drain.clone(),
    ));
    let ms = started.elapsed().as_millis() as u64;
    tracing::info!(%address, data_dir = %data.path().display(), ms, "listening");
    announce(address);
    tokio::select! {
        outcome = first_start::make_tenants(&data, &options, address, &variables) => {
            if let Err(error) = outcome {
                tracing::error!("the organisations of {} cannot be made: {error:#}",
                    options.tenants.display());
            }
            signals::stop_requested().await;
        }
        () = signals::stop_requested() => {}
    }
    drain.start();
    server.await.context("the server failed")?;
    sweeper.await.context("the timer failed")?;
    application.stop().await;
    tracing::info!("stopped");
    Ok(())
}

impl Application {
    async fn stop(self) {
        self.components.quiet(AFTER_RESPONSE).await;
        if let Some(databases) = &self.shared.databases {
            databases.close().await;
        }
    }
}

fn load(options: &UpOptions, data: &DataDir, variables: &Variables) -> anyhow::Result<Application> {
    let native = options.database == DatabaseProvider::Native;
    let mut app = load_manifest(&options.manifest, native, variables)?;
    let engine = engine(PoolSize::for_requests_in_flight(options.max_requests_in_flight))
        .map_err(anyhow::Error::from)
        .context("the engine cannot be made")?;
    let linker = linker(&engine, native).map_err(anyhow::Error::from)?;
    let folder = CompiledComponents::open(&engine, data.join("compiled"))?;
    let compiled = compile(&folder, &mut app)?;
    let mut missing = Vec::new();
    for (component, compiled) in app.components.iter().zip(&compiled) {
        for import in unsatisfied(&engine, compiled, native) {
            missing.push(format!(
                "component.{}: imports {import}, which neither the host nor a dependency provides",
                component.id
            ));
        }
    }
    if !missing.is_empty() {
        return Err(Misconfigured(missing).into());
    }
    let shared = Arc::new(Shared {
        key_value: KeyValue::open(&data.join("key-value")).context("the key-value stores")?,
        databases: native.then(|| open_databases(data)).transpose()?,
        clients: Clients::new(),
    });
    let limits = Limits { request_timeout: options.request_timeout };
    let components = app.components.into_iter().zip(compiled).collect();
    let components = Components::link(&engine, &linker, components, &shared, limits)?;
    Ok(Application { components, routes: Arc::new(app.routes), shared })
}

fn load_manifest(path: &Path, native: bool, variables: &Variables) -> anyhow::Result<App> {
    let database = if native { DatabaseMode::Native } else { DatabaseMode::Remote };
    let load_options = LoadOptions { database, variable: &|name| variables.get(name) };
    meridian_manifest::load(path, &load_options).map_err(|problems| {
        let mistakes = problems.iter().map(ToString::to_string).collect();
        anyhow::Error::from(Misconfigured(mistakes)).context(path.display().to_string())
    })
}

fn open_databases(data: &DataDir) -> anyhow::Result<Databases> {
    Databases::open(data.join("databases"), Options::default()).context("the databases")
}

/// All components at once; the compiler shares the cores among them.
fn compile(
    folder: &CompiledComponents,
    app: &mut App,
) -> anyhow::Result<Vec<wasmtime::component::Component>> {
    let compiled = std::thread::scope(|scope| {
        let load = |component| scope.spawn(move || load_one(folder, component));
        let threads: Vec<_> = app.components.iter().map(load).collect();
        let join = |thread: std::thread::ScopedJoinHandle<'_, _>| {
            thread.join().unwrap_or_else(|_| Err(anyhow::anyhow!("the compiler failed")))
        };
        threads.into_iter().map(join).collect::<anyhow::Result<Vec<_>>>()
    })?;
    folder.tidy();
    // From now on the compiled files stand for them.
    for component in &mut app.components {
        component.wasm = Vec::new();
    }
    give_back();
    Ok(compiled)
}

fn load_one(
    folder: &CompiledComponents,
    component: &meridian_manifest::Component,
) -> anyhow::Result<wasmtime::component::Component> {
    folder.load(&component.id, &component.wasm)
}

/// For whoever started it by hand: where it is.
fn announce(address: SocketAddr) {
    // Without anybody to read it there is nobody to tell.
    let _ = writeln!(std::io::stdout(), "Meridian listens on http://{address}");
}
