//! A batch of statements, run on a connection.

use meridian_store::packed::{
    AnswerPacker, Malformed, StatementRef, Statements, pack_batch, unpack_answer,
};
use meridian_store::{DatabaseError, MAX_BYTES, MAX_ROWS, Rows, Statement};

use crate::engine::{Column, Connection, Next, Row, Trust};
use crate::failure;

/// Statements that belong together.
#[derive(Clone, Debug)]
pub(crate) struct Batch {
    /// All or nothing; else the first error ends it and what ran before stays.
    pub atomic: bool,
    pub statements: Statements,
    /// Whether the names of the columns are wanted too.
    pub name_columns: bool,
}

/// The answers to a batch.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answered {
    /// In the form of [`meridian_store::packed`].
    pub packed: Vec<u8>,
    /// Of each statement; empty where nobody asked.
    columns: Vec<Vec<Column>>,
}

/// What became of a batch.
pub(crate) type Answers = Result<Answered, DatabaseError>;

/// The answer to one statement.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answer {
    pub rows: Rows,
    /// Empty where nobody asked.
    pub columns: Vec<Column>,
}

impl Answered {
    /// Statement by statement.
    pub(crate) fn each(self) -> Result<Vec<Answer>, DatabaseError> {
        let mut columns = self.columns.into_iter();
        let answer = |rows| Answer { rows, columns: columns.next().unwrap_or_default() };
        Ok(unpack_answer(self.packed)?.into_iter().map(answer).collect())
    }
}

impl Batch {
    /// Of statements that were not packed yet, with the names of their columns or not.
    pub(crate) fn of(
        atomic: bool,
        statements: &[Statement],
        name_columns: bool,
    ) -> Result<Self, Malformed> {
        let statements = Statements::unpack(pack_batch(statements))?;
        Ok(Self { atomic, statements, name_columns })
    }

    /// Whether a failure in its midst leaves something to undo.
    pub(crate) fn needs_savepoint(&self) -> bool {
        self.atomic && (self.statements.len() > 1 || self.statements.iter().any(|s| s.want_rows))
    }

    /// Runs the statements in order, up to the first error. Transactions are the
    /// caller's business.
    pub(crate) fn run(&self, connection: &mut Connection) -> Answers {
        let mut bound = Bound::default();
        let mut collected = Collected::within(&mut bound);
        for (index, statement) in self.statements.iter().enumerate() {
            let ran = collected.run(connection, Trust::Batch, statement, self.name_columns);
            let affected = ran.map_err(|stop| match stop {
                Stop::TooLarge => DatabaseError::TooLarge,
                Stop::Failed(failure) => failure::of_statement(index, failure),
            })?;
            if statement.require_affected && affected == 0 {
                return Err(DatabaseError::Precondition(index));
            }
        }
        Ok(collected.finish())
    }
}

/// Why a statement has no answer.
#[derive(Debug)]
pub(crate) enum Stop {
    TooLarge,
    Failed(crate::engine::Failure),
}

/// Answers on their way.
#[derive(Debug)]
pub(crate) struct Collected<'a> {
    answers: AnswerPacker,
    columns: Vec<Vec<Column>>,
    bound: &'a mut Bound,
}

impl<'a> Collected<'a> {
    /// None yet.
    pub(crate) fn within(bound: &'a mut Bound) -> Self {
        Self { answers: AnswerPacker::default(), columns: Vec::new(), bound }
    }

    /// Runs one statement and collects its rows, within what is left of the bound.
    /// Answers how many rows it changed.
    pub(crate) fn run(
        &mut self,
        connection: &mut Connection,
        trust: Trust,
        statement: StatementRef<'_>,
        name_columns: bool,
    ) -> Result<u64, Stop> {
        let Self { answers, columns, bound } = self;
        let mut fits = true;
        let outcome = connection
            .run(trust, statement.sql, statement.arguments(), |row| {
                fits = !statement.want_rows || bound.take(row, answers);
                if fits { Next::Go } else { Next::Stop }
            })
            .map_err(Stop::Failed)?;
        if !fits {
            return Err(Stop::TooLarge);
        }
        if name_columns {
            columns.push(connection.columns(trust, statement.sql).map_err(Stop::Failed)?);
        }
        let width = if statement.want_rows { outcome.width } else { 0 };
        answers.end_statement(width, outcome.affected, outcome.last_insert_rowid);
        Ok(outcome.affected)
    }

    pub(crate) fn finish(self) -> Answered {
        Answered { packed: self.answers.finish(), columns: self.columns }
    }
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
    fn take(&mut self, row: &Row<'_>, answers: &mut AnswerPacker) -> bool {
        let Some(rows) = self.rows.checked_sub(1) else { return false };
        self.rows = rows;
        for index in 0..row.width() {
            let cell = row.cell(index);
            let Some(bytes) = self.bytes.checked_sub(cell.size()) else { return false };
            self.bytes = bytes;
            answers.push(cell);
        }
        true
    }
}
