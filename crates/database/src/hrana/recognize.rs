//! Telling a batch that can share a commit from one that needs the writer alone.

use std::borrow::Cow;

use libsql_hrana::proto;
use meridian_hrana_client::GUARD;
use meridian_store::Statement;

use super::convert;
use crate::batch::Batch;
use crate::sql;

/// A Hrana batch in the form the component `libsql` sends.
#[derive(Debug)]
pub(crate) struct Recognized {
    pub batch: Batch,
    /// What every step is.
    pub steps: Vec<StepRole>,
}

/// What a step of the Hrana batch is to the batch that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StepRole {
    /// Has no answer of its own when all goes well: BEGIN, COMMIT, a guard.
    Plain,
    Statement(usize),
    /// Fails where the statement of that index changed nothing.
    Guard(usize),
    /// Does not run when all goes well.
    Rollback,
}

/// The batch, where all its steps have the expected conditions: BEGIN IMMEDIATE,
/// statements and their guards, COMMIT, ROLLBACK; or statements that only read; or
/// one statement.
pub(crate) fn recognize(steps: &[proto::BatchStep]) -> Option<Recognized> {
    let text = |step: &proto::BatchStep| step.stmt.sql.clone().unwrap_or_default();
    let (body, atomic) = match steps {
        [begin, body @ .., commit, rollback]
            if text(begin) == "BEGIN IMMEDIATE"
                && text(commit) == "COMMIT"
                && text(rollback) == "ROLLBACK"
                && undoes(rollback.condition.as_ref(), steps.len() - 2) =>
        {
            (body, true)
        }
        _ => (steps, false),
    };
    let chained = if atomic { steps.get(..steps.len() - 1)? } else { steps };
    if !chained.iter().enumerate().all(|(index, step)| follows(step.condition.as_ref(), index)) {
        return None;
    }
    let mut roles = Vec::with_capacity(steps.len());
    roles.extend(atomic.then_some(StepRole::Plain));
    let mut statements: Vec<Statement> = Vec::with_capacity(body.len());
    for step in body {
        match statements.last_mut() {
            Some(guarded) if step.stmt.sql.as_deref() == Some(GUARD) => {
                guarded.require_affected = true;
                roles.push(StepRole::Guard(statements.len() - 1));
            }
            _ => {
                roles.push(StepRole::Statement(statements.len()));
                statements.push(statement(&step.stmt)?);
            }
        }
    }
    if atomic {
        roles.extend([StepRole::Plain, StepRole::Rollback]);
    }
    let shares = atomic || statements.len() == 1 || only_reads(&statements);
    if !shares {
        return None;
    }
    let batch = Batch::of(atomic, &statements, true).ok()?;
    Some(Recognized { batch, steps: roles })
}

/// A statement that is no part of a transaction of its own. `None` where it must
/// be looked at with a connection at hand.
pub(crate) fn statement(stmt: &proto::Stmt) -> Option<Statement> {
    let sql = stmt.sql.clone()?;
    if !stmt.named_args.is_empty() || !stands_alone(&sql) {
        return None;
    }
    Some(Statement {
        sql: Cow::Owned(sql),
        arguments: stmt.args.iter().cloned().map(convert::value_in).collect(),
        want_rows: stmt.want_rows.unwrap_or(true),
        require_affected: false,
    })
}

fn only_reads(statements: &[Statement]) -> bool {
    statements.iter().all(|statement| sql::is_select(&statement.sql))
}

/// Whether a statement means the same inside a transaction of ours.
fn stands_alone(text: &str) -> bool {
    let word = sql::first_word(text);
    ["select", "insert", "update", "delete", "replace", "with", "create", "alter", "drop"]
        .iter()
        .any(|verb| word.eq_ignore_ascii_case(verb))
}

/// Whether a step runs exactly if the one before it went well.
fn follows(condition: Option<&proto::BatchCond>, index: usize) -> bool {
    match (condition, index.checked_sub(1)) {
        (None, None) => true,
        (Some(proto::BatchCond::Ok { step }), Some(before)) => *step as usize == before,
        _ => false,
    }
}

/// Whether a step runs exactly if the transaction began and was not committed.
fn undoes(condition: Option<&proto::BatchCond>, commit: usize) -> bool {
    let Some(proto::BatchCond::And(both)) = condition else { return false };
    let [proto::BatchCond::Ok { step: 0 }, proto::BatchCond::Not { cond }] = both.conds.as_slice()
    else {
        return false;
    };
    matches!(cond.as_ref(), proto::BatchCond::Ok { step } if *step as usize == commit)
}

#[cfg(test)]
mod tests {
    use meridian_hrana_client::Encoded;
    use meridian_store::arguments;

    use super::*;

    /// The steps of a batch as the component `libsql` sends it.
    fn steps(atomic: bool, statements: &[Statement]) -> Vec<proto::BatchStep> {
        let encoded = Encoded::new(atomic, statements).unwrap();
        let request: proto::PipelineReqBody = serde_json::from_slice(&encoded.body).unwrap();
        match request.requests.into_iter().next() {
            Some(proto::StreamRequest::Batch(it)) => it.batch.steps,
            other => panic!("{other:?}"),
        }
    }

    fn insert() -> Statement {
        Statement::command("INSERT INTO t VALUES (?1)", arguments![1_i64])
    }

    #[test]
    fn what_the_component_sends_comes_out_as_it_went_in() {
        let query = || Statement::query("SELECT ?1", arguments!["x"]);
        let batches = [
            (true, vec![insert().must_affect(), insert(), query()]),
            (true, vec![insert().must_affect()]),
            (false, vec![query(), query()]),
            (false, vec![insert().must_affect()]),
        ];
        for (atomic, statements) in batches {
            let recognized = recognize(&steps(atomic, &statements)).unwrap();
            assert_eq!(recognized.batch.atomic, atomic);
            assert_eq!(recognized.batch.statements.to_owned(), statements);
            assert_eq!(recognized.steps.len(), steps(atomic, &statements).len());
        }
    }

    #[test]
    fn other_conditions_need_the_writer_alone() {
        let sent = || steps(true, &[insert(), insert()]);
        assert!(recognize(&sent()).is_some());
        let spoil: [fn(&mut Vec<proto::BatchStep>); 5] = [
            |steps| steps[2].condition = None,
            |steps| steps[2].condition = Some(proto::BatchCond::Error { step: 1 }),
            |steps| steps[4].condition = Some(proto::BatchCond::Ok { step: 3 }),
            |steps| steps[0].stmt.sql = Some("BEGIN".to_owned()),
            |steps| steps[1].stmt.sql = Some("COMMIT".to_owned()),
        ];
        for (index, spoil) in spoil.iter().enumerate() {
            let mut steps = sent();
            spoil(&mut steps);
            assert!(recognize(&steps).is_none(), "{index}");
        }
    }

    #[test]
    fn writes_that_are_not_one_transaction_are_not_made_one() {
        assert!(recognize(&steps(false, &[insert(), insert()])).is_none());
    }
}
