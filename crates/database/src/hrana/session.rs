//! A pipeline with the writer to itself: transactions, scripts, any condition.

use libsql_hrana::proto::{self, BatchCond, StreamRequest, StreamResponse, StreamResult};
use meridian_store::packed::{Statements, pack_batch};
use meridian_store::{Statement, Value};

use super::convert;
use crate::batch::{Answer, Bound, Collected, Stop};
use crate::engine::{Connection, Description, Trust};

/// Runs the requests in order; each has its own result.
pub(crate) fn run(connection: &mut Connection, requests: Vec<StreamRequest>) -> Vec<StreamResult> {
    let mut bound = Bound::default();
    requests
        .into_iter()
        .map(|request| match run_one(connection, request, &mut bound) {
            Ok(response) => StreamResult::Ok { response },
            Err(error) => StreamResult::Error { error },
        })
        .collect()
}

fn run_one(
    connection: &mut Connection,
    request: StreamRequest,
    bound: &mut Bound,
) -> Result<StreamResponse, proto::Error> {
    Ok(match request {
        StreamRequest::None | StreamRequest::Close(_) => {
            StreamResponse::Close(proto::CloseStreamResp {})
        }
        StreamRequest::StoreSql(_) => StreamResponse::StoreSql(proto::StoreSqlStreamResp {}),
        StreamRequest::CloseSql(_) => StreamResponse::CloseSql(proto::CloseSqlStreamResp {}),
        StreamRequest::GetAutocommit(_) => {
            let is_autocommit = connection.is_autocommit();
            StreamResponse::GetAutocommit(proto::GetAutocommitStreamResp { is_autocommit })
        }
        StreamRequest::Execute(it) => {
            let answer = execute(connection, it.stmt, bound)?;
            let result = convert::result_out(answer);
            StreamResponse::Execute(proto::ExecuteStreamResp { result })
        }
        StreamRequest::Batch(it) => {
            let result = batch(connection, it.batch.steps, bound);
            StreamResponse::Batch(proto::BatchStreamResp { result })
        }
        StreamRequest::Sequence(it) => {
            let script = it.sql.ok_or_else(no_text)?;
            let ran = connection.script(Trust::Session, &script);
            ran.map_err(|failure| convert::failure_out(&failure))?;
            StreamResponse::Sequence(proto::SequenceStreamResp {})
        }
        StreamRequest::Describe(it) => {
            let text = it.sql.ok_or_else(no_text)?;
            let described = connection.describe(Trust::Session, &text);
            let described = described.map_err(|failure| convert::failure_out(&failure))?;
            let result = description_out(described);
            StreamResponse::Describe(proto::DescribeStreamResp { result })
        }
    })
}

fn no_text() -> proto::Error {
    convert::error("SQL_NO_STATEMENT", "there is no text, and none stored under that number")
}

fn execute(
    connection: &mut Connection,
    stmt: proto::Stmt,
    bound: &mut Bound,
) -> Result<Answer, proto::Error> {
    let sql = stmt.sql.ok_or_else(no_text)?;
    let mut arguments: Vec<Value> = stmt.args.into_iter().map(convert::value_in).collect();
    if !stmt.named_args.is_empty() {
        let described = connection.describe(Trust::Session, &sql);
        let described = described.map_err(|failure| convert::failure_out(&failure))?;
        bind_named(&described, stmt.named_args, &mut arguments);
    }
    let statement = Statement {
        sql: sql.into(),
        arguments,
        want_rows: stmt.want_rows.unwrap_or(true),
        require_affected: false,
    };
    let ran = run_alone(connection, &statement, bound);
    ran.map_err(convert::stop_out)?.ok_or_else(|| convert::error("SQLITE_ERROR", "too long"))
}

/// `None`: it has no packed form.
fn run_alone(
    connection: &mut Connection,
    statement: &Statement,
    bound: &mut Bound,
) -> Result<Option<Answer>, Stop> {
    let packed = Statements::unpack(pack_batch(std::slice::from_ref(statement)));
    let Ok(statements) = packed else { return Ok(None) };
    let mut collected = Collected::within(bound);
    for statement in statements.iter() {
        collected.run(connection, Trust::Session, statement, true)?;
    }
    Ok(collected.finish().each().ok().and_then(|mut answers| answers.pop()))
}

/// Puts named arguments where the statement names them; the sign before a name may
/// be left out.
fn bind_named(described: &Description, named: Vec<proto::NamedArg>, arguments: &mut Vec<Value>) {
    arguments.resize(described.parameters.len().max(arguments.len()), Value::Null);
    for argument in named {
        let is_it = |name: &Option<String>| {
            let name = name.as_deref().unwrap_or_default();
            name == argument.name || name.get(1..) == Some(argument.name.as_str())
        };
        let place = described.parameters.iter().position(is_it);
        if let Some(slot) = place.and_then(|place| arguments.get_mut(place)) {
            *slot = convert::value_in(argument.value);
        }
    }
}

fn batch(
    connection: &mut Connection,
    steps: Vec<proto::BatchStep>,
    bound: &mut Bound,
) -> proto::BatchResult {
    let mut result = proto::BatchResult::default();
    for step in steps {
        let condition = step.condition.as_ref();
        let runs = condition.is_none_or(|condition| holds(condition, connection, &result));
        let outcome = runs.then(|| execute(connection, step.stmt, bound));
        let (answer, error) = match outcome {
            None => (None, None),
            Some(Ok(answer)) => (Some(convert::result_out(answer)), None),
            Some(Err(error)) => (None, Some(error)),
        };
        result.step_results.push(answer);
        result.step_errors.push(error);
    }
    result
}

fn holds(condition: &BatchCond, connection: &Connection, so_far: &proto::BatchResult) -> bool {
    fn there<T>(list: &[Option<T>], step: u32) -> bool {
        usize::try_from(step).ok().and_then(|step| list.get(step)).is_some_and(Option::is_some)
    }
    match condition {
        BatchCond::None => true,
        BatchCond::Ok { step } => there(&so_far.step_results, *step),
        BatchCond::Error { step } => there(&so_far.step_errors, *step),
        BatchCond::Not { cond } => !holds(cond, connection, so_far),
        BatchCond::And(list) => list.conds.iter().all(|one| holds(one, connection, so_far)),
        BatchCond::Or(list) => list.conds.iter().any(|one| holds(one, connection, so_far)),
        BatchCond::IsAutocommit {} => connection.is_autocommit(),
    }
}

fn description_out(described: Description) -> proto::DescribeResult {
    let parameter = |name| proto::DescribeParam { name };
    let columns = described
        .columns
        .into_iter()
        .map(|column| proto::DescribeCol { name: column.name, decltype: column.declared_type });
    proto::DescribeResult {
        params: described.parameters.into_iter().map(parameter).collect(),
        cols: columns.collect(),
        is_explain: described.is_explain,
        is_readonly: described.is_readonly,
    }
}
