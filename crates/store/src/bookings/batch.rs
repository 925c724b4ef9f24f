//! Batches whose refusals say which of their steps refused.

use crate::{ConstraintKind, Database, DatabaseError, Rows, Scope, Statement};

/// Statements, each with the step it is part of.
#[derive(Debug)]
pub(super) struct Batch<S> {
    statements: Vec<Statement>,
    steps: Vec<S>,
}

/// How a batch ended.
#[derive(Debug)]
pub(super) enum Ended<S> {
    /// All of it happened: the answers, each with its step.
    Done(Vec<(S, Rows)>),
    /// Nothing of it happened, because of that step.
    Refused(S, Cause),
}

/// Why a step was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// Its condition did not hold.
    Condition,
    /// The schema did: a trigger or a check.
    SecondNet,
    /// Something it refers to is gone, or is there already.
    Reference,
}

impl<S: Copy> Batch<S> {
    pub(super) const fn new() -> Self {
        Self { statements: Vec::new(), steps: Vec::new() }
    }

    pub(super) fn push(&mut self, step: S, statement: Statement) {
        self.statements.push(statement);
        self.steps.push(step);
    }

    /// Runs it, all or nothing.
    pub(super) async fn write<D: Database>(
        self,
        scope: &Scope<'_, D>,
    ) -> Result<Ended<S>, DatabaseError> {
        let Self { statements, steps } = self;
        let (index, cause) = match scope.write(statements).await {
            Ok(answers) => return Ok(Ended::Done(steps.into_iter().zip(answers).collect())),
            Err(DatabaseError::Precondition(index)) => (index, Cause::Condition),
            Err(DatabaseError::Constraint { statement, kind, column }) => match kind {
                ConstraintKind::Check | ConstraintKind::Other => (statement, Cause::SecondNet),
                ConstraintKind::Unique | ConstraintKind::ForeignKey => {
                    (statement, Cause::Reference)
                }
                ConstraintKind::NotNull => {
                    return Err(DatabaseError::Constraint { statement, kind, column });
                }
            },
            Err(error) => return Err(error),
        };
        let missing = || DatabaseError::Failed(format!("statement {index} is not of the batch"));
        steps.get(index).map(|step| Ended::Refused(*step, cause)).ok_or_else(missing)
    }
}
