//! A batch of statements, run on a connection.

use meridian_store::{DatabaseError, MAX_BYTES, MAX_ROWS, Rows, Statement, Value};

use crate::engine::{Column, Connection, Next, Row, Trust};
use crate::failure;

/// Statements that belong together.
#[derive(Clone, Debug)]
pub(crate) struct Batch {
    /// All or nothing; else the first error ends it and what ran before stays.
    pub atomic: bool,
    pub statements: Vec<Statement>,
    /// Whether the names of the columns are wanted too.
    pub name_columns: bool,
}

/// The answer to one statement.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answer {
    pub rows: Rows,
    /// Empty where nobody asked.
    pub columns: Vec<Column>,
}

/// The answers to a batch.
pub(crate) type Answers = Result<Vec<Answer>, DatabaseError>;

impl Batch {
    /// Whether a failure in its midst leaves something to undo.
    pub(crate) fn needs_savepoint(&self) -> bool {
        self.atomic && (self.statements.len() > 1 || self.statements.iter().any(|s| s.want_rows))
    }

    /// Runs the statements in order, up to the first error. Transactions are the
    /// caller's business.
    pub(crate) fn run(&self, connection: &mut Connection) -> Answers {
        let mut bound = Bound::default();
        let one = |(index, statement)| self.run_one(connection, index, statement, &mut bound);
        self.statements.iter().enumerate().map(one).collect()
    }

    fn run_one(
        &self,
        connection: &mut Connection,
        index: usize,
        statement: &Statement,
        bound: &mut Bound,
    ) -> Result<Answer, DatabaseError> {
        let answer = run_statement(connection, Trust::Batch, statement, self.name_columns, bound)
            .map_err(|stop| match stop {
            Stop::TooLarge => DatabaseError::TooLarge,
            Stop::Failed(failure) => failure::of_statement(index, failure),
        })?;
        if statement.require_affected && answer.rows.affected == 0 {
            return Err(DatabaseError::Precondition(index));
        }
        Ok(answer)
    }
}

/// Why a statement has no answer.
#[derive(Debug)]
pub(crate) enum Stop {
    TooLarge,
    Failed(crate::engine::Failure),
}

/// Runs one statement and collects its rows, within what is left of the bound.
pub(crate) fn run_statement(
    connection: &mut Connection,
    trust: Trust,
    statement: &Statement,
    name_columns: bool,
    bound: &mut Bound,
) -> Result<Answer, Stop> {
    let mut cells = Vec::new();
    let mut fits = true;
    let outcome = connection
        .run(trust, &statement.sql, &statement.arguments, |row| {
            fits = !statement.want_rows || bound.take(row, &mut cells);
            if fits { Next::Go } else { Next::Stop }
        })
        .map_err(Stop::Failed)?;
    if !fits {
        return Err(Stop::TooLarge);
    }
    let columns = match name_columns {
        true => connection.columns(trust, &statement.sql).map_err(Stop::Failed)?,
        false => Vec::new(),
    };
    let rows = Rows {
        width: if statement.want_rows { outcome.width } else { 0 },
        cells,
        affected: outcome.affected,
        last_insert_rowid: outcome.last_insert_rowid,
    };
    Ok(Answer { rows, columns })
}

/// What a batch may still answer.
#[derive(Debug)]
pub(crate) struct Bound {
    rows: usize,
    bytes: usize,
}

impl Default for Bound {
    fn default() -> Self {
        Self { rows: MAX_ROWS, bytes: MAX_BYTES }
    }
}

impl Bound {
    /// Copies a row; `false` where it would go beyond the bound.
    fn take(&mut self, row: &Row<'_>, cells: &mut Vec<Value>) -> bool {
        let Some(rows) = self.rows.checked_sub(1) else { return false };
        self.rows = rows;
        for index in 0..row.width() {
            let cell = row.cell(index);
            let Some(bytes) = self.bytes.checked_sub(cell.size()) else { return false };
            self.bytes = bytes;
            cells.push(cell);
        }
        true
    }
}
