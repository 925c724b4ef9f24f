//! The operating system's files as the engine knows them, but for write-ahead logs: what is
//! written to those is put together, see [`Tail`].

use std::ffi::{CStr, c_char, c_int, c_void};
use std::sync::OnceLock;
use std::{ptr, slice};

use libsql::ffi::{self, sqlite3_file, sqlite3_io_methods, sqlite3_vfs};

use super::tail::Tail;

const NAME: &CStr = c"meridian";

/// A log as the engine holds it. The file of the operating system's own lies right behind it,
/// in the same allocation, which the engine makes as long as we ask and aligns to 8 bytes.
#[repr(C)]
struct Log {
    base: sqlite3_file,
    /// Owned.
    tail: *mut Tail,
}

/// What the operating system's own files are opened with.
struct Own(*mut sqlite3_vfs);

// SAFETY: the engine's own object, never changed after the engine has started.
unsafe impl Send for Own {}
// SAFETY: as above.
unsafe impl Sync for Own {}

static OWN: OnceLock<Option<Own>> = OnceLock::new();

/// The name to open databases with, or null for the engine's own way.
pub(super) fn name() -> *const c_char {
    match OWN.get_or_init(register) {
        Some(_) => NAME.as_ptr(),
        None => ptr::null(),
    }
}

fn register() -> Option<Own> {
    // SAFETY: the engine starts here if it has not; null asks for its default, which it
    // never frees. The copy lives for ever, as the engine keeps it; all but opening is the
    // default's own business, and that looks at nothing of the copy that is not the same.
    unsafe {
        let own = ffi::sqlite3_vfs_find(ptr::null());
        let mut copy = *own.as_ref()?;
        copy.zName = NAME.as_ptr();
        copy.pNext = ptr::null_mut();
        copy.xOpen = Some(open);
        copy.szOsFile = copy.szOsFile.checked_add(size_of::<Log>() as c_int)?;
        let code = ffi::sqlite3_vfs_register(Box::leak(Box::new(copy)), 0);
        (code == ffi::SQLITE_OK).then_some(Own(own))
    }
}

static METHODS: sqlite3_io_methods = sqlite3_io_methods {
    // Nobody maps a log or locks it.
    iVersion: 1,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: None,
    xShmLock: None,
    xShmBarrier: None,
    xShmUnmap: None,
    xFetch: None,
    xUnfetch: None,
};

unsafe extern "C" fn open(
    _: *mut sqlite3_vfs,
    name: ffi::sqlite3_filename,
    file: *mut sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    let Some(Some(Own(own))) = OWN.get() else { return ffi::SQLITE_MISUSE };
    // SAFETY: the engine's own object, see `Own`.
    let Some(own_open) = (unsafe { (**own).xOpen }) else { return ffi::SQLITE_MISUSE };
    if flags & ffi::SQLITE_OPEN_WAL == 0 {
        // SAFETY: the arguments are passed on; there is room for one of its files.
        return unsafe { own_open(*own, name, file, flags, out_flags) };
    }
    let log = file.cast::<Log>();
    // SAFETY: `file` has room for a `Log` and a file of its own behind it, see `register`.
    unsafe {
        (*log).base.pMethods = ptr::null();
        (*log).tail = ptr::null_mut();
        let code = own_open(*own, name, behind(file), flags, out_flags);
        if code != ffi::SQLITE_OK {
            // Where the engine would have closed it.
            if let Some(close) = methods(file).and_then(|methods| methods.xClose) {
                close(behind(file));
            }
            return code;
        }
        (*log).tail = Box::into_raw(Box::default());
        (*log).base.pMethods = &raw const METHODS;
        code
    }
}

/// The operating system's file of a log.
///
/// # Safety
/// `file` is a [`Log`].
unsafe fn behind(file: *mut sqlite3_file) -> *mut sqlite3_file {
    // SAFETY: it lies in the same allocation.
    unsafe { file.cast::<Log>().add(1).cast() }
}

/// Its methods, where it is open.
///
/// # Safety
/// `file` is a [`Log`].
unsafe fn methods<'a>(file: *mut sqlite3_file) -> Option<&'a sqlite3_io_methods> {
    // SAFETY: the table of an open file is the engine's own and lives for ever; that of one
    // which is not open is null.
    unsafe { (*behind(file)).pMethods.as_ref() }
}

/// Calls a method of the file behind a log; without the method that is an error.
macro_rules! pass {
    ($file:expr, $method:ident $(, $argument:expr)*) => {
        match methods($file).and_then(|methods| methods.$method) {
            Some(method) => method(behind($file) $(, $argument)*),
            None => ffi::SQLITE_IOERR,
        }
    };
}

/// Writes to the file behind a log.
///
/// # Safety
/// `file` is an open [`Log`].
unsafe fn put(file: *mut sqlite3_file, bytes: &[u8], offset: i64) -> c_int {
    let Ok(length) = c_int::try_from(bytes.len()) else { return ffi::SQLITE_IOERR_WRITE };
    // SAFETY: the bytes are as many as it says.
    unsafe { pass!(file, xWrite, bytes.as_ptr().cast(), length, offset) }
}

