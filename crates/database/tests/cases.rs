//! What a batch means: one table, run natively, over Hrana, and over Hrana with the
//! writer to itself. Whoever calls the seam cannot tell which it is.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod support;

use meridian_store::{
    Access, ConstraintKind, DatabaseError, Rows, Statement, Value, arguments, is_database_name,
};
use support::server::Served;
use support::{Folder, command};

const SCHEMA: [&str; 6] = [
    "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT UNIQUE, c INTEGER NOT NULL DEFAULT 0 \
     CHECK (c < 100)) STRICT",
    "CREATE TABLE child (t_a INTEGER REFERENCES t (a))",
    "CREATE TABLE late (t_a INTEGER REFERENCES t (a) DEFERRABLE INITIALLY DEFERRED)",
    "CREATE TABLE any (v ANY) STRICT",
    "CREATE TRIGGER refuse BEFORE DELETE ON t WHEN OLD.b = 'kept' \
     BEGIN SELECT RAISE(ABORT, 'not this one'); END",
    "INSERT INTO t (a, b) VALUES (1, 'one'), (2, 'two'), (3, 'kept')",
];

struct Case {
    says: &'static str,
    atomic: bool,
    statements: Vec<Statement>,
    /// Cells and changed rows of every statement.
    expected: Result<Vec<(Vec<Value>, u64)>, DatabaseError>,
    /// How many rows `t` holds afterwards.
    left: i64,
}

fn insert(a: i64, b: &'static str) -> Statement {
    Statement::command("INSERT INTO t (a, b) VALUES (?1, ?2)", arguments![a, b])
}

fn constraint(statement: usize, kind: ConstraintKind, column: &str) -> DatabaseError {
    DatabaseError::Constraint { statement, kind, column: column.to_owned() }
}

fn failed(statement: usize) -> DatabaseError {
    DatabaseError::Failed(format!("statement {statement}: "))
}

