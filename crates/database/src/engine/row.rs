//! What stands in a row of the engine.

use std::ffi::{CStr, c_char, c_int};
use std::ptr::NonNull;

use libsql::ffi;
use meridian_store::packed::Cell;

use super::{Column, Run};

/// The row a run stands on.
pub(crate) struct Row<'a> {
    pub(super) statement: NonNull<ffi::sqlite3_stmt>,
    /// Keeps the row from outliving its run.
    #[allow(dead_code, reason = "held for its lifetime")]
    pub(super) run: &'a Run,
}

impl Row<'_> {
    /// Cells of this row.
    pub(crate) fn width(&self) -> usize {
        // SAFETY: the statement stands on a row.
        usize::try_from(unsafe { ffi::sqlite3_column_count(self.statement.as_ptr()) }).unwrap_or(0)
    }

    /// A cell, where the engine keeps it until the run goes on.
    pub(crate) fn cell(&self, index: usize) -> Cell<'_> {
        let raw = self.statement.as_ptr();
        let Ok(index) = c_int::try_from(index) else { return Cell::Null };
        // SAFETY: the statement stands on a row; an index out of range gives NULL; the
        // value is looked at on the thread that runs the statement; texts and bytes stay
        // where they are until the next step, which needs the run this row borrows: their
        // types are asked for as they are, so that nothing is converted. The column is
        // looked up once: the engine checks the statement at every look.
        unsafe {
            let value = ffi::sqlite3_column_value(raw, index);
            match ffi::sqlite3_value_type(value) {
                ffi::SQLITE_INTEGER => Cell::Integer(ffi::sqlite3_value_int64(value)),
                ffi::SQLITE_FLOAT => Cell::Real(ffi::sqlite3_value_double(value)),
                ffi::SQLITE_TEXT => {
                    let start = ffi::sqlite3_value_text(value);
                    Cell::Text(bytes(start, ffi::sqlite3_value_bytes(value)))
                }
                ffi::SQLITE_BLOB => {
                    let start = ffi::sqlite3_value_blob(value).cast::<u8>();
                    Cell::Blob(bytes(start, ffi::sqlite3_value_bytes(value)))
                }
                _ => Cell::Null,
            }
        }
    }
}

/// # Safety
/// `start` is valid for `length` bytes for as long as the slice is used, or null.
unsafe fn bytes<'a>(start: *const u8, length: c_int) -> &'a [u8] {
    match usize::try_from(length) {
        // SAFETY: the caller's promise.
        Ok(length) if !start.is_null() => unsafe { std::slice::from_raw_parts(start, length) },
        _ => &[],
    }
}

/// # Safety
/// `start` is null or ends in a zero byte.
pub(super) unsafe fn text(start: *const c_char) -> Option<String> {
    // SAFETY: the caller's promise.
    (!start.is_null()).then(|| unsafe { CStr::from_ptr(start) }.to_string_lossy().into_owned())
}

pub(super) fn columns(statement: NonNull<ffi::sqlite3_stmt>) -> Vec<Column> {
    let raw = statement.as_ptr();
    // SAFETY: the statement is alive; the names are copied at once.
    unsafe {
        (0..ffi::sqlite3_column_count(raw))
            .map(|index| Column {
                name: text(ffi::sqlite3_column_name(raw, index)).unwrap_or_default(),
                declared_type: text(ffi::sqlite3_column_decltype(raw, index)),
            })
            .collect()
    }
}
