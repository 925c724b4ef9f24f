//! Files: made, closed when there are too many, deleted.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod support;

use meridian_database::{Databases, Options};
use meridian_store::{Access, DatabaseError, Statement, arguments};
use support::{Folder, command};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_hundred_databases_are_served_by_sixteen_connections() {
    let folder = Folder::with(Options { max_connections: 16, ..Options::default() });
    for number in 0..200 {
        folder.with_table(&format!("org-{number}")).await;
    }
    let tasks: Vec<_> = (0..2_000_i64)
        .map(|number| {
            let databases = folder.databases.clone();
            tokio::spawn(async move {
                let name = format!("org-{}", number * 7 % 200);
                let insert =
                    Statement::command("INSERT INTO t (a) VALUES (?1)", arguments![number]);
                databases.execute(&name, Access::Write, true, vec![insert]).await.unwrap();
                let ask = Statement::query("SELECT a FROM t WHERE a = ?1", arguments![number]);
                let rows = databases.execute(&name, Access::Read, false, vec![ask]).await.unwrap();
                assert_eq!(rows[0].first().unwrap().integer(0), Ok(number));
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    // Under fire nothing in use is closed; what is over the bound goes afterwards.
    for _ in 0..3_000 {
        if folder.databases.open_connections() <= 16 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    // One after the other, no more than the bound are open, give or take the two in use.
    for number in 0..200 {
        let name = format!("org-{number}");
        assert_eq!(folder.integers(&name, "SELECT count(*) FROM t").await, [10]);
        let open = folder.databases.open_connections();
        assert!(open <= 18, "{open} connections are open");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_create_a_name_one_does() {
    let folder = Folder::new();
    let tasks: Vec<_> = (0..16)
        .map(|_| {
            let databases = folder.databases.clone();
            tokio::spawn(async move { databases.create("org-1").await })
        })
        .collect();
    let mut made = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(()) => made += 1,
            Err(error) => assert_eq!(error, DatabaseError::AlreadyExists),
        }
    }
    assert_eq!(made, 1);
}

#[tokio::test]
async fn a_name_is_checked_before_it_becomes_a_path() {
    let folder = Folder::new();
    for name in ["", "../x", "Org-1", "a/b", "a.b", &"a".repeat(65)] {
        assert_eq!(folder.databases.create(name).await, Err(DatabaseError::InvalidName), "{name}");
        let ask = vec![Statement::query("SELECT 1", [])];
        let outcome = folder.databases.execute(name, Access::Read, false, ask).await;
        assert_eq!(outcome, Err(DatabaseError::InvalidName), "{name}");
    }
    assert!(folder.databases.create(&"a".repeat(64)).await.is_ok());
}

#[tokio::test]
async fn a_missing_database_is_not_made_by_asking() {
    let folder = Folder::new();
    for access in [Access::Read, Access::Write] {
        let ask = vec![command("CREATE TABLE t (a)")];
        let outcome = folder.databases.execute("org-1", access, false, ask).await;
        assert_eq!(outcome, Err(DatabaseError::NotFound));
    }
    assert_eq!(folder.databases.delete("org-1").await, Err(DatabaseError::NotFound));
    assert_eq!(std::fs::read_dir(folder.folder.path()).unwrap().count(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn deleting_and_making_a_name_again_under_fire_keeps_the_two_apart() {
    let folder = Folder::new();
    for round in 0..20_i64 {
        folder.with_table("org-1").await;
        let count = "SELECT count(*) FROM t";
        assert_eq!(folder.integers("org-1", count).await, [0], "round {round}");
        let writers: Vec<_> = (0..16)
            .map(|_| {
                let databases = folder.databases.clone();
                tokio::spawn(async move {
                    let insert = vec![command("INSERT INTO t (b) VALUES (NULL)")];
                    databases.execute("org-1", Access::Write, true, insert).await
                })
            })
            .collect();
        folder.databases.delete("org-1").await.unwrap();
        for writer in writers {
            // Either it was in time, or the database was gone.
            if let Err(error) = writer.await.unwrap() {
                assert_eq!(error, DatabaseError::NotFound);
            }
        }
        let left: Vec<_> = std::fs::read_dir(folder.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .filter(|name| !name.to_string_lossy().starts_with('.'))
            .collect();
        assert!(left.is_empty(), "{left:?}");
    }
}

#[tokio::test]
async fn what_was_written_is_there_after_closing_and_opening_again() {
    let folder = Folder::new();
    folder.with_table("org-1").await;
    folder.write("org-1", vec![command("INSERT INTO t (a) VALUES (5)")]).await.unwrap();
    folder.databases.close().await;
    assert_eq!(folder.databases.open_connections(), 0);
    let ask = || vec![Statement::query("SELECT a FROM t", [])];
    let outcome = folder.databases.execute("org-1", Access::Read, false, ask()).await;
    assert!(matches!(outcome, Err(DatabaseError::Unavailable(_))), "{outcome:?}");
    let again = Databases::open(folder.folder.path(), Options::default()).unwrap();
    let rows = again.execute("org-1", Access::Read, false, ask()).await.unwrap();
    assert_eq!(rows[0].first().unwrap().integer(0), Ok(5));
}

#[tokio::test]
async fn a_file_that_is_no_database_is_unavailable_not_missing() {
    let folder = Folder::new();
    std::fs::write(folder.folder.path().join("org-1.db"), vec![b'x'; 4096]).unwrap();
    let ask = vec![Statement::query("SELECT name FROM sqlite_master", [])];
    let outcome = folder.databases.execute("org-1", Access::Read, false, ask).await;
    assert!(matches!(outcome, Err(DatabaseError::Unavailable(_))), "{outcome:?}");
}
