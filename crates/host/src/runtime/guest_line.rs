//! A line that a guest wrote for the log.

use serde::Serialize;
use serde_json::{Map, Value};
use tracing::Level;

use crate::logging;

/// What lines of guests are filtered by.
const TARGET: &str = "guest";

/// Names of ours in a line: a guest cannot pass for somebody else.
const OURS: [&str; 4] = ["timestamp", "level", "component", "target"];

/// A line with fields of its own: a JSON object that says a level and a message.
#[derive(Debug, PartialEq)]
struct Fields {
    level: Level,
    message: String,
    rest: Map<String, Value>,
}

/// As `tracing` would write it.
#[derive(Serialize)]
struct Line<'a> {
    timestamp: String,
    level: &'static str,
    message: &'a str,
    #[serde(flatten)]
    rest: &'a Map<String, Value>,
    component: &'a str,
    target: &'static str,
}

/// Logs a line of a component, with its fields where it has some.
pub(super) fn log(component: &str, line: &str) {
    match fields(line) {
        Some(fields) => log_fields(component, &fields),
        None if line.is_empty() => {}
        None => tracing::info!(target: TARGET, component, "{line}"),
    }
}

fn log_fields(component: &str, fields: &Fields) {
    /// A level is part of what `tracing` knows of a place in the code.
    macro_rules! log_at {
        ($level:ident) => {{
            if tracing::enabled!(target: TARGET, Level::$level)
                && !logging::write_json(|| json_line(component, fields))
            {
                let Fields { message, rest, .. } = fields;
                let rest = pairs(rest);
                tracing::event!(target: TARGET, Level::$level, component, "{message}{rest}");
            }
        }};
    }
    match fields.level {
        Level::ERROR => log_at!(ERROR),
        Level::WARN => log_at!(WARN),
        Level::INFO => log_at!(INFO),
        Level::DEBUG => log_at!(DEBUG),
        Level::TRACE => log_at!(TRACE),
    }
}

fn json_line<'a>(component: &'a str, fields: &'a Fields) -> Line<'a> {
    Line {
        timestamp: meridian_kernel::Instant::now().to_iso(),
        level: fields.level.as_str(),
        message: &fields.message,
        rest: &fields.rest,
        component,
        target: TARGET,
    }
}

/// For people: ` name=value …`, without what is not there.
fn pairs(rest: &Map<String, Value>) -> String {
    let there = rest.iter().filter(|(_, value)| !value.is_null());
    there.map(|(name, value)| format!(" {name}={value}")).collect()
}

fn fields(line: &str) -> Option<Fields> {
    if !line.starts_with('{') {
        return None;
    }
    let mut rest: Map<String, Value> = serde_json::from_str(line).ok()?;
    let level = rest.get("level")?.as_str()?.parse().unwrap_or(Level::INFO);
    let Value::String(message) = rest.remove("message")? else { return None };
    rest.retain(|name, _| !OURS.contains(&name.as_str()));
    Some(Fields { level, message, rest })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_object_with_level_and_message_is_fields() {
        let line = r#"{"level":"warn","message":"webhook delivery","status":500,"error":null,
                       "target":"request","component":"auth","timestamp":"never"}"#;
        let fields = fields(line).unwrap();
        assert_eq!((fields.level, fields.message.as_str()), (Level::WARN, "webhook delivery"));
        assert_eq!(pairs(&fields.rest), " status=500");
        let mut written = serde_json::to_value(json_line("webhooks", &fields)).unwrap();
        let timestamp = written["timestamp"].take();
        assert!(timestamp.as_str().is_some_and(|text| text.starts_with("20")), "{timestamp}");
        let expected = json!({"timestamp": null, "level": "WARN", "message": "webhook delivery",
            "status": 500, "error": null, "component": "webhooks", "target": "guest"});
        assert_eq!(written, expected);
    }

    #[test]
    fn an_unknown_level_is_information() {
        let fields = fields(r#"{"level":"fatal","message":"m"}"#).unwrap();
        assert_eq!(fields.level, Level::INFO);
    }

    #[test]
    fn anything_else_is_a_text() {
        for line in [
            "",
            "plain",
            r#"{"level":"info"}"#,
            r#"{"message":"m"}"#,
            r#"{"level":3,"message":"m"}"#,
            r#"{"level":"info","message":3}"#,
            r#"{"level":"info","message":"cut in tw"#,
            r#"["level","message"]"#,
        ] {
            assert_eq!(fields(line), None, "{line}");
        }
    }
}
