//! A batch as the body of a pipeline request.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use meridian_store::{DatabaseError, Statement, Value};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::answer;

/// Fails where the statement before it changed no row. No condition of Hrana sees
/// the number of changed rows, so this is a step of the batch: it turns the number
/// into an error, and the steps after it depend on it.
pub const GUARD: &str = "SELECT json(CASE changes() WHEN 0 THEN 'precondition' ELSE '1' END)";

/// What a step of the Hrana batch is to the caller's batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Begin,
    Statement { index: usize, want_rows: bool },
    Guard { index: usize },
    Commit,
    Rollback,
}

/// A batch ready to be sent, and what is needed to read its answer.
#[derive(Clone, Debug)]
pub struct Encoded {
    /// JSON.
    pub body: Vec<u8>,
    pub(crate) roles: Vec<Role>,
}

impl Encoded {
    /// Encodes a batch.
    ///
    /// Not atomic: every step on the condition that the one before went well.
    /// Atomic: the same between BEGIN IMMEDIATE and COMMIT, with a ROLLBACK on the
    /// condition that the transaction began and was not committed.
    pub fn new(atomic: bool, statements: &[Statement]) -> Result<Self, DatabaseError> {
        let roles = roles(atomic, statements);
        let steps = roles.iter().enumerate().map(|(step, role)| Step {
            condition: condition(&roles, step),
            stmt: Stmt::of(*role, statements),
        });
        let batch = Batch { steps: steps.collect() };
        let requests = [Request::Batch { batch }, Request::Close];
        let body = serde_json::to_vec(&Pipeline { requests })
            .map_err(|error| DatabaseError::Failed(error.to_string()))?;
        Ok(Self { body, roles })
    }

    /// Reads the answer, its HTTP status and its body, into the form of
    /// [`meridian_store::packed`].
    pub fn decode(&self, status: u16, body: &[u8]) -> Result<Vec<u8>, DatabaseError> {
        answer::decode(&self.roles, status, body)
    }
}

fn roles(atomic: bool, statements: &[Statement]) -> Vec<Role> {
    let mut roles = Vec::with_capacity(statements.len() + 3);
    // One statement is all or nothing by itself.
    let transaction = atomic
        && (statements.len() > 1
            || statements.iter().any(|one| one.want_rows || one.require_affected));
    if transaction {
        roles.push(Role::Begin);
    }
    for (index, statement) in statements.iter().enumerate() {
        roles.push(Role::Statement { index, want_rows: statement.want_rows });
        if statement.require_affected {
            roles.push(Role::Guard { index });
        }
    }
    if transaction {
        roles.extend([Role::Commit, Role::Rollback]);
    }
    roles
}

fn condition(roles: &[Role], step: usize) -> Option<Condition> {
    let before = step.checked_sub(1)?;
    Some(match roles.get(step) {
        Some(Role::Rollback) => Condition::And {
            conds: vec![
                Condition::Ok { step: 0 },
                Condition::Not { cond: Box::new(Condition::Ok { step: before }) },
            ],
        },
        _ => Condition::Ok { step: before },
    })
}

#[derive(Serialize)]
struct Pipeline<'a> {
    requests: [Request<'a>; 2],
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Request<'a> {
    Batch { batch: Batch<'a> },
    Close,
}

#[derive(Serialize)]
struct Batch<'a> {
    steps: Vec<Step<'a>>,
}

#[derive(Serialize)]
struct Step<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    condition: Option<Condition>,
    stmt: Stmt<'a>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Condition {
    Ok { step: usize },
    Not { cond: Box<Self> },
    And { conds: Vec<Self> },
}

#[derive(Serialize)]
struct Stmt<'a> {
    sql: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty", rename = "args")]
    arguments: Vec<Argument<'a>>,
    want_rows: bool,
}

impl<'a> Stmt<'a> {
    fn of(role: Role, statements: &'a [Statement]) -> Self {
        let own = |sql| Self { sql, arguments: Vec::new(), want_rows: false };
        match role {
            Role::Begin => own("BEGIN IMMEDIATE"),
            Role::Guard { .. } => own(GUARD),
            Role::Commit => own("COMMIT"),
            Role::Rollback => own("ROLLBACK"),
            Role::Statement { index, want_rows } => match statements.get(index) {
                Some(statement) => Self {
                    sql: &statement.sql,
                    arguments: statement.arguments.iter().map(Argument).collect(),
                    want_rows,
                },
                None => own(""),
            },
        }
    }
}

/// A value, in Hrana's form: integers as texts, bytes in base64.
struct Argument<'a>(&'a Value);

impl Serialize for Argument<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match self.0 {
            Value::Integer(number) => {
                map.serialize_entry("type", "integer")?;
                map.serialize_entry("value", &number.to_string())?;
            }
            // JSON has no other; the engine itself stores what is no number as NULL.
            Value::Real(number) if number.is_finite() => {
                map.serialize_entry("type", "float")?;
                map.serialize_entry("value", number)?;
            }
            Value::Null | Value::Real(_) => map.serialize_entry("type", "null")?,
            Value::Text(text) => {
                map.serialize_entry("type", "text")?;
                map.serialize_entry("value", text)?;
            }
            Value::Blob(bytes) => {
                map.serialize_entry("type", "blob")?;
                map.serialize_entry("base64", &STANDARD_NO_PAD.encode(bytes))?;
            }
        }
        map.end()
    }
}
