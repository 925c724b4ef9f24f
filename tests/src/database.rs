//! The databases of a server in remote mode, asked past it.

use serde_json::{Value, json};

use crate::Client;

/// One database of a `meridian db`.
#[derive(Clone, Debug)]
pub struct Database {
    client: Client,
}

impl Database {
    pub(crate) fn new(port: u16, name: &str) -> Self {
        let client = Client::new(format!("http://127.0.0.1:{port}")).with("x-namespace", name);
        Self { client }
    }

    /// Runs a statement with texts and integers as arguments; its rows, cell by cell.
    #[track_caller]
    pub fn run(&self, sql: &str, arguments: &[Value]) -> Vec<Vec<Value>> {
        let arguments: Vec<Value> = arguments
            .iter()
            .map(|value| match value {
                Value::String(text) => json!({"type": "text", "value": text}),
                other => json!({"type": "integer", "value": other.to_string()}),
            })
            .collect();
        let statement = json!({"sql": sql, "args": arguments, "want_rows": true});
        let requests = json!({"baton": null, "requests": [
            {"type": "execute", "stmt": statement}, {"type": "close"}]});
        let answer = self.client.post("/v3/pipeline", &requests).json();
        let outcome = &answer["results"][0];
        assert_eq!(outcome["type"], "ok", "{answer}");
        let rows = outcome["response"]["result"]["rows"].as_array().expect("rows");
        let cells = |row: &Value| row.as_array().expect("cells").iter().map(cell).collect();
        rows.iter().map(cells).collect()
    }
}

fn cell(cell: &Value) -> Value {
    match (cell["type"].as_str(), cell["value"].as_str()) {
        (Some("integer"), Some(digits)) => digits.parse::<i64>().map_or(Value::Null, Value::from),
        (_, Some(text)) => text.into(),
        _ => Value::Null,
    }
}
