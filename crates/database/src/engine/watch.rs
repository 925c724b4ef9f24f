//! What the engine asks back while it works: whether to go on, and whether to allow.

use std::cell::Cell;
use std::ffi::{c_char, c_int, c_void};
use std::time::Instant;

use libsql::ffi;

use super::row::text;

/// Who wrote a statement, and so what it may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trust {
    /// A component: no transactions of its own, no other files, no settings.
    Batch,
    /// A Hrana request, alone on the writer: may open a transaction.
    Session,
    /// This crate.
    Own,
}

/// What the engine's callbacks look at.
pub(super) struct Watch {
    pub deadline: Cell<Option<Instant>>,
    pub trust: Cell<Trust>,
}

/// Called by the engine while a statement runs; anything but 0 ends it.
pub(super) unsafe extern "C" fn past_deadline(watch: *mut c_void) -> c_int {
    // SAFETY: `install` registered the connection's own `Watch`.
    let watch = unsafe { &*watch.cast::<Watch>() };
    c_int::from(watch.deadline.get().is_some_and(|deadline| Instant::now() >= deadline))
}

/// Settings that may be asked for by anybody: they name a table or nothing.
const HARMLESS_PRAGMAS: [&str; 10] = [
    "table_info",
    "table_xinfo",
    "table_list",
    "index_list",
    "index_info",
    "index_xinfo",
    "foreign_key_list",
    "foreign_key_check",
    // The engine's own, when a column with a check is added.
    "quick_check",
    "user_version",
];

/// Called by the engine for everything a statement would do, when it is prepared.
pub(super) unsafe extern "C" fn authorize(
    watch: *mut c_void,
    action: c_int,
    first: *const c_char,
    second: *const c_char,
    _: *const c_char,
    _: *const c_char,
) -> c_int {
    // SAFETY: `install` registered the connection's own `Watch`.
    let trust = unsafe { &*watch.cast::<Watch>() }.trust.get();
    let allowed = match action {
        _ if trust == Trust::Own => true,
        ffi::SQLITE_TRANSACTION | ffi::SQLITE_SAVEPOINT => trust == Trust::Session,
        ffi::SQLITE_ATTACH | ffi::SQLITE_DETACH => false,
        ffi::SQLITE_PRAGMA => {
            // SAFETY: the engine passes texts that end in a zero byte, or null.
            let name = unsafe { text(first) }.unwrap_or_default().to_ascii_lowercase();
            let sets = name == "user_version" && !second.is_null();
            HARMLESS_PRAGMAS.contains(&name.as_str()) && !sets
        }
        _ => true,
    };
    if allowed { ffi::SQLITE_OK } else { ffi::SQLITE_DENY }
}
