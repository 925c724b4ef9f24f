//! The requests of one pipeline, run and answered.

use std::collections::HashMap;

use libsql_hrana::proto::{self, StreamRequest, StreamResponse, StreamResult};
use meridian_store::{Access, DatabaseError};

use super::recognize::{Recognized, StepRole, recognize, statement};
use super::{convert, session};
use crate::Databases;
use crate::batch::{Answer, Answered, Batch};

/// What a request comes to.
enum Plan {
    /// Answered without a database.
    Known(StreamResponse),
    Execute(Batch),
    Batch(Recognized),
}

/// Runs the requests in order. An error of one is part of its result; an error of
/// the whole concerns the database itself.
pub(crate) async fn run(
    databases: &Databases,
    database: &str,
    mut requests: Vec<StreamRequest>,
) -> Result<proto::PipelineRespBody, DatabaseError> {
    resolve_texts(&mut requests);
    let plans: Option<Vec<Plan>> = requests.iter().map(plan).collect();
    let results = match plans {
        Some(plans) => run_plans(databases, database, plans).await?,
        None => {
            let work = move |connection: &mut _| session::run(connection, requests);
            databases.session(database, work).await?
        }
    };
    Ok(proto::PipelineRespBody { baton: None, base_url: None, results })
}

/// Puts stored texts where they are named. They do not outlive the request.
fn resolve_texts(requests: &mut [StreamRequest]) {
    let mut texts: HashMap<i32, String> = HashMap::new();
    for request in requests {
        let fill = |sql: &mut Option<String>, id: Option<i32>| {
            if let (None, Some(text)) = (&sql, id.and_then(|id| texts.get(&id))) {
                *sql = Some(text.clone());
            }
        };
        match request {
            StreamRequest::Execute(it) => fill(&mut it.stmt.sql, it.stmt.sql_id),
            StreamRequest::Sequence(it) => fill(&mut it.sql, it.sql_id),
            StreamRequest::Describe(it) => fill(&mut it.sql, it.sql_id),
            StreamRequest::Batch(it) => {
                for step in &mut it.batch.steps {
                    fill(&mut step.stmt.sql, step.stmt.sql_id);
                }
            }
            StreamRequest::StoreSql(it) => {
                texts.insert(it.sql_id, it.sql.clone());
            }
            StreamRequest::CloseSql(it) => {
                texts.remove(&it.sql_id);
            }
            StreamRequest::None | StreamRequest::Close(_) | StreamRequest::GetAutocommit(_) => {}
        }
    }
}

/// `None`: the pipeline needs a connection to itself.
fn plan(request: &StreamRequest) -> Option<Plan> {
    Some(match request {
        StreamRequest::None | StreamRequest::Close(_) => {
            Plan::Known(StreamResponse::Close(proto::CloseStreamResp {}))
        }
        StreamRequest::StoreSql(_) => {
            Plan::Known(StreamResponse::StoreSql(proto::StoreSqlStreamResp {}))
        }
        StreamRequest::CloseSql(_) => {
            Plan::Known(StreamResponse::CloseSql(proto::CloseSqlStreamResp {}))
        }
        StreamRequest::GetAutocommit(_) => {
            let answer = proto::GetAutocommitStreamResp { is_autocommit: true };
            Plan::Known(StreamResponse::GetAutocommit(answer))
        }
        StreamRequest::Execute(it) => {
            Plan::Execute(Batch::of(false, &[statement(&it.stmt)?], true).ok()?)
        }
        StreamRequest::Batch(it) => Plan::Batch(recognize(&it.batch.steps)?),
        StreamRequest::Sequence(_) | StreamRequest::Describe(_) => return None,
    })
}

async fn run_plans(
    databases: &Databases,
    database: &str,
    plans: Vec<Plan>,
) -> Result<Vec<StreamResult>, DatabaseError> {
    let mut results = Vec::with_capacity(plans.len());
    for plan in plans {
        results.push(match plan {
            Plan::Known(response) => StreamResult::Ok { response },
            Plan::Execute(batch) => executed(run_batch(databases, database, batch).await?),
            Plan::Batch(Recognized { batch, steps }) => {
                let answers = run_batch(databases, database, batch).await?;
                let result = batch_result(&steps, answers);
                StreamResult::Ok {
                    response: StreamResponse::Batch(proto::BatchStreamResp { result }),
                }
            }
        });
    }
    Ok(results)
}

/// The answer to each statement.
type Each = Result<Vec<Answer>, DatabaseError>;

/// Parts what concerns the database itself from what concerns statements.
async fn run_batch(
    databases: &Databases,
    database: &str,
    batch: Batch,
) -> Result<Each, DatabaseError> {
    match databases.run(database, Access::Write, batch).await {
        Err(error @ (DatabaseError::NotFound | DatabaseError::InvalidName)) => Err(error),
        answers => Ok(answers.and_then(Answered::each)),
    }
}

fn executed(answers: Each) -> StreamResult {
    match answers {
        Ok(mut answers) => {
            let result = convert::result_out(answers.pop().unwrap_or_default());
            let response = StreamResponse::Execute(proto::ExecuteStreamResp { result });
            StreamResult::Ok { response }
        }
        Err(error) => StreamResult::Error { error: convert::error_out(&error) },
    }
}

fn batch_result(steps: &[StepRole], answers: Each) -> proto::BatchResult {
    match answers {
        Ok(answers) => {
            let mut answers = answers.into_iter();
            let result = |role: &StepRole| match role {
                StepRole::Rollback => None,
                StepRole::Plain | StepRole::Guard(_) => Some(Answer::default()),
                StepRole::Statement(_) => answers.next(),
            };
            let results =
                steps.iter().map(result).map(|one| one.map(convert::result_out)).collect();
            let step_errors = steps.iter().map(|_| None).collect();
            proto::BatchResult { step_results: results, step_errors, replication_index: None }
        }
        Err(error) => {
            let at = failing_step(steps, &error);
            let refused = convert::error_out(&error);
            let error_of = |step| (step == at).then(|| refused.clone());
            let step_errors = (0..steps.len()).map(error_of).collect();
            let step_results = steps.iter().map(|_| None).collect();
            proto::BatchResult { step_results, step_errors, replication_index: None }
        }
    }
}

/// The step an error is shown at: the first where it is nobody's in particular, or
/// its text says whose.
fn failing_step(steps: &[StepRole], error: &DatabaseError) -> usize {
    let role = match error {
        DatabaseError::Precondition(index) => StepRole::Guard(*index),
        DatabaseError::Constraint { statement, .. } => StepRole::Statement(*statement),
        _ => return 0,
    };
    steps.iter().position(|step| *step == role).unwrap_or(0)
}
