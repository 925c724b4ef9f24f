//! The Hrana server as its clients see it.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod support;

use http::{Method, StatusCode};
use serde_json::{Value as Json, json};
use support::Folder;
use support::server::Served;

async fn start() -> (Folder, Served) {
    let folder = Folder::new();
    folder.with_table("org-1").await;
    let served = Served::new(folder.databases.clone(), None).await;
    (folder, served)
}

fn execute(sql: &str) -> Json {
    json!({ "type": "execute", "stmt": { "sql": sql } })
}

#[tokio::test]
async fn it_says_that_it_is_alive_and_which_versions_it_speaks() {
    let (_folder, served) = start().await;
    for path in ["/health", "/v2", "/v3"] {
        let address = format!("{}{path}", served.data);
        let (status, _) = served.send(Method::GET, &address, &[], vec![]).await;
        assert_eq!(status, StatusCode::OK, "{path}");
    }
    let address = format!("{}/v1/pipeline", served.data);
    let (status, _) = served.send(Method::POST, &address, &[], vec![]).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_statement_answers_columns_rows_and_counts() {
    let (_folder, served) = start().await;
    let insert = json!({ "type": "execute", "stmt": {
        "sql": "INSERT INTO t (a, b) VALUES (?1, ?2)",
        "args": [{ "type": "integer", "value": "7" }, { "type": "text", "value": "x" }],
    } });
    let requests = json!([insert, execute("SELECT a, b FROM t"), { "type": "close" }]);
    let results = served.pipeline("org-1", requests).await;
    let inserted = &results[0]["response"]["result"];
    assert_eq!(inserted["affected_row_count"], 1);
    assert_eq!(inserted["last_insert_rowid"], "7");
    let selected = &results[1]["response"]["result"];
    assert_eq!(selected["cols"][1], json!({ "name": "b", "decltype": "TEXT" }));
    let row = json!([{ "type": "integer", "value": "7" }, { "type": "text", "value": "x" }]);
    assert_eq!(selected["rows"], json!([row]));
    assert_eq!(results[2], json!({ "type": "ok", "response": { "type": "close" } }));
}

#[tokio::test]
async fn an_error_is_part_of_the_answer_and_the_next_request_runs() {
    let (_folder, served) = start().await;
    let results = served.pipeline("org-1", json!([execute("SELEC 1"), execute("SELECT 1")])).await;
    assert_eq!(results[0]["type"], "error");
    assert_eq!(results[1]["type"], "ok");
}

#[tokio::test]
async fn a_transaction_in_one_pipeline_commits() {
    let (folder, served) = start().await;
    let requests = json!([
        execute("BEGIN"),
        execute("INSERT INTO t (a) VALUES (1)"),
        { "type": "get_autocommit" },
        execute("COMMIT"),
        { "type": "get_autocommit" },
    ]);
    let results = served.pipeline("org-1", requests).await;
    assert_eq!(results[2]["response"]["is_autocommit"], false);
    assert_eq!(results[4]["response"]["is_autocommit"], true);
    assert_eq!(folder.integers("org-1", "SELECT count(*) FROM t").await, [1]);
}

#[tokio::test]
async fn a_transaction_left_open_is_rolled_back_and_blocks_nobody() {
    let (folder, served) = start().await;
    let requests = json!([execute("BEGIN IMMEDIATE"), execute("INSERT INTO t (a) VALUES (1)")]);
    let results = served.pipeline("org-1", requests).await;
    assert_eq!(results[1]["type"], "ok");
    let insert = vec![support::command("INSERT INTO t (a) VALUES (2)")];
    folder.write("org-1", insert).await.unwrap();
    assert_eq!(folder.integers("org-1", "SELECT a FROM t").await, [2]);
}

#[tokio::test]
async fn conditions_of_a_batch_decide_which_steps_run() {
    let (_folder, served) = start().await;
    let step = |sql: &str, condition: Json| json!({ "stmt": { "sql": sql, "want_rows": true }, "condition": condition });
    let steps = json!([
        step("SELEC", Json::Null),
        step("SELECT 'after error'", json!({ "type": "error", "step": 0 })),
        step("SELECT 'after success'", json!({ "type": "ok", "step": 0 })),
        step(
            "SELECT 'either'",
            json!({ "type": "or", "conds": [
            { "type": "ok", "step": 0 }, { "type": "ok", "step": 1 },
        ] })
        ),
        step("BEGIN", json!({ "type": "is_autocommit" })),
        step("SELECT 'outside'", json!({ "type": "not", "cond": { "type": "is_autocommit" } })),
    ]);
    let results =
        served.pipeline("org-1", json!([{ "type": "batch", "batch": { "steps": steps } }])).await;
    let result = &results[0]["response"]["result"];
    let ran: Vec<_> =
        result["step_results"].as_array().unwrap().iter().map(Json::is_object).collect();
    assert_eq!(ran, [false, true, false, true, true, true]);
    assert!(result["step_errors"][0].is_object());
    assert!(result["step_errors"][2].is_null());
}

#[tokio::test]
async fn named_arguments_stored_texts_scripts_and_descriptions_work() {
    let (_folder, served) = start().await;
    let named = json!({ "type": "execute", "stmt": {
        "sql": "INSERT INTO t (a, b) VALUES (:a, $b)",
        "named_args": [
            { "name": "b", "value": { "type": "text", "value": "named" } },
            { "name": ":a", "value": { "type": "integer", "value": "5" } },
        ],
    } });
    let requests = json!([
        named,
        { "type": "store_sql", "sql_id": 1, "sql": "SELECT b FROM t WHERE a = ?1" },
        { "type": "execute", "stmt": {
            "sql_id": 1, "args": [{ "type": "integer", "value": "5" }] } },
        { "type": "sequence", "sql": "DELETE FROM t; -- all\nINSERT INTO t (a) VALUES (9);" },
        execute("SELECT a FROM t"),
        { "type": "describe", "sql": "SELECT a, b AS second FROM t WHERE a = :key" },
    ]);
    let results = served.pipeline("org-1", requests).await;
    let cell = |result: usize| results[result]["response"]["result"]["rows"][0][0].clone();
    assert_eq!(cell(2), json!({ "type": "text", "value": "named" }));
    assert_eq!(cell(4), json!({ "type": "integer", "value": "9" }));
    let described = &results[5]["response"]["result"];
    assert_eq!(described["params"], json!([{ "name": ":key" }]));
    assert_eq!(described["cols"][1]["name"], "second");
    assert_eq!(described["is_readonly"], true);
}

#[tokio::test]
async fn a_script_with_a_zero_byte_ends_there() {
    let (folder, served) = start().await;
    let script = "INSERT INTO t (a) VALUES (1); \u{0} INSERT INTO t (a) VALUES (2)";
    let results = served.pipeline("org-1", json!([{ "type": "sequence", "sql": script }])).await;
    assert_eq!(results[0]["type"], "ok");
    assert_eq!(folder.integers("org-1", "SELECT a FROM t").await, [1]);
}

#[tokio::test]
async fn other_files_and_settings_are_out_of_reach() {
    let (folder, served) = start().await;
    for sql in ["ATTACH 'x.db' AS x", "PRAGMA journal_mode = DELETE", "VACUUM INTO 'x.db'"] {
        let results = served.pipeline("org-1", json!([execute(sql)])).await;
        assert_eq!(results[0]["type"], "error", "{sql}");
    }
    assert!(!folder.folder.path().join("x.db").exists());
}

#[tokio::test]
async fn the_header_names_the_database_else_the_host_does() {
    let (_folder, served) = start().await;
    let body = json!({ "requests": [execute("SELECT 1")] }).to_string().into_bytes();
    let address = format!("{}/v2/pipeline", served.data);
    let ask = async |headers: &[(&str, &str)]| {
        served.send(Method::POST, &address, headers, body.clone()).await.0
    };
    assert_eq!(ask(&[("host", "org-1.db.example:8080")]).await, StatusCode::OK);
    assert_eq!(ask(&[("host", "org-2.db.example")]).await, StatusCode::NOT_FOUND);
    let both = [("host", "org-2.db.example"), ("x-namespace", "org-1")];
    assert_eq!(ask(&both).await, StatusCode::OK);
}

#[tokio::test]
async fn databases_are_made_and_deleted_with_the_status_codes_clients_know() {
    let (_folder, served) = start().await;
    let address = |name: &str, end: &str| format!("{}/v1/namespaces/{name}{end}", served.admin);
    let json = [("content-type", "application/json")];
    let create = async |name: &str, headers: &[(&str, &str)]| {
        served.send(Method::POST, &address(name, "/create"), headers, b"{}".to_vec()).await
    };
    assert_eq!(create("org-2", &[]).await.0, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(create("org-2", &json).await.0, StatusCode::OK);
    let (status, body) = create("org-2", &json).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(String::from_utf8_lossy(&body).contains("already exists"));
    assert_eq!(create("..", &json).await.0, StatusCode::BAD_REQUEST);
    let delete = async || served.send(Method::DELETE, &address("org-2", ""), &[], vec![]).await.0;
    assert_eq!(delete().await, StatusCode::OK);
    assert_eq!(delete().await, StatusCode::NOT_FOUND);
    // Not over the address for batches.
    let wrong = format!("{}/v1/namespaces/org-3/create", served.data);
    let (status, _) = served.send(Method::POST, &wrong, &json, b"{}".to_vec()).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn with_a_token_only_who_has_it_comes_in() {
    let folder = Folder::new();
    folder.with_table("org-1").await;
    let served = Served::new(folder.databases.clone(), Some("secret")).await;
    let body = json!({ "requests": [execute("SELECT 1")] }).to_string().into_bytes();
    for address in [
        format!("{}/v3/pipeline", served.data),
        format!("{}/v1/namespaces/org-2/create", served.admin),
    ] {
        let ask = async |token: &str| {
            let headers = [
                ("x-namespace", "org-1"),
                ("content-type", "application/json"),
                ("authorization", token),
            ];
            served.send(Method::POST, &address, &headers, body.clone()).await.0
        };
        assert_eq!(ask("Bearer wrong").await, StatusCode::UNAUTHORIZED);
        assert_eq!(ask("secret").await, StatusCode::UNAUTHORIZED);
        assert_eq!(ask("Bearer secret").await, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_stream_cannot_go_on_in_another_request() {
    let (_folder, served) = start().await;
    let body = json!({ "baton": "x", "requests": [] }).to_string().into_bytes();
    let address = format!("{}/v3/pipeline", served.data);
    let headers = [("x-namespace", "org-1")];
    let (status, _) = served.send(Method::POST, &address, &headers, body).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}
