//! The form in which batches and their answers cross the database seam: one list of
//! bytes each way, because a list of cells would be lowered, lifted and allocated
//! cell by cell, for more than most of them are worth.
//!
//! Version 1, all numbers little-endian and without gaps:
//!
//! ```text
//! batch     = version:u8  count:u32  statement{count}  cell*  heap
//! statement = sql:span  arguments:u32  flags:u8     flags: 1 want-rows, 2 require-affected
//! answer    = version:u8  count:u32  rows{count}  cell*  heap
//! rows      = width:u32  cells:u32  affected:u64  last-insert-rowid:s64
//! cell      = tag:u8  content: 8 bytes
//!             tags: 0 null, 1 integer s64, 2 real f64, 3 text span, 4 blob span
//! span      = start:u32  length:u32                 of the heap, in bytes
//! heap      = the rest
//! ```
//!
//! Cells stand in the order of their statements, row by row. All are of one size, so
//! any column of a row is found at once; nothing is copied until a mapper wants to
//! keep it. Texts are UTF-8 by promise only: whoever reads one checks.
//!
//! These bytes come from another component: nothing here trusts them.

mod answer;
mod batch;
#[cfg(test)]
mod tests;

use std::fmt;

pub use answer::{AnswerPacker, Rows, unpack_answer};
pub use batch::{StatementRef, Statements, pack_batch};

use crate::Value;

/// The only form there is so far.
const VERSION: u8 = 1;

/// Bytes before the first statement or rows: version and count.
const PREAMBLE: usize = 5;

/// Bytes of a cell.
const CELL: usize = 9;

const NULL: u8 = 0;
const INTEGER: u8 = 1;
const REAL: u8 = 2;
const TEXT: u8 = 3;
const BLOB: u8 = 4;

/// Bytes that are not in the form of this module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("what came over the database seam is not in the packed form")
    }
}

impl std::error::Error for Malformed {}

impl From<Malformed> for crate::DatabaseError {
    fn from(malformed: Malformed) -> Self {
        Self::Failed(malformed.to_string())
    }
}

/// A value where it lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell<'a> {
    /// SQL NULL.
    Null,
    /// A 64-bit integer.
    Integer(i64),
    /// A double.
    Real(f64),
    /// Text, not yet known to be UTF-8.
    Text(&'a [u8]),
    /// Bytes.
    Blob(&'a [u8]),
}

impl<'a> Cell<'a> {
    /// The value as it is stored elsewhere. Text that is not UTF-8 is converted lossily.
    pub fn to_value(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Integer(number) => Value::Integer(number),
            Self::Real(number) => Value::Real(number),
            Self::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
            Self::Blob(bytes) => Value::Blob(bytes.to_vec()),
        }
    }

    /// What it counts towards [`crate::MAX_BYTES`]: its content, and 16 for itself.
    pub fn size(self) -> usize {
        let content = match self {
            Self::Text(bytes) | Self::Blob(bytes) => bytes.len(),
            Self::Null | Self::Integer(_) | Self::Real(_) => 0,
        };
        content.saturating_add(16)
    }

    /// The cell in `slot`, whose content may lie in the heap.
    fn read(slot: &[u8], heap: &'a [u8]) -> Result<Self, Malformed> {
        let (tag, content) = slot.split_first().ok_or(Malformed)?;
        let content: [u8; CELL - 1] = content.try_into().map_err(|_| Malformed)?;
        match *tag {
            NULL => Ok(Self::Null),
            INTEGER => Ok(Self::Integer(i64::from_le_bytes(content))),
            REAL => Ok(Self::Real(f64::from_le_bytes(content))),
            TEXT => Span::read(content).of(heap).map(Self::Text),
            BLOB => Span::read(content).of(heap).map(Self::Blob),
            _ => Err(Malformed),
        }
    }
}

