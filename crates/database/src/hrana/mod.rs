//! The same files over Hrana 3, so that components on Spin, and whoever else
//! speaks it, need no other database server on one machine.
//!
//! JSON only, and no state between requests: a request answers without a baton and
//! a transaction it leaves open is rolled back. One batch in the form of the
//! component `libsql` goes through the group commit like a native one; everything
//! else has the writer to itself for as long as it runs.

mod convert;
mod http;
mod pipeline;
mod recognize;
mod session;

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};

use crate::Databases;

/// Where to listen, and who may come in.
#[derive(Clone, Debug)]
pub struct ServerOptions {
    /// For batches.
    pub listen: SocketAddr,
    /// For making and deleting databases; `None`: nobody may.
    pub admin_listen: Option<SocketAddr>,
    /// The bearer token of both; `None`: everybody may come in.
    pub token: Option<String>,
}

/// A server that listens already.
#[derive(Debug)]
pub struct Server {
    data: TcpListener,
    admin: Option<TcpListener>,
    door: Arc<Door>,
}

/// What a connection is served with.
#[derive(Debug)]
pub(crate) struct Door {
    pub databases: Databases,
    pub token: Option<String>,
}

/// Which of the two a connection came in by.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Side {
    Data,
    Admin,
}

impl Server {
    /// Listens; serves nobody yet.
    pub async fn bind(databases: Databases, options: ServerOptions) -> io::Result<Self> {
        let admin = match options.admin_listen {
            Some(address) => Some(TcpListener::bind(address).await?),
            None => None,
        };
        let door = Arc::new(Door { databases, token: options.token });
        Ok(Self { data: TcpListener::bind(options.listen).await?, admin, door })
    }

    /// Where batches are taken.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.data.local_addr()
    }

    /// Where databases are made and deleted.
    pub fn admin_address(&self) -> io::Result<Option<SocketAddr>> {
        self.admin.as_ref().map(TcpListener::local_addr).transpose()
    }

    /// Serves until `shutdown` resolves, and finishes what is being answered.
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        let graceful = GracefulShutdown::new();
        let mut shutdown = pin!(shutdown);
        loop {
            let (accepted, side) = tokio::select! {
                () = &mut shutdown => break,
                accepted = self.data.accept() => (accepted, Side::Data),
                accepted = accept(self.admin.as_ref()) => (accepted, Side::Admin),
            };
            match accepted {
                Ok((stream, _)) => serve_connection(&graceful, &self.door, stream, side),
                // Out of descriptors, most likely: others must finish first.
                Err(_) => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
            }
        }
        graceful.shutdown().await;
    }
}

async fn accept(listener: Option<&TcpListener>) -> io::Result<(TcpStream, SocketAddr)> {
    match listener {
        Some(listener) => listener.accept().await,
        None => std::future::pending().await,
    }
}

fn serve_connection(graceful: &GracefulShutdown, door: &Arc<Door>, stream: TcpStream, side: Side) {
    // Without this a small answer may wait 40 ms for the client's acknowledgement.
    // Where it cannot be set the answer is right all the same.
    let _ = stream.set_nodelay(true);
    let door = Arc::clone(door);
    let service = service_fn(move |request| {
        let door = Arc::clone(&door);
        async move { Ok::<_, Infallible>(http::answer(&door, side, request).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), service);
    let connection = graceful.watch(connection);
    tokio::spawn(async move {
        // A connection that breaks is its client's business.
        let _ = connection.await;
    });
}
