//! The line to a server that goes away and comes back elsewhere.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use meridian_tests::{Answer, Client};
use serde_json::Value;

/// Ends a line when dropped: clients do not wait for a server that never comes back.
pub struct End<'a>(&'a Line);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.over.store(true, Ordering::Relaxed);
    }
}

/// Where the server is.
pub struct Line {
    /// How often it has moved, and where it is since.
    current: RwLock<(usize, Client)>,
    broken: AtomicUsize,
    over: AtomicBool,
}

impl Line {
    /// To a server that runs.
    pub fn to(client: Client) -> Self {
        let (broken, over) = (AtomicUsize::new(0), AtomicBool::new(false));
        Self { current: RwLock::new((0, client)), broken, over }
    }

    fn current(&self) -> (usize, Client) {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A client of where the server is now, with the headers of another one.
    pub fn as_of(&self, client: &Client) -> Client {
        client.at(&self.current().1)
    }

    /// It is somewhere else.
    pub fn moved_to(&self, client: Client) {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        *current = (current.0 + 1, client);
    }

    /// Requests may come until this is dropped.
    pub const fn open(&self) -> End<'_> {
        End(self)
    }

    /// Whether it was said that no more requests come.
    pub fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    /// How many requests were not answered.
    pub fn broken(&self) -> usize {
        self.broken.load(Ordering::Relaxed)
    }

    /// Sends. `None`: the server went away, and nobody knows what it did; it is back
    /// when this returns, or all is over.
    pub fn send(&self, client: &Client, method: &str, path: &str, body: &Value) -> Option<Answer> {
        let (moved, base) = self.current();
        let client = client.at(&base).version("2024-08-13");
        let client =
            if path.starts_with("/v2/slots") { client.version("2024-09-04") } else { client };
        let body = (method != "DELETE").then(|| body.to_string());
        if let Ok(answer) = client.try_send(method, path, body) {
            assert!(answer.status < 500, "{method} {path}: {}", answer.text);
            return Some(answer);
        }
        self.broken.fetch_add(1, Ordering::Relaxed);
        while self.current().0 == moved && !self.is_over() {
            std::thread::sleep(Duration::from_millis(5));
        }
        None
    }
}