#[allow(clippy::too_many_lines, reason = "a table")]
fn cases() -> Vec<Case> {
    let nothing = || (Vec::new(), 0);
    let changed = |rows| (Vec::new(), rows);
    let missing = || Statement::command("UPDATE t SET c = 1 WHERE a = 99", []);
    let values = || {
        vec![
            Value::Null,
            Value::Integer(i64::MIN),
            Value::Integer(i64::MAX),
            Value::Real(0.1),
            Value::Real(-2.0),
            Value::Text("a\"\\\n\u{1f600}\u{0}z".to_owned()),
            Value::Text(String::new()),
            Value::Blob(vec![0, 1, 254, 255]),
            Value::Blob(Vec::new()),
        ]
    };
    let echo = "SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9";
    vec![
        Case {
            says: "every value comes back as it went",
            atomic: false,
            statements: vec![Statement::query(echo, values())],
            expected: Ok(vec![(values(), 0)]),
            left: 3,
        },
        Case {
            says: "an empty batch answers nothing",
            atomic: true,
            statements: vec![],
            expected: Ok(vec![]),
            left: 3,
        },
        Case {
            says: "reads answer row by row",
            atomic: false,
            statements: vec![
                Statement::query("SELECT a, b FROM t WHERE a < 3 ORDER BY a", []),
                Statement::query("SELECT a FROM t WHERE a = 99", []),
            ],
            expected: Ok(vec![
                (vec![1_i64.into(), "one".into(), 2_i64.into(), "two".into()], 0),
                nothing(),
            ]),
            left: 3,
        },
        Case {
            says: "rows nobody wants are not answered",
            atomic: true,
            statements: vec![command("SELECT a FROM t"), insert(10, "x")],
            expected: Ok(vec![nothing(), changed(1)]),
            left: 4,
        },
        Case {
            says: "an atomic batch keeps all",
            atomic: true,
            statements: vec![insert(10, "x"), insert(11, "y")],
            expected: Ok(vec![changed(1), changed(1)]),
            left: 5,
        },
        Case {
            says: "a later statement sees what an earlier one did, and RETURNING answers",
            atomic: true,
            statements: vec![
                Statement::query("INSERT INTO t (b) VALUES ('x') RETURNING a", []),
                Statement::query("SELECT count(*) FROM t WHERE a = last_insert_rowid()", []),
            ],
            expected: Ok(vec![(vec![4_i64.into()], 1), (vec![1_i64.into()], 0)]),
            left: 4,
        },
        Case {
            says: "an atomic batch that fails keeps nothing",
            atomic: true,
            statements: vec![insert(10, "x"), insert(11, "one")],
            expected: Err(constraint(1, ConstraintKind::Unique, "t.b")),
            left: 3,
        },
        Case {
            says: "a batch that is not atomic keeps what ran before its failure",
            atomic: false,
            statements: vec![insert(10, "x"), insert(1, "y"), insert(12, "z")],
            expected: Err(constraint(1, ConstraintKind::Unique, "t.a")),
            left: 4,
        },
        Case {
            says: "one statement fails alone, with its index",
            atomic: true,
            statements: vec![insert(10, "two")],
            expected: Err(constraint(0, ConstraintKind::Unique, "t.b")),
            left: 3,
        },
        Case {
            says: "a missing value is told apart",
            atomic: true,
            statements: vec![insert(10, "x"), command("UPDATE t SET c = NULL")],
            expected: Err(constraint(1, ConstraintKind::NotNull, "t.c")),
            left: 3,
        },
        Case {
            says: "a check is told apart",
            atomic: true,
            statements: vec![command("UPDATE t SET c = 100 WHERE a = 1")],
            expected: Err(constraint(0, ConstraintKind::Check, "")),
            left: 3,
        },
        Case {
            says: "a trigger that refuses counts as a check",
            atomic: true,
            statements: vec![insert(10, "x"), command("DELETE FROM t WHERE b = 'kept'")],
            expected: Err(constraint(1, ConstraintKind::Check, "")),
            left: 3,
        },
        Case {
            says: "a foreign key is told apart",
            atomic: true,
            statements: vec![insert(10, "x"), command("INSERT INTO child VALUES (99)")],
            expected: Err(constraint(1, ConstraintKind::ForeignKey, "")),
            left: 3,
        },
        Case {
            says: "a deferred foreign key is laid to the last statement",
            atomic: true,
            statements: vec![command("INSERT INTO late VALUES (99)"), insert(10, "x")],
            expected: Err(constraint(1, ConstraintKind::ForeignKey, "")),
            left: 3,
        },
        Case {
            says: "a value of the wrong type is told apart",
            atomic: true,
            statements: vec![command("INSERT INTO t (b, c) VALUES ('x', 'no number')")],
            expected: Err(constraint(0, ConstraintKind::Other, "")),
            left: 3,
        },
        Case {
            says: "a statement that must change a row and does is like any other",
            atomic: true,
            statements: vec![insert(10, "x").must_affect(), insert(11, "y")],
            expected: Ok(vec![changed(1), changed(1)]),
            left: 5,
        },
        Case {
            says: "a statement that must change a row and does not undoes its batch",
            atomic: true,
            statements: vec![insert(10, "x"), missing().must_affect(), insert(11, "y")],
            expected: Err(DatabaseError::Precondition(1)),
            left: 3,
        },
        Case {
            says: "one that may change nothing does no harm",
            atomic: true,
            statements: vec![insert(10, "x"), missing(), insert(11, "y")],
            expected: Ok(vec![changed(1), changed(0), changed(1)]),
            left: 5,
        },
        Case {
            says: "a precondition that fails ends a batch that is not atomic",
            atomic: false,
            statements: vec![insert(10, "x"), missing().must_affect(), insert(11, "y")],
            expected: Err(DatabaseError::Precondition(1)),
            left: 4,
        },
        Case {
            says: "a lone precondition",
            atomic: true,
            statements: vec![missing().must_affect()],
            expected: Err(DatabaseError::Precondition(0)),
            left: 3,
        },
        Case {
            says: "a statement that must change a row may answer rows",
            atomic: true,
            statements: vec![
                Statement::query("UPDATE t SET c = c + 5 WHERE a = 2 RETURNING c", [])
                    .must_affect(),
                Statement::query("DELETE FROM t WHERE a = 2 RETURNING b", []).must_affect(),
            ],
            expected: Ok(vec![(vec![5_i64.into()], 1), (vec!["two".into()], 1)]),
            left: 2,
        },
        Case {
            says: "the number of changed rows is that of the statement, not of its triggers",
            atomic: true,
            statements: vec![command("UPDATE t SET c = 7"), command("DELETE FROM t WHERE a < 3")],
            expected: Ok(vec![changed(3), changed(2)]),
            left: 1,
        },
        Case {
            says: "nonsense fails with its index",
            atomic: true,
            statements: vec![insert(10, "x"), command("INSERT INTO nowhere VALUES (1)")],
            expected: Err(failed(1)),
            left: 3,
        },
        Case {
            says: "a schema can be changed in a batch",
            atomic: true,
            statements: vec![
                command("CREATE TABLE u (a INTEGER PRIMARY KEY)"),
                command("INSERT INTO u VALUES (5)"),
                Statement::query("SELECT a FROM u", []),
            ],
            expected: Ok(vec![nothing(), changed(1), (vec![5_i64.into()], 0)]),
            left: 3,
        },
        Case {
            says: "rows beyond the bound are too large",
            atomic: false,
            statements: vec![Statement::query(
                "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 5001) \
                 SELECT i FROM n",
                [],
            )],
            expected: Err(DatabaseError::TooLarge),
            left: 3,
        },
        Case {
            says: "the condition of an insert decides inside the batch",
            atomic: true,
            statements: vec![
                Statement::command(
                    "INSERT INTO t (b) SELECT ?1 WHERE NOT EXISTS (SELECT 1 FROM t WHERE b = ?1)",
                    arguments!["one"],
                )
                .must_affect(),
                insert(10, "x"),
            ],
            expected: Err(DatabaseError::Precondition(0)),
            left: 3,
        },
    ]
}

