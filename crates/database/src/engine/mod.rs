//! The libSQL engine, behind a safe face: connections, prepared statements, and
//! nothing else. The only unsafe code of the crate.
//!
//! The C interface is used through `libsql::ffi` because the crate's own
//! connection hides what the rest of this crate needs: extended result codes, the
//! progress handler, and control over when a statement is reset.
#![allow(unsafe_code, reason = "the engine is a C library; every block says why it is sound")]

mod row;
mod tail;
mod vfs;
mod watch;

use std::cell::Cell;
use std::ffi::{CString, c_char, c_int, c_uint, c_void};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::ptr::{self, NonNull};
use std::sync::Once;
use std::time::{Duration, Instant};

use libsql::ffi;
use meridian_store::packed::Cell as Argument;

pub(crate) use row::Row;
use row::{columns, text};
pub(crate) use watch::Trust;
use watch::{Watch, authorize, past_deadline};

/// Prepared statements kept per connection. One takes 2 to 5 KB.
const CACHED_STATEMENTS: usize = 48;

/// Machine instructions of the engine between two looks at the clock: about 20 µs.
const PROGRESS_STEPS: c_int = 1000;

/// Small allocations a connection holds for itself: 40 × 1200 bytes. The engine's
/// own default is 120 KB, most of what an idle connection would take.
const LOOKASIDE: (c_int, c_int) = (1200, 40);

/// The longest text, blob or row the engine takes or makes.
const MAX_VALUE_BYTES: c_int = 16 * 1024 * 1024;

/// Why the engine refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// The extended result code.
    pub code: c_int,
    /// The engine's words.
    pub message: String,
}

impl Failure {
    fn misuse(message: &str) -> Self {
        Self { code: ffi::SQLITE_MISUSE, message: message.to_owned() }
    }

    /// The result code without its extension.
    pub(crate) fn primary(&self) -> c_int {
        self.code & 0xff
    }
}

/// What a run says of itself once its rows are read.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Outcome {
    /// Cells per row.
    pub width: usize,
    /// Rows changed; 0 for what is no INSERT, UPDATE or DELETE.
    pub affected: u64,
    /// The rowid of the connection's last insert.
    pub last_insert_rowid: i64,
}

/// A column of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    pub name: String,
    pub declared_type: Option<String>,
}

/// What a statement is, without running it.
#[derive(Clone, Debug)]
pub(crate) struct Description {
    pub parameters: Vec<Option<String>>,
    pub columns: Vec<Column>,
    pub is_explain: bool,
    pub is_readonly: bool,
}

/// Whether a run goes on after a row.
pub(crate) enum Next {
    Go,
    /// Enough: the statement is reset where it stands.
    Stop,
}

struct Prepared {
    sql: Box<str>,
    trust: Trust,
    changes_rows: bool,
    raw: NonNull<ffi::sqlite3_stmt>,
}

/// An open connection. Used by one thread at a time, moved between them.
pub(crate) struct Connection {
    raw: NonNull<ffi::sqlite3>,
    /// Owned; a raw pointer because the engine holds it too.
    watch: NonNull<Watch>,
    /// Most recently used first.
    cache: Vec<Prepared>,
}

// SAFETY: the connection is opened without a mutex of its own, so it must not be
// used by two threads at once: it is not `Sync`, and every use takes `&mut self`
// or is made by the one owner. Handing it to another thread is allowed.
unsafe impl Send for Connection {}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection").field("cached", &self.cache.len()).finish()
    }
}

/// Turns the engine's memory statistics off: they are one lock for all threads.
fn configure_once() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: called before this crate opens anything; where somebody else has
        // started the engine already, the call changes nothing and says so.
        unsafe { ffi::sqlite3_config(ffi::SQLITE_CONFIG_MEMSTATUS, 0 as c_int) };
    });
}