impl<'a> From<&'a Value> for Cell<'a> {
    fn from(value: &'a Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Integer(number) => Self::Integer(*number),
            Value::Real(number) => Self::Real(*number),
            Value::Text(text) => Self::Text(text.as_bytes()),
            Value::Blob(bytes) => Self::Blob(bytes),
        }
    }
}

/// A part of the heap.
#[derive(Clone, Copy, Debug, Default)]
struct Span {
    start: u32,
    length: u32,
}

impl Span {
    /// Both numbers in eight bytes, the start first.
    fn read(bytes: [u8; 8]) -> Self {
        let both = u64::from_le_bytes(bytes);
        #[allow(clippy::cast_possible_truncation, reason = "the low half is the start")]
        let start = both as u32;
        Self { start, length: (both >> 32) as u32 }
    }

    fn bytes(self) -> [u8; 8] {
        (u64::from(self.start) | u64::from(self.length) << 32).to_le_bytes()
    }

    fn of(self, heap: &[u8]) -> Result<&[u8], Malformed> {
        let start = self.start as usize;
        let end = start.checked_add(self.length as usize).ok_or(Malformed)?;
        heap.get(start..end).ok_or(Malformed)
    }
}

/// Cells, and what does not fit into them, on their way into a buffer.
#[derive(Debug, Default)]
struct Cells {
    slots: Vec<u8>,
    heap: Vec<u8>,
}

impl Cells {
    fn push(&mut self, cell: Cell<'_>) {
        let (tag, content) = match cell {
            Cell::Null => (NULL, [0; 8]),
            Cell::Integer(number) => (INTEGER, number.to_le_bytes()),
            Cell::Real(number) => (REAL, number.to_le_bytes()),
            Cell::Text(text) => (TEXT, self.store(text).bytes()),
            Cell::Blob(bytes) => (BLOB, self.store(bytes).bytes()),
        };
        let [a, b, c, d, e, f, g, h] = content;
        self.slots.extend_from_slice(&[tag, a, b, c, d, e, f, g, h]);
    }

    /// Beyond 4 GiB, which nothing reaches, the span is one that no reader accepts.
    fn store(&mut self, bytes: &[u8]) -> Span {
        let number = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        let span = Span { start: number(self.heap.len()), length: number(bytes.len()) };
        self.heap.extend_from_slice(bytes);
        span
    }

    fn count(&self) -> usize {
        self.slots.len() / CELL
    }

    /// The buffer: preamble, heads, cells, heap.
    fn finish(self, count: usize, heads: &[u8]) -> Vec<u8> {
        let Self { slots, heap } = self;
        let mut bytes = Vec::with_capacity(PREAMBLE + heads.len() + slots.len() + heap.len());
        bytes.push(VERSION);
        bytes.extend_from_slice(&u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes());
        bytes.extend_from_slice(heads);
        bytes.extend_from_slice(&slots);
        bytes.extend_from_slice(&heap);
        bytes
    }
}

/// A buffer that is read from its beginning.
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// Past the preamble, and how many heads of `size` bytes follow it. As many are
    /// there: whoever makes room for them is not made a fool of.
    fn open(bytes: &'a [u8], size: usize) -> Result<(Self, usize), Malformed> {
        let mut reader = Self { bytes, at: 0 };
        if reader.array::<1>()? != [VERSION] {
            return Err(Malformed);
        }
        let count = reader.number()?;
        let heads = count.checked_mul(size).ok_or(Malformed)?;
        if bytes.len().saturating_sub(reader.at) < heads {
            return Err(Malformed);
        }
        Ok((reader, count))
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let end = self.at.checked_add(N).ok_or(Malformed)?;
        let bytes = self.bytes.get(self.at..end).ok_or(Malformed)?;
        self.at = end;
        bytes.try_into().map_err(|_| Malformed)
    }

    fn number(&mut self) -> Result<usize, Malformed> {
        usize::try_from(u32::from_le_bytes(self.array()?)).map_err(|_| Malformed)
    }
}
