//! Answers, packed.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use super::{CELL, Cell, Cells, Malformed, Reader};
use crate::{Row, Value};

/// Bytes of the head of one statement's rows.
const HEAD: usize = 24;

/// The answers to a batch, on their way into one list of bytes.
#[derive(Debug, Default)]
pub struct AnswerPacker {
    heads: Vec<u8>,
    count: usize,
    cells: Cells,
    /// Cells of statements that are done.
    done: usize,
}

impl AnswerPacker {
    /// The next cell of the statement under way.
    pub fn push(&mut self, cell: Cell<'_>) {
        self.cells.push(cell);
    }

    /// The statement under way has no more rows.
    pub fn end_statement(&mut self, width: usize, affected: u64, last_insert_rowid: i64) {
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes();
        let cells = self.cells.count();
        self.heads.extend_from_slice(&number(width));
        self.heads.extend_from_slice(&number(cells - self.done));
        self.heads.extend_from_slice(&affected.to_le_bytes());
        self.heads.extend_from_slice(&last_insert_rowid.to_le_bytes());
        self.count += 1;
        self.done = cells;
    }

    /// The answer.
    pub fn finish(self) -> Vec<u8> {
        self.cells.finish(self.count, &self.heads)
    }
}

/// The answer to one statement: rows in the order they came, read where they lie.
#[derive(Clone, Default)]
pub struct Rows {
    bytes: Arc<Vec<u8>>,
    /// The cells, within the buffer.
    cells: Range<usize>,
    /// Where the heap begins.
    heap: usize,
    width: usize,
    /// Rows changed.
    pub affected: u64,
    /// The rowid of the last insert of this connection.
    pub last_insert_rowid: i64,
}

/// Reads what an [`AnswerPacker`] wrote: the rows of each statement.
pub fn unpack_answer(bytes: Vec<u8>) -> Result<Vec<Rows>, Malformed> {
    let bytes = Arc::new(bytes);
    let (mut reader, count) = Reader::open(&bytes, HEAD)?;
    let mut at = reader.at + count * HEAD;
    let mut answers = Vec::with_capacity(count);
    for _ in 0..count {
        let (width, cells) = (reader.number()?, reader.number()?);
        let fits = cells == 0 || cells.checked_rem(width) == Some(0);
        if !fits || width.checked_mul(CELL).is_none() {
            return Err(Malformed);
        }
        let end = cells.checked_mul(CELL).and_then(|size| at.checked_add(size)).ok_or(Malformed)?;
        answers.push(Rows {
            bytes: Arc::clone(&bytes),
            cells: at..end,
            heap: 0,
            width,
            affected: u64::from_le_bytes(reader.array()?),
            last_insert_rowid: i64::from_le_bytes(reader.array()?),
        });
        at = end;
    }
    if at > bytes.len() {
        return Err(Malformed);
    }
    answers.iter_mut().for_each(|rows| rows.heap = at);
    Ok(answers)
}

impl Rows {
    /// Rows of these cells, row by row: what tests and other protocols make.
    pub fn of(width: usize, cells: &[Value]) -> Self {
        let mut packer = AnswerPacker::default();
        cells.iter().for_each(|cell| packer.push(cell.into()));
        packer.end_statement(width, 0, 0);
        let unpacked = unpack_answer(packer.finish());
        unpacked.ok().and_then(|mut answers| answers.pop()).unwrap_or_default()
    }

    /// Cells per row.
    pub fn width(&self) -> usize {
        self.width
    }

    fn slots(&self) -> &[u8] {
        self.bytes.get(self.cells.clone()).unwrap_or_default()
    }

    fn heap(&self) -> &[u8] {
        self.bytes.get(self.heap..).unwrap_or_default()
    }

    /// The rows, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Row<'_>> {
        let heap = self.heap();
        let row = move |slots| Row { slots, heap };
        self.slots().chunks_exact(self.width.max(1) * CELL).map(row)
    }

    /// All cells, row by row. Text that is not UTF-8 is converted lossily; what is no
    /// cell at all is NULL.
    pub fn values(&self) -> impl Iterator<Item = Value> {
        let heap = self.heap();
        let slots = self.slots().chunks_exact(CELL);
        slots.map(move |slot| Cell::read(slot, heap).map_or(Value::Null, Cell::to_value))
    }
}

impl<'a> Row<'a> {
    /// The cell of a column; NULL beyond the last one.
    pub(crate) fn cell(self, column: usize) -> Result<Cell<'a>, Malformed> {
        let start = column * CELL;
        match self.slots.get(start..start + CELL) {
            Some(slot) => Cell::read(slot, self.heap),
            None => Ok(Cell::Null),
        }
    }
}

impl PartialEq for Rows {
    fn eq(&self, other: &Self) -> bool {
        let head = |rows: &Self| (rows.width, rows.affected, rows.last_insert_rowid);
        head(self) == head(other) && self.values().eq(other.values())
    }
}

impl fmt::Debug for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows")
            .field("width", &self.width)
            .field("cells", &self.values().collect::<Vec<_>>())
            .field("affected", &self.affected)
            .field("last_insert_rowid", &self.last_insert_rowid)
            .finish()
    }
}