impl Connection {
    /// Opens a file; makes it where `create` says so.
    pub(crate) fn open(path: &Path, create: bool) -> Result<Self, Failure> {
        configure_once();
        let name = CString::new(path.as_os_str().as_bytes())
            .map_err(|_| Failure::misuse("the path holds a zero byte"))?;
        let mut flags =
            ffi::SQLITE_OPEN_READWRITE | ffi::SQLITE_OPEN_NOMUTEX | ffi::SQLITE_OPEN_EXRESCODE;
        if create {
            flags |= ffi::SQLITE_OPEN_CREATE;
        }
        let mut raw = ptr::null_mut();
        // SAFETY: `name` ends in a zero byte and outlives the call; `raw` receives
        // the handle, also where opening fails.
        let code = unsafe { ffi::sqlite3_open_v2(name.as_ptr(), &mut raw, flags, vfs::name()) };
        let Some(raw) = NonNull::new(raw) else {
            return Err(Failure { code: ffi::SQLITE_NOMEM, message: "out of memory".to_owned() });
        };
        let watch = Box::new(Watch { deadline: Cell::new(None), trust: Cell::new(Trust::Own) });
        let connection = Self { raw, watch: NonNull::from(Box::leak(watch)), cache: Vec::new() };
        connection.check(code)?;
        connection.install();
        Ok(connection)
    }

    fn install(&self) {
        let watch = self.watch.as_ptr().cast::<c_void>();
        let db = self.raw.as_ptr();
        // SAFETY: the handle is open; `watch` lives until after the handle is closed
        // (see `drop`); the callbacks read it on the thread that runs the handle.
        unsafe {
            ffi::sqlite3_db_config(
                db,
                ffi::SQLITE_DBCONFIG_LOOKASIDE,
                ptr::null_mut::<c_void>(),
                LOOKASIDE.0,
                LOOKASIDE.1,
            );
            // A plan stays a plan: without this every new value of a `LIMIT ?`, and of
            // what the engine keeps statistics of, has its statement prepared again.
            ffi::sqlite3_db_config(
                db,
                ffi::SQLITE_DBCONFIG_ENABLE_QPSG,
                1 as c_int,
                ptr::null_mut::<c_int>(),
            );
            ffi::sqlite3_limit(db, ffi::SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES);
            ffi::sqlite3_progress_handler(db, PROGRESS_STEPS, Some(past_deadline), watch);
            ffi::sqlite3_set_authorizer(db, Some(authorize), watch);
        }
    }

    /// Ends every run that goes on beyond this moment with `SQLITE_INTERRUPT`.
    pub(crate) fn set_deadline(&self, deadline: Option<Instant>) {
        self.watch().deadline.set(deadline);
    }

    /// How long a run waits for another process's lock.
    pub(crate) fn set_busy_timeout(&self, wait: Duration) {
        let millis = c_int::try_from(wait.as_millis()).unwrap_or(c_int::MAX);
        // SAFETY: the handle is open.
        unsafe { ffi::sqlite3_busy_timeout(self.raw.as_ptr(), millis) };
    }

    /// Whether no transaction is open.
    pub(crate) fn is_autocommit(&self) -> bool {
        // SAFETY: the handle is open.
        unsafe { ffi::sqlite3_get_autocommit(self.raw.as_ptr()) != 0 }
    }

    /// Runs one of this crate's own statements, without arguments or rows.
    pub(crate) fn control(&mut self, sql: &'static str) -> Result<(), Failure> {
        self.run(Trust::Own, sql, std::iter::empty(), |_| Next::Go).map(|_| ())
    }

    /// Runs several of this crate's own statements.
    pub(crate) fn control_all(&mut self, script: &str) -> Result<(), Failure> {
        self.script(Trust::Own, script)
    }

    /// Runs one statement and shows every row. The statement is reset before this
    /// returns, whatever happened: one left standing would fail a later COMMIT.
    pub(crate) fn run<'a>(
        &mut self,
        trust: Trust,
        sql: &str,
        arguments: impl ExactSizeIterator<Item = Argument<'a>>,
        mut each: impl FnMut(&Row<'_>) -> Next,
    ) -> Result<Outcome, Failure> {
        self.watch().trust.set(trust);
        let (statement, changes_rows) = self.prepared(trust, sql)?;
        let run = Run { statement };
        run.bind(self, arguments)?;
        loop {
            // SAFETY: the statement is alive: the cache drops none while `run` exists.
            match unsafe { ffi::sqlite3_step(statement.as_ptr()) } {
                ffi::SQLITE_ROW => {
                    if let Next::Stop = each(&Row { statement, run: &run }) {
                        break;
                    }
                }
                ffi::SQLITE_DONE => break,
                code => return Err(self.failure(code)),
            }
        }
        // SAFETY: statement and handle are alive.
        let (width, changes, rowid) = unsafe {
            (
                ffi::sqlite3_column_count(statement.as_ptr()),
                if changes_rows { ffi::sqlite3_changes64(self.raw.as_ptr()) } else { 0 },
                ffi::sqlite3_last_insert_rowid(self.raw.as_ptr()),
            )
        };
        Ok(Outcome {
            width: usize::try_from(width).unwrap_or(0),
            affected: u64::try_from(changes).unwrap_or(0),
            last_insert_rowid: rowid,
        })
    }

