//! Batches, packed.

use std::ops::Range;

use super::{CELL, Cell, Cells, Malformed, Reader, Span};
use crate::Statement;

const WANT_ROWS: u8 = 1;
const REQUIRE_AFFECTED: u8 = 2;

/// Bytes of a statement's head.
const HEAD: usize = 13;

/// The statements of a batch as one list of bytes.
pub fn pack_batch(statements: &[Statement]) -> Vec<u8> {
    let mut cells = Cells::default();
    let mut heads = Vec::with_capacity(statements.len() * HEAD);
    let content = |statement: &Statement| {
        let of_arguments = statement.arguments.iter().map(|one| Cell::from(one).size());
        statement.sql.len() + of_arguments.sum::<usize>()
    };
    cells.heap.reserve(statements.iter().map(content).sum());
    for Statement { sql, arguments, want_rows, require_affected } in statements {
        heads.extend_from_slice(&cells.store(sql.as_bytes()).bytes());
        let count = u32::try_from(arguments.len()).unwrap_or(u32::MAX);
        heads.extend_from_slice(&count.to_le_bytes());
        let wants = if *want_rows { WANT_ROWS } else { 0 };
        let requires = if *require_affected { REQUIRE_AFFECTED } else { 0 };
        heads.push(wants | requires);
        arguments.iter().for_each(|argument| cells.push(argument.into()));
    }
    cells.finish(statements.len(), &heads)
}

/// The statements of a batch, read where they lie.
#[derive(Clone, Debug, Default)]
pub struct Statements {
    bytes: Vec<u8>,
    marks: Vec<Mark>,
    heap: usize,
}

/// Where a statement lies.
#[derive(Clone, Debug)]
struct Mark {
    sql: Span,
    /// Of the buffer.
    cells: Range<usize>,
    want_rows: bool,
    require_affected: bool,
}

/// A statement of a batch.
#[derive(Clone, Copy, Debug)]
pub struct StatementRef<'a> {
    /// The text; `?1`, `?2`… are the arguments.
    pub sql: &'a str,
    slots: &'a [u8],
    heap: &'a [u8],
    /// Whether the rows are wanted.
    pub want_rows: bool,
    /// Whether a statement that changes no row fails the batch.
    pub require_affected: bool,
}

impl Statements {
    /// Reads what [`pack_batch`] wrote. All of it is checked here, texts included.
    pub fn unpack(bytes: Vec<u8>) -> Result<Self, Malformed> {
        let (mut reader, count) = Reader::open(&bytes, HEAD)?;
        let mut at = reader.at + count * HEAD;
        let mut marks = Vec::with_capacity(count);
        for _ in 0..count {
            let sql = Span::read(reader.array()?);
            let size = reader.number()?.checked_mul(CELL).ok_or(Malformed)?;
            let end = at.checked_add(size).ok_or(Malformed)?;
            let [flags] = reader.array()?;
            if flags & !(WANT_ROWS | REQUIRE_AFFECTED) != 0 {
                return Err(Malformed);
            }
            marks.push(Mark {
                sql,
                cells: at..end,
                want_rows: flags & WANT_ROWS != 0,
                require_affected: flags & REQUIRE_AFFECTED != 0,
            });
            at = end;
        }
        let statements = Self { bytes, marks, heap: at };
        statements.check()?;
        Ok(statements)
    }

    fn check(&self) -> Result<(), Malformed> {
        for mark in &self.marks {
            let statement = self.view(mark)?;
            for slot in statement.slots.chunks_exact(CELL) {
                if let Cell::Text(text) = Cell::read(slot, statement.heap)? {
                    std::str::from_utf8(text).map_err(|_| Malformed)?;
                }
            }
        }
        Ok(())
    }

    fn view(&self, mark: &Mark) -> Result<StatementRef<'_>, Malformed> {
        let heap = self.bytes.get(self.heap..).ok_or(Malformed)?;
        Ok(StatementRef {
            sql: std::str::from_utf8(mark.sql.of(heap)?).map_err(|_| Malformed)?,
            slots: self.bytes.get(mark.cells.clone()).ok_or(Malformed)?,
            heap,
            want_rows: mark.want_rows,
            require_affected: mark.require_affected,
        })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.marks.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    /// The statements, in order.
    pub fn iter(&self) -> impl Iterator<Item = StatementRef<'_>> {
        // Each was looked at when the batch was unpacked.
        self.marks.iter().filter_map(|mark| self.view(mark).ok())
    }

    /// The statements as values of their own.
    pub fn to_owned(&self) -> Vec<Statement> {
        let one = |statement: StatementRef<'_>| Statement {
            sql: statement.sql.to_owned().into(),
            arguments: statement.arguments().map(Cell::to_value).collect(),
            want_rows: statement.want_rows,
            require_affected: statement.require_affected,
        };
        self.iter().map(one).collect()
    }
}

impl<'a> StatementRef<'a> {
    /// The arguments, in order; texts are UTF-8.
    pub fn arguments(self) -> impl ExactSizeIterator<Item = Cell<'a>> {
        let Self { slots, heap, .. } = self;
        slots.chunks_exact(CELL).map(|slot| Cell::read(slot, heap).unwrap_or(Cell::Null))
    }
}
