//! What goes over the wire, and what comes back from servers of several kinds.

use meridian_store::packed::unpack_answer;
use meridian_store::{ConstraintKind, DatabaseError, Rows, Statement, Value, arguments};
use serde_json::{Value as Json, json};

use crate::{Encoded, GUARD, create_outcome, delete_outcome};

fn insert() -> Statement {
    Statement::command("INSERT INTO t VALUES (?1)", arguments![5_i64])
}

fn query() -> Statement {
    Statement::query("SELECT a, b FROM t", [])
}

fn sent(atomic: bool, statements: &[Statement]) -> Json {
    let body = Encoded::new(atomic, statements).unwrap().body;
    let body: Json = serde_json::from_slice(&body).unwrap();
    assert_eq!(body["requests"][0]["type"], "batch");
    assert_eq!(body["requests"][1], json!({ "type": "close" }));
    body["requests"][0]["batch"]["steps"].clone()
}

/// The answer of a server: results and errors of all steps.
fn answer(results: &Json, errors: &Json) -> Vec<u8> {
    let result = json!({ "step_results": results, "step_errors": errors });
    let response = json!({ "type": "batch", "result": result });
    let close = json!({ "type": "ok", "response": { "type": "close" } });
    json!({ "baton": null, "base_url": null,
        "results": [{ "type": "ok", "response": response }, close] })
    .to_string()
    .into_bytes()
}

fn result(affected: u64) -> Json {
    json!({ "cols": [], "rows": [], "affected_row_count": affected, "last_insert_rowid": "9",
        "replication_index": null, "rows_read": 1, "rows_written": 1, "query_duration_ms": 0.1 })
}

/// What an atomic batch of two statements, refused at a step, comes to.
fn refused_at(step: usize, code: &str, message: &str) -> DatabaseError {
    let encoded = Encoded::new(true, &[insert(), insert()]).unwrap();
    let error = json!({ "code": code, "message": message });
    let errors: Vec<_> =
        (0..5).map(|at| if at == step { error.clone() } else { json!(null) }).collect();
    let results = json!([null, null, null, null, null]);
    encoded.decode(200, &answer(&results, &json!(errors))).unwrap_err()
}

fn read(encoded: &Encoded, body: &[u8]) -> Vec<Rows> {
    unpack_answer(encoded.decode(200, body).unwrap()).unwrap()
}

#[test]
fn an_atomic_batch_is_a_transaction_whose_every_step_depends_on_the_one_before() {
    let steps = sent(true, &[insert().must_affect(), query()]);
    let texts: Vec<_> = steps
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step["stmt"]["sql"].as_str().unwrap())
        .collect();
    let [insert, query] = ["INSERT INTO t VALUES (?1)", "SELECT a, b FROM t"];
    assert_eq!(texts, ["BEGIN IMMEDIATE", insert, GUARD, query, "COMMIT", "ROLLBACK"]);
    assert_eq!(steps[0]["condition"], Json::Null);
    for step in 1..5 {
        assert_eq!(steps[step]["condition"], json!({ "type": "ok", "step": step - 1 }));
    }
    let undo = json!({ "type": "and", "conds": [
        { "type": "ok", "step": 0 },
        { "type": "not", "cond": { "type": "ok", "step": 4 } },
    ] });
    assert_eq!(steps[5]["condition"], undo);
    assert_eq!(steps[1]["stmt"]["args"], json!([{ "type": "integer", "value": "5" }]));
    assert_eq!(steps[1]["stmt"]["want_rows"], false);
    assert_eq!(steps[3]["stmt"]["want_rows"], true);
}

#[test]
fn what_is_atomic_by_itself_needs_no_transaction() {
    assert_eq!(sent(true, &[insert()]).as_array().unwrap().len(), 1);
    assert_eq!(sent(false, &[insert(), insert()]).as_array().unwrap().len(), 2);
    assert_eq!(sent(true, &[insert().returning()]).as_array().unwrap().len(), 4);
}

#[test]
fn numbers_that_json_does_not_know_are_null() {
    let echo = Statement::query("SELECT ?1", [Value::Real(f64::NAN)]);
    assert_eq!(sent(false, &[echo])[0]["stmt"]["args"], json!([{ "type": "null" }]));
}