    /// Runs a text of several statements, without arguments or rows.
    pub(crate) fn script(&mut self, trust: Trust, script: &str) -> Result<(), Failure> {
        self.watch().trust.set(trust);
        let mut rest = script;
        while !rest.is_empty() {
            let (statement, tail) = self.prepare(rest, 0)?;
            // A zero byte ends a text for the engine, wherever it stands.
            rest = if tail.len() < rest.len() { tail } else { "" };
            let Some(statement) = statement else { continue };
            let outcome = loop {
                // SAFETY: just prepared, finalized only below.
                match unsafe { ffi::sqlite3_step(statement.as_ptr()) } {
                    ffi::SQLITE_ROW => {}
                    ffi::SQLITE_DONE => break Ok(()),
                    code => break Err(self.failure(code)),
                }
            };
            // SAFETY: prepared here, and nobody else knows it.
            unsafe { ffi::sqlite3_finalize(statement.as_ptr()) };
            outcome?;
        }
        Ok(())
    }

    /// What a statement is, without running it.
    pub(crate) fn describe(&mut self, trust: Trust, sql: &str) -> Result<Description, Failure> {
        self.watch().trust.set(trust);
        let (statement, _) = self.prepared(trust, sql)?;
        let raw = statement.as_ptr();
        // SAFETY: the statement is alive, the indexes are in range, and the names
        // are copied before anything else touches the statement.
        unsafe {
            let parameters = (1..=ffi::sqlite3_bind_parameter_count(raw))
                .map(|index| text(ffi::sqlite3_bind_parameter_name(raw, index)));
            Ok(Description {
                parameters: parameters.collect(),
                columns: columns(statement),
                is_explain: ffi::sqlite3_stmt_isexplain(raw) != 0,
                is_readonly: ffi::sqlite3_stmt_readonly(raw) != 0,
            })
        }
    }

    /// The names of what a statement answers, as of its last run.
    pub(crate) fn columns(&mut self, trust: Trust, sql: &str) -> Result<Vec<Column>, Failure> {
        self.watch().trust.set(trust);
        self.prepared(trust, sql).map(|(statement, _)| columns(statement))
    }

    /// The cached statement of a text, prepared where it is new.
    fn prepared(
        &mut self,
        trust: Trust,
        sql: &str,
    ) -> Result<(NonNull<ffi::sqlite3_stmt>, bool), Failure> {
        let known = |one: &Prepared| one.trust == trust && *one.sql == *sql;
        if let Some(place) = self.cache.iter().position(known) {
            if let Some(recent) = self.cache.get_mut(..=place) {
                recent.rotate_right(1);
            }
        } else {
            let (statement, tail) = self.prepare(sql, ffi::SQLITE_PREPARE_PERSISTENT)?;
            let Some(raw) = statement else {
                return Err(Failure::misuse("the text holds no statement"));
            };
            // SAFETY: just prepared.
            let reads = unsafe { ffi::sqlite3_stmt_readonly(raw.as_ptr()) } != 0;
            let changes_rows = !reads && changes_rows(sql);
            let fresh = Prepared { sql: sql.into(), trust, changes_rows, raw };
            if !self.prepare(tail, 0).is_ok_and(|(second, _)| discard(second).is_none()) {
                drop(fresh);
                return Err(Failure::misuse("the text holds more than one statement"));
            }
            self.cache.truncate(CACHED_STATEMENTS - 1);
            self.cache.insert(0, fresh);
        }
        match self.cache.first() {
            Some(first) => Ok((first.raw, first.changes_rows)),
            None => Err(Failure::misuse("the statement is not there")),
        }
    }