/// What waits of a log.
///
/// # Safety
/// `file` is an open [`Log`]; nothing else of its tail is borrowed. The engine uses a file
/// by one thread at a time.
unsafe fn tail<'a>(file: *mut sqlite3_file) -> &'a mut Tail {
    // SAFETY: made by `open`, freed by `close`, after which the engine makes no call.
    unsafe { &mut *(*file.cast::<Log>()).tail }
}

/// Writes what waits.
///
/// # Safety
/// As of [`tail`].
unsafe fn flush(file: *mut sqlite3_file) -> c_int {
    // SAFETY: as the caller says; `put` does not look at the tail.
    unsafe { tail(file).flush(|bytes, offset| put(file, bytes, offset)) }
}

/// Calls a method of the file behind a log once nothing waits.
macro_rules! flush_and_pass {
    ($file:expr, $method:ident $(, $argument:expr)*) => {
        match flush($file) {
            ffi::SQLITE_OK => pass!($file, $method $(, $argument)*),
            code => code,
        }
    };
}

// The engine calls what follows with logs that `open` opened, on one thread at a time.

unsafe extern "C" fn close(file: *mut sqlite3_file) -> c_int {
    // SAFETY: the last call for this file. What still waits was never committed.
    unsafe {
        drop(Box::from_raw((*file.cast::<Log>()).tail));
        pass!(file, xClose)
    }
}

unsafe extern "C" fn read(
    file: *mut sqlite3_file,
    into: *mut c_void,
    length: c_int,
    offset: i64,
) -> c_int {
    // What waits is the file's end: what lies behind it, if anything, is of no use.
    let end = offset.saturating_add(i64::from(length));
    // SAFETY: the arguments are passed on.
    unsafe {
        if tail(file).begins_before(end) {
            flush_and_pass!(file, xRead, into, length, offset)
        } else {
            pass!(file, xRead, into, length, offset)
        }
    }
}

unsafe extern "C" fn write(
    file: *mut sqlite3_file,
    bytes: *const c_void,
    length: c_int,
    offset: i64,
) -> c_int {
    let Ok(length) = usize::try_from(length) else { return ffi::SQLITE_IOERR_WRITE };
    if bytes.is_null() {
        return ffi::SQLITE_IOERR_WRITE;
    }
    // SAFETY: the engine's bytes are as many as it says; `put` does not look at the tail.
    unsafe {
        let bytes = slice::from_raw_parts(bytes.cast::<u8>(), length);
        tail(file).write(bytes, offset, |bytes, offset| put(file, bytes, offset))
    }
}

unsafe extern "C" fn truncate(file: *mut sqlite3_file, size: i64) -> c_int {
    // SAFETY: the arguments are passed on.
    unsafe { flush_and_pass!(file, xTruncate, size) }
}

unsafe extern "C" fn sync(file: *mut sqlite3_file, flags: c_int) -> c_int {
    // SAFETY: the arguments are passed on.
    unsafe { flush_and_pass!(file, xSync, flags) }
}

unsafe extern "C" fn file_size(file: *mut sqlite3_file, size: *mut i64) -> c_int {
    // SAFETY: the arguments are passed on.
    unsafe { flush_and_pass!(file, xFileSize, size) }
}

unsafe extern "C" fn lock(file: *mut sqlite3_file, level: c_int) -> c_int {
    // SAFETY: the arguments are passed on.
    unsafe { pass!(file, xLock, level) }
}

unsafe extern "C" fn unlock(file: *mut sqlite3_file, level: c_int) -> c_int {
    // SAFETY: the arguments are passed on.
    unsafe { pass!(file, xUnlock, level) }
}

unsafe extern "C" fn check_reserved_lock(file: *mut sqlite3_file, is_taken: *mut c_int) -> c_int {
    // SAFETY: the arguments are passed on.
    unsafe { pass!(file, xCheckReservedLock, is_taken) }
}

unsafe extern "C" fn file_control(
    file: *mut sqlite3_file,
    what: c_int,
    argument: *mut c_void,
) -> c_int {
    // SAFETY: the arguments are passed on.
    unsafe { flush_and_pass!(file, xFileControl, what, argument) }
}

unsafe extern "C" fn sector_size(file: *mut sqlite3_file) -> c_int {
    // SAFETY: nothing is passed.
    unsafe { pass!(file, xSectorSize) }
}

unsafe extern "C" fn device_characteristics(file: *mut sqlite3_file) -> c_int {
    // SAFETY: nothing is passed.
    unsafe { pass!(file, xDeviceCharacteristics) }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use crate::engine::Connection;

    /// Calls that write, made by this thread.
    fn writes() -> Option<u64> {
        let text = std::fs::read_to_string("/proc/thread-self/io").ok()?;
        text.lines().find_map(|line| line.strip_prefix("syscw: ")?.parse().ok())
    }

    #[test]
    fn a_transaction_over_many_pages_is_one_call() {
        let folder = tempfile::tempdir().unwrap();
        let mut connection = Connection::open(&folder.path().join("file"), true).unwrap();
        let begin = "PRAGMA journal_mode = WAL; CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT); \
                     INSERT INTO t (b) VALUES ('x')";
        connection.control_all(begin).unwrap();
        let before = writes().unwrap();
        let insert = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9) \
                      INSERT INTO t (b) SELECT hex(zeroblob(1500)) FROM n";
        connection.control_all(insert).unwrap();
        assert_eq!(writes(), Some(before + 1));
    }
}