#[test]
fn rows_are_read_whatever_the_order_of_their_fields() {
    let rows = json!([
        [{ "type": "integer", "value": "-9223372036854775808" }, { "value": "x\n", "type": "text" }],
        [{ "type": "float", "value": 2 }, { "type": "blob", "base64": "AP8=" }],
        [{ "type": "null" }, { "type": "float", "value": 0.5 }],
    ]);
    let result = json!({ "cols": [{ "name": "a", "decltype": null }, { "name": "b" }],
        "rows": rows, "affected_row_count": 0, "last_insert_rowid": null });
    let encoded = Encoded::new(false, &[query()]).unwrap();
    let answers = read(&encoded, &answer(&json!([result]), &json!([null])));
    let cells = vec![
        Value::Integer(i64::MIN),
        Value::Text("x\n".to_owned()),
        Value::Real(2.0),
        Value::Blob(vec![0, 255]),
        Value::Null,
        Value::Real(0.5),
    ];
    assert_eq!(answers, [Rows::of(2, &cells)]);
}

#[test]
fn only_statements_are_answered_not_the_steps_around_them() {
    let encoded = Encoded::new(true, &[insert().must_affect(), insert()]).unwrap();
    let results = json!([result(0), result(1), result(0), result(7), result(0), null]);
    let errors = json!([null, null, null, null, null, null]);
    let answers = read(&encoded, &answer(&results, &errors));
    let affected: Vec<_> = answers.iter().map(|rows| rows.affected).collect();
    assert_eq!(affected, [1, 7]);
    assert_eq!(answers[0].last_insert_rowid, 9);
}

#[test]
fn rows_nobody_wants_are_dropped_where_a_server_sends_them_all_the_same() {
    let result = json!({ "cols": [{ "name": "a" }], "rows": [[{ "type": "null" }]],
        "affected_row_count": 1, "last_insert_rowid": "1" });
    let encoded = Encoded::new(false, &[insert()]).unwrap();
    let answers = read(&encoded, &answer(&json!([result]), &json!([null])));
    assert_eq!((answers[0].width(), answers[0].values().count()), (0, 0));
}

#[test]
fn more_rows_than_the_bound_are_too_large() {
    let row = json!([{ "type": "null" }]);
    let rows: Vec<_> = (0..5_001).map(|_| row.clone()).collect();
    let result = json!({ "cols": [{ "name": "a" }], "rows": rows, "affected_row_count": 0,
        "last_insert_rowid": null });
    let encoded = Encoded::new(false, &[query()]).unwrap();
    let outcome = encoded.decode(200, &answer(&json!([result]), &json!([null])));
    assert_eq!(outcome, Err(DatabaseError::TooLarge));
}

#[test]
fn a_constraint_is_told_by_its_code_or_by_its_text() {
    let unique = DatabaseError::Constraint {
        statement: 1,
        kind: ConstraintKind::Unique,
        column: "t.b".to_owned(),
    };
    let text = "SQLite error: UNIQUE constraint failed: t.b, t.c";
    assert_eq!(refused_at(2, "SQLITE_CONSTRAINT", text), unique);
    assert_eq!(refused_at(2, "SQLITE_CONSTRAINT_UNIQUE", text), unique);
    let kinds = [
        ("SQLite error: FOREIGN KEY constraint failed", ConstraintKind::ForeignKey),
        ("SQLite error: CHECK constraint failed: c < 100", ConstraintKind::Check),
        ("SQLite error: not this one", ConstraintKind::Check),
        ("SQLite error: cannot store TEXT value in INTEGER column t.c", ConstraintKind::Other),
        ("UNIQUE constraint failed: index 'lower_b'", ConstraintKind::Unique),
    ];
    for (text, kind) in kinds {
        let column = String::new();
        let expected = DatabaseError::Constraint { statement: 0, kind, column };
        assert_eq!(refused_at(1, "SQLITE_CONSTRAINT", text), expected, "{text}");
    }
}

#[test]
fn a_constraint_found_at_the_commit_is_laid_to_the_last_statement() {
    let refused = refused_at(3, "SQLITE_CONSTRAINT", "FOREIGN KEY constraint failed");
    let (kind, column) = (ConstraintKind::ForeignKey, String::new());
    assert_eq!(refused, DatabaseError::Constraint { statement: 1, kind, column });
}

