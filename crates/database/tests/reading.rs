//! Reading: inline where it is quick, apart where it is not, and bounded.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod support;

use std::time::{Duration, Instant};

use meridian_database::Options;
use meridian_store::packed::pack_batch;
use meridian_store::{Access, DatabaseError, MAX_ROWS, Statement, arguments};
use support::{ENDLESS, Folder, SLOW, command};

fn numbers(limit: usize) -> Statement {
    let sql = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT ?1) \
               SELECT i FROM n";
    Statement::query(sql, arguments![i64::try_from(limit).unwrap()])
}

#[tokio::test]
async fn an_answer_beyond_the_bound_is_too_large() {
    let folder = Folder::new();
    folder.with_table("org-1").await;
    let read = |statement| folder.databases.execute("org-1", Access::Read, false, vec![statement]);
    assert_eq!(read(numbers(MAX_ROWS)).await.unwrap()[0].iter().len(), MAX_ROWS);
    assert_eq!(read(numbers(MAX_ROWS + 1)).await, Err(DatabaseError::TooLarge));
    let wide = |bytes: i64| Statement::query("SELECT zeroblob(?1)", arguments![bytes]);
    assert!(read(wide(4_000_000)).await.is_ok());
    assert_eq!(read(wide(4_194_304)).await, Err(DatabaseError::TooLarge));
    // Rows nobody wants count for nothing.
    let unwanted = Statement { want_rows: false, ..numbers(MAX_ROWS + 1) };
    assert!(read(unwanted).await.unwrap()[0].first().is_none());
}

#[tokio::test]
async fn an_atomic_write_whose_answer_is_too_large_is_undone() {
    let folder = Folder::new();
    folder.with_table("org-1").await;
    let sql = "INSERT INTO t (b) WITH RECURSIVE n (i) AS \
               (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 5001) SELECT NULL FROM n RETURNING a";
    let outcome = folder.write("org-1", vec![Statement::query(sql, [])]).await;
    assert_eq!(outcome, Err(DatabaseError::TooLarge));
    assert_eq!(folder.integers("org-1", "SELECT count(*) FROM t").await, [0]);
}

/// On one thread everything else would stand still while a read runs inline.
#[tokio::test(flavor = "current_thread")]
async fn a_slow_read_moves_off_the_thread_and_still_answers() {
    let folder = Folder::new();
    folder.with_table("org-1").await;
    folder.integers("org-1", "SELECT 1").await;
    let slow = {
        let databases = folder.databases.clone();
        tokio::spawn(async move {
            let started = Instant::now();
            let ask = vec![Statement::query(SLOW, [])];
            let rows = databases.execute("org-1", Access::Read, false, ask).await.unwrap();
            (rows[0].first().unwrap().integer(0).unwrap(), started.elapsed())
        })
    };
    let mut longest = Duration::ZERO;
    while !slow.is_finished() {
        let started = Instant::now();
        folder.integers("org-1", "SELECT 1").await;
        tokio::task::yield_now().await;
        longest = longest.max(started.elapsed());
    }
    let (count, took) = slow.await.unwrap();
    assert_eq!(count, 300_000);
    assert!(longest < took / 2 || longest < Duration::from_millis(10), "{longest:?} of {took:?}");
}

#[tokio::test]
async fn an_endless_read_times_out_and_its_reader_serves_on() {
    let folder =
        Folder::with(Options { batch_limit: Duration::from_millis(100), ..Options::default() });
    folder.with_table("org-1").await;
    for _ in 0..3 {
        let ask = vec![Statement::query(ENDLESS, [])];
        let outcome = folder.databases.execute("org-1", Access::Read, false, ask).await;
        assert_eq!(outcome, Err(DatabaseError::Timeout));
    }
    assert_eq!(folder.integers("org-1", "SELECT 7").await, [7]);
    assert_eq!(folder.databases.open_connections(), 2, "one writer, one reader");
}

#[tokio::test]
async fn a_reader_cannot_write() {
    let folder = Folder::new();
    folder.with_table("org-1").await;
    let insert = vec![command("INSERT INTO t (b) VALUES ('x')")];
    let outcome = folder.databases.execute("org-1", Access::Read, true, insert).await;
    assert!(matches!(outcome, Err(DatabaseError::Failed(_))), "{outcome:?}");
    assert_eq!(folder.integers("org-1", "SELECT count(*) FROM t").await, [0]);
}

#[tokio::test]
async fn text_that_is_not_utf_8_fails_its_cell_and_no_other() {
    let folder = Folder::new();
    folder.with_table("org-1").await;
    let ask = vec![Statement::query("SELECT CAST(x'61ff62' AS TEXT), 'good'", [])];
    let rows = folder.databases.execute("org-1", Access::Read, false, ask).await.unwrap();
    let row = rows[0].first().unwrap();
    assert_eq!(row.text(0).unwrap_err().to_string(), "column 0 of a stored row is not a text");
    assert_eq!(row.text(1), Ok("good"));
}

#[tokio::test]
async fn what_is_no_packed_batch_is_refused_before_anything_runs() {
    let folder = Folder::new();
    folder.with_table("org-1").await;
    let insert = command("INSERT INTO t (b) VALUES ('x')");
    let whole = pack_batch(&[insert.clone(), insert]);
    for length in 0..whole.len() {
        let part = whole[..length].to_vec();
        let outcome = folder.databases.execute_packed("org-1", Access::Write, true, part).await;
        assert!(matches!(outcome, Err(DatabaseError::Failed(_))), "{length}: {outcome:?}");
    }
    assert_eq!(folder.integers("org-1", "SELECT count(*) FROM t").await, [0]);
}

#[tokio::test]
async fn whoever_reads_after_a_write_was_answered_sees_it() {
    let folder = Folder::new();
    folder.with_table("org-1").await;
    for number in 0..50_i64 {
        let insert = Statement::command("INSERT INTO t (a) VALUES (?1)", arguments![number + 1]);
        folder.write("org-1", vec![insert]).await.unwrap();
        assert_eq!(folder.integers("org-1", "SELECT max(a) FROM t").await, [number + 1]);
    }
}