    /// Prepares the first statement of a text; the rest of the text comes back.
    fn prepare<'a>(
        &self,
        sql: &'a str,
        flags: c_int,
    ) -> Result<(Option<NonNull<ffi::sqlite3_stmt>>, &'a str), Failure> {
        let length = c_int::try_from(sql.len())
            .map_err(|_| Failure { code: ffi::SQLITE_TOOBIG, message: "too long".to_owned() })?;
        let (mut statement, mut tail) = (ptr::null_mut(), ptr::null::<c_char>());
        let start = sql.as_ptr().cast::<c_char>();
        // SAFETY: the text is valid for `length` bytes; both outputs are ours.
        let code = unsafe {
            ffi::sqlite3_prepare_v3(
                self.raw.as_ptr(),
                start,
                length,
                flags as c_uint,
                &mut statement,
                &mut tail,
            )
        };
        self.check(code)?;
        let used = (tail as usize).saturating_sub(start as usize);
        Ok((NonNull::new(statement), sql.get(used..).unwrap_or_default()))
    }

    fn watch(&self) -> &Watch {
        // SAFETY: made in `open`, freed in `drop`; only shared references exist.
        unsafe { self.watch.as_ref() }
    }

    fn check(&self, code: c_int) -> Result<(), Failure> {
        if code == ffi::SQLITE_OK { Ok(()) } else { Err(self.failure(code)) }
    }

    /// The words for a code that a call on this handle just gave.
    fn failure(&self, code: c_int) -> Failure {
        // SAFETY: the handle is open; the text is copied at once.
        let message = unsafe { text(ffi::sqlite3_errmsg(self.raw.as_ptr())) };
        Failure { code, message: message.unwrap_or_default() }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.cache.clear();
        // SAFETY: every statement is finalized, so the handle closes for good here;
        // only then is what its callbacks look at freed.
        unsafe {
            ffi::sqlite3_close_v2(self.raw.as_ptr());
            drop(Box::from_raw(self.watch.as_ptr()));
        }
    }
}

impl Drop for Prepared {
    fn drop(&mut self) {
        // SAFETY: owned here alone, and not running: a run borrows its connection.
        unsafe { ffi::sqlite3_finalize(self.raw.as_ptr()) };
    }
}

/// Finalizes a statement nobody wants, and says whether there was one.
fn discard(statement: Option<NonNull<ffi::sqlite3_stmt>>) -> Option<()> {
    statement.map(|raw| {
        // SAFETY: just prepared, and nobody else knows it.
        unsafe { ffi::sqlite3_finalize(raw.as_ptr()) };
    })
}

/// A statement that runs; resets and unbinds it at the end.
struct Run {
    statement: NonNull<ffi::sqlite3_stmt>,
}

impl Run {
    /// Binds without copying: the arguments outlive the run, and `drop` unbinds.
    fn bind<'a>(
        &self,
        connection: &Connection,
        arguments: impl ExactSizeIterator<Item = Argument<'a>>,
    ) -> Result<(), Failure> {
        let raw = self.statement.as_ptr();
        // SAFETY: the statement is alive.
        let wanted = unsafe { ffi::sqlite3_bind_parameter_count(raw) };
        if usize::try_from(wanted) != Ok(arguments.len()) {
            let text = format!("{wanted} parameters, {} arguments", arguments.len());
            return Err(Failure { code: ffi::SQLITE_RANGE, message: text });
        }
        for (index, argument) in (1..).zip(arguments) {
            // SAFETY: texts and bytes are valid for their length and stay so until
            // the statement is unbound: what they lie in outlives `self`.
            let code = unsafe {
                match argument {
                    Argument::Null => ffi::sqlite3_bind_null(raw, index),
                    Argument::Integer(number) => ffi::sqlite3_bind_int64(raw, index, number),
                    Argument::Real(number) => ffi::sqlite3_bind_double(raw, index, number),
                    Argument::Text(text) => ffi::sqlite3_bind_text64(
                        raw,
                        index,
                        text.as_ptr().cast(),
                        text.len() as u64,
                        None,
                        ffi::SQLITE_UTF8 as u8,
                    ),
                    Argument::Blob(bytes) => ffi::sqlite3_bind_blob64(
                        raw,
                        index,
                        bytes.as_ptr().cast(),
                        bytes.len() as u64,
                        None,
                    ),
                }
            };
            connection.check(code)?;
        }
        Ok(())
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        // SAFETY: the statement is alive. The code of a reset repeats that of the
        // last step, which was looked at already.
        unsafe {
            ffi::sqlite3_reset(self.statement.as_ptr());
            ffi::sqlite3_clear_bindings(self.statement.as_ptr());
        }
    }
}

/// Whether the engine's change counter speaks of this statement.
fn changes_rows(sql: &str) -> bool {
    let word = crate::sql::first_word(sql);
    ["insert", "update", "delete", "replace", "with"]
        .iter()
        .any(|verb| word.eq_ignore_ascii_case(verb))
}