#[test]
fn a_guard_that_fails_is_a_precondition_unless_it_was_the_server_that_failed() {
    let encoded = Encoded::new(false, &[insert(), insert().must_affect()]).unwrap();
    let refused = |code: &str| {
        let errors = json!([null, null, { "code": code, "message": "malformed JSON" }]);
        encoded.decode(200, &answer(&json!([result(1), result(0), null]), &errors)).unwrap_err()
    };
    assert_eq!(refused("SQLITE_ERROR"), DatabaseError::Precondition(1));
    assert_eq!(refused("SQLITE_UNKNOWN"), DatabaseError::Precondition(1));
    assert_eq!(refused("SQLITE_BUSY"), DatabaseError::Busy);
}

#[test]
fn what_the_server_could_not_do_is_not_the_statements_fault() {
    assert_eq!(refused_at(0, "SQLITE_BUSY", "locked"), DatabaseError::Busy);
    assert_eq!(refused_at(3, "TRANSACTION_TIMEOUT", "taken over"), DatabaseError::Busy);
    assert_eq!(refused_at(1, "SQLITE_INTERRUPT", "interrupted"), DatabaseError::Timeout);
    assert_eq!(refused_at(1, "RESPONSE_TOO_LARGE", "10 MB"), DatabaseError::TooLarge);
    let full = refused_at(2, "SQLITE_FULL", "disk full");
    assert_eq!(full, DatabaseError::Unavailable("disk full (SQLITE_FULL)".to_owned()));
    let wrong = refused_at(2, "SQL_PARSE_ERROR", "near x");
    assert_eq!(wrong, DatabaseError::Failed("statement 1: near x (SQL_PARSE_ERROR)".to_owned()));
}

#[test]
fn an_error_of_the_whole_batch_has_no_statement() {
    let encoded = Encoded::new(true, &[insert(), insert()]).unwrap();
    let error = json!({ "message": "near \"SELEC\"", "code": "SQL_PARSE_ERROR" });
    let body = json!({ "results": [{ "type": "error", "error": error }] }).to_string();
    let outcome = encoded.decode(200, body.as_bytes()).unwrap_err();
    assert_eq!(outcome, DatabaseError::Failed("near \"SELEC\" (SQL_PARSE_ERROR)".to_owned()));
}

#[test]
fn a_status_that_is_no_success_says_what_is_wrong() {
    let encoded = Encoded::new(false, &[query()]).unwrap();
    let refused = |status| encoded.decode(status, b"no").unwrap_err();
    assert_eq!(refused(404), DatabaseError::NotFound);
    assert_eq!(refused(429), DatabaseError::Busy);
    assert_eq!(refused(503), DatabaseError::Busy);
    assert_eq!(refused(401), DatabaseError::Unavailable("status 401: no".to_owned()));
    assert_eq!(refused(500), DatabaseError::Unavailable("status 500: no".to_owned()));
}

#[test]
fn an_answer_that_makes_no_sense_is_unavailable() {
    let encoded = Encoded::new(false, &[query()]).unwrap();
    let bodies = ["", "{}", "{\"results\":[]}", "{\"results\":[{\"type\":\"ok\"}]}", "[1"];
    for body in bodies {
        let outcome = encoded.decode(200, body.as_bytes());
        assert!(matches!(outcome, Err(DatabaseError::Unavailable(_))), "{body}: {outcome:?}");
    }
    let left_out = answer(&json!([null]), &json!([null]));
    assert!(matches!(encoded.decode(200, &left_out), Err(DatabaseError::Unavailable(_))));
}

#[test]
fn making_and_deleting_are_told_by_status_and_text() {
    assert_eq!(create_outcome(200, b""), Ok(()));
    let exists = b"{\"error\":\"Namespace `org-1` already exists\"}";
    assert_eq!(create_outcome(400, exists), Err(DatabaseError::AlreadyExists));
    assert!(matches!(create_outcome(400, b"no"), Err(DatabaseError::Unavailable(_))));
    assert_eq!(delete_outcome(200, b""), Ok(()));
    assert_eq!(delete_outcome(404, b""), Err(DatabaseError::NotFound));
    assert_eq!(delete_outcome(400, b"Namespace doesn't exist"), Err(DatabaseError::NotFound));
}