/// How a batch is run.
#[derive(Clone, Copy, Debug)]
enum Way {
    Native,
    Hrana,
    HranaAlone,
}

async fn run(way: Way, folder: &Folder, served: &Served, database: &str, case: &Case) {
    folder.databases.create(database).await.unwrap();
    folder.write(database, SCHEMA.map(command).to_vec()).await.unwrap();
    let statements = case.statements.clone();
    let outcome = match way {
        Way::Native => {
            folder.databases.execute(database, Access::Write, case.atomic, statements).await
        }
        Way::Hrana => served.execute(database, case.atomic, &statements, false).await,
        Way::HranaAlone => served.execute(database, case.atomic, &statements, true).await,
    };
    let what = format!("{} ({way:?})", case.says);
    match (&outcome, &case.expected) {
        (Ok(answers), Ok(expected)) => {
            let shown = |rows: &Rows| (rows.values().collect::<Vec<_>>(), rows.affected);
            assert_eq!(answers.iter().map(shown).collect::<Vec<_>>(), *expected, "{what}");
            for (answer, statement) in answers.iter().zip(&case.statements) {
                assert!(answer.width() > 0 || !statement.want_rows, "{what}");
            }
        }
        (Err(DatabaseError::Failed(text)), Err(DatabaseError::Failed(start))) => {
            assert!(text.starts_with(start), "{what}: {text}");
        }
        (outcome, expected) => {
            assert_eq!(outcome.as_ref().err(), expected.as_ref().err(), "{what}");
        }
    }
    let left = folder.integers(database, "SELECT count(*) FROM t").await;
    assert_eq!(left, [case.left], "{what}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_case_means_the_same_whichever_way_it_runs() {
    let folder = Folder::new();
    let served = Served::new(folder.databases.clone(), None).await;
    for way in [Way::Native, Way::Hrana, Way::HranaAlone] {
        for (index, case) in cases().iter().enumerate() {
            let database = format!("{way:?}-{index}").to_lowercase();
            run(way, &folder, &served, &database, case).await;
        }
    }
}

#[tokio::test]
async fn a_database_that_is_not_there_is_not_found_either_way() {
    let folder = Folder::new();
    let served = Served::new(folder.databases.clone(), None).await;
    let ask = vec![Statement::query("SELECT 1", [])];
    for alone in [false, true] {
        let outcome = served.execute("org-9", false, &ask, alone).await;
        assert_eq!(outcome, Err(DatabaseError::NotFound));
    }
    let outcome = folder.databases.execute("org-9", Access::Read, false, ask).await;
    assert_eq!(outcome, Err(DatabaseError::NotFound));
    assert!(is_database_name("org-9") && !is_database_name("org/9"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn racing_over_hrana_one_wins_too() {
    let folder = Folder::new();
    folder.with_table("org-1").await;
    let served = std::sync::Arc::new(Served::new(folder.databases.clone(), None).await);
    let tasks: Vec<_> = (0..32)
        .map(|number| {
            let served = std::sync::Arc::clone(&served);
            tokio::spawn(async move {
                let take = "INSERT INTO t (b) SELECT 'slot' WHERE NOT EXISTS \
                            (SELECT 1 FROM t WHERE b = 'slot')";
                let batch =
                    [command(take).must_affect(), command("INSERT INTO t (b) VALUES (NULL)")];
                // Some of them with the writer to themselves.
                served.execute("org-1", true, &batch, number % 4 == 0).await
            })
        })
        .collect();
    let mut won = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(_) => won += 1,
            Err(error) => assert_eq!(error, DatabaseError::Precondition(0)),
        }
    }
    assert_eq!(won, 1);
    assert_eq!(folder.integers("org-1", "SELECT count(*) FROM t").await, [2]);
}
