//! Writing: one writer per file, committed in groups.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod support;

use std::time::Duration;

use meridian_database::{Databases, Options, Synchronous};
use meridian_store::{Access, ConstraintKind, DatabaseError, Statement, arguments};
use support::{Folder, command};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_32_that_race_for_one_slot_one_wins() {
    let folder = Folder::new();
    folder.with_table("org-1").await;
    let race = |slot: i64| {
        let databases = folder.databases.clone();
        tokio::spawn(async move {
            let take = Statement::command(
                "INSERT INTO t (b) SELECT ?1 WHERE NOT EXISTS (SELECT 1 FROM t WHERE b = ?1)",
                arguments![format!("slot {slot}")],
            );
            let batch = vec![take.must_affect(), command("INSERT INTO t (b) VALUES (NULL)")];
            databases.execute("org-1", Access::Write, true, batch).await
        })
    };
    for slot in 0..20 {
        let racers: Vec<_> = (0..32).map(|_| race(slot)).collect();
        let mut won = 0;
        for racer in racers {
            match racer.await.unwrap() {
                Ok(_) => won += 1,
                Err(error) => assert_eq!(error, DatabaseError::Precondition(0)),
            }
        }
        assert_eq!(won, 1, "slot {slot}");
    }
    // The losers' second statements are undone with their first.
    let counts = "SELECT count(b) FROM t UNION ALL SELECT count(*) FROM t";
    assert_eq!(folder.integers("org-1", counts).await, [20, 40]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_failure_undoes_its_own_batch_and_no_other_of_the_group() {
    let folder = Folder::new();
    folder.with_table("org-1").await;
    let tasks: Vec<_> = (0..300_i64)
        .map(|number| {
            let databases = folder.databases.clone();
            tokio::spawn(async move {
                let insert =
                    |b: String| Statement::command("INSERT INTO t (b) VALUES (?1)", arguments![b]);
                // Every third breaks the unique column with its second statement.
                let second = if number % 3 == 0 { "same".to_owned() } else { format!("b{number}") };
                let batch = vec![insert(format!("a{number}")), insert(second)];
                databases.execute("org-1", Access::Write, true, batch).await
            })
        })
        .collect();
    let mut refused = 0;
    for task in tasks {
        if let Err(error) = task.await.unwrap() {
            let column = "t.b".to_owned();
            let kind = ConstraintKind::Unique;
            assert_eq!(error, DatabaseError::Constraint { statement: 1, kind, column });
            refused += 1;
        }
    }
    assert_eq!(refused, 99, "one of the hundred came first");
    assert_eq!(folder.integers("org-1", "SELECT count(*) FROM t").await, [402]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_write_that_runs_too_long_fails_alone() {
    let folder =
        Folder::with(Options { batch_limit: Duration::from_millis(300), ..Options::default() });
    folder.with_table("org-1").await;
    let endless = "INSERT INTO t (b) WITH RECURSIVE n (i) AS \
         (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT NULL FROM n WHERE i < 0";
    let run = |sql: &'static str| {
        let databases = folder.databases.clone();
        tokio::spawn(async move {
            databases.execute("org-1", Access::Write, true, vec![command(sql)]).await
        })
    };
    // The first holds the writer, so that the others form a group around the endless one.
    let mut tasks = vec![run("UPDATE t SET b = b")];
    for _ in 0..10 {
        tasks.push(run("INSERT INTO t (b) VALUES (NULL)"));
    }
    let culprit = run(endless);
    for _ in 0..10 {
        tasks.push(run("INSERT INTO t (b) VALUES (NULL)"));
    }
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    assert_eq!(culprit.await.unwrap(), Err(DatabaseError::Timeout));
    assert_eq!(folder.integers("org-1", "SELECT count(*) FROM t").await, [20]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_deferred_constraint_fails_its_own_batch_only() {
    let folder = Folder::new();
    folder.with_table("org-1").await;
    let child = "CREATE TABLE child (p INTEGER REFERENCES t (a) DEFERRABLE INITIALLY DEFERRED)";
    folder.write("org-1", vec![command(child)]).await.unwrap();
    let run = |sql: &'static str| {
        let databases = folder.databases.clone();
        tokio::spawn(async move {
            databases.execute("org-1", Access::Write, true, vec![command(sql)]).await
        })
    };
    let good: Vec<_> = (0..20).map(|_| run("INSERT INTO t (b) VALUES (NULL)")).collect();
    let bad = run("INSERT INTO child VALUES (999)");
    let more: Vec<_> = (0..20).map(|_| run("INSERT INTO t (b) VALUES (NULL)")).collect();
    for task in good.into_iter().chain(more) {
        task.await.unwrap().unwrap();
    }
    let kind = ConstraintKind::ForeignKey;
    let refused = DatabaseError::Constraint { statement: 0, kind, column: String::new() };
    assert_eq!(bad.await.unwrap(), Err(refused));
    let counts = "SELECT count(*) FROM t UNION ALL SELECT count(*) FROM child";
    assert_eq!(folder.integers("org-1", counts).await, [40, 0]);
}

#[tokio::test]
async fn a_queued_write_runs_to_its_end_when_its_caller_is_gone() {
    let folder = Folder::new();
    folder.with_table("org-1").await;
    let insert = vec![command("INSERT INTO t (b) VALUES ('kept')")];
    let write = folder.databases.execute("org-1", Access::Write, true, insert);
    // Polled once, so that it is queued, and dropped; done by then only if this
    // thread was slow.
    let _ = tokio::time::timeout(Duration::ZERO, write).await;
    for _ in 0..100 {
        if folder.integers("org-1", "SELECT count(*) FROM t").await == [1] {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the write was lost");
}

#[tokio::test]
async fn a_batch_has_no_transactions_settings_or_files_of_its_own() {
    let folder = Folder::new();
    folder.with_table("org-1").await;
    let forbidden = [
        "COMMIT",
        "BEGIN",
        "ROLLBACK",
        "SAVEPOINT member",
        "RELEASE member",
        "PRAGMA foreign_keys = OFF",
        "PRAGMA journal_mode = DELETE",
        "PRAGMA user_version = 7",
        "ATTACH 'other.db' AS other",
        "VACUUM INTO 'other.db'",
        "INSERT INTO t (b) VALUES ('x'); DELETE FROM t",
        "",
    ];
    for sql in forbidden {
        for atomic in [true, false] {
            let batch = vec![command("INSERT INTO t (b) VALUES ('first')"), command(sql)];
            let batch = if atomic { batch } else { vec![command(sql)] };
            let outcome = folder.databases.execute("org-1", Access::Write, atomic, batch).await;
            assert!(matches!(outcome, Err(DatabaseError::Failed(_))), "{sql}: {outcome:?}");
        }
    }
    assert_eq!(folder.integers("org-1", "SELECT count(*) FROM t").await, [0]);
    assert!(!folder.folder.path().join("other.db").exists());
}

/// `count` rows of some kilobyte each, of which those of a great many are written to the log
/// before their transaction ends: the writer's cache does not hold them.
fn rows_of_a_kilobyte(count: i64) -> Statement {
    let sql = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1) \
               INSERT INTO t (b) SELECT hex(randomblob(500)) FROM n";
    Statement::command(sql, arguments![count])
}

/// A copy of the files is what a process that is killed at that moment leaves behind.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_answered_is_in_the_files_and_nothing_else() {
    for synchronous in [Synchronous::Full, Synchronous::Normal] {
        let folder = Folder::with(Options { synchronous, ..Options::default() });
        folder.with_table("org-1").await;
        let mut expected = 0;
        for count in [1, 40, 1, 5_000, 3, 700, 1] {
            folder.write("org-1", vec![rows_of_a_kilobyte(count)]).await.unwrap();
            expected += count;
            let twice = command("INSERT INTO t (b) VALUES ('twice'), ('twice')");
            let refused = folder.write("org-1", vec![rows_of_a_kilobyte(4 * count), twice]).await;
            assert!(matches!(refused, Err(DatabaseError::Constraint { statement: 1, .. })));
            let left = tempfile::tempdir().unwrap();
            for file in std::fs::read_dir(folder.folder.path()).unwrap() {
                let file = file.unwrap();
                // The index of the log is made anew from the log itself.
                if file.file_type().unwrap().is_file()
                    && !file.file_name().to_string_lossy().ends_with("-shm")
                {
                    std::fs::copy(file.path(), left.path().join(file.file_name())).unwrap();
                }
            }
            let databases = Databases::open(left.path(), Options::default()).unwrap();
            let found = Folder { databases, folder: left };
            for folder in [&found, &folder] {
                let counts = "SELECT count(*) FROM t UNION ALL SELECT count(b) FROM t \
                              UNION ALL SELECT quick_check = 'ok' FROM pragma_quick_check";
                assert_eq!(folder.integers("org-1", counts).await, [expected, expected, 1]);
            }
        }
    }
}
