//! JSON objects of a row that are mostly passed on, and seldom looked into.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;
use std::sync::OnceLock;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// A JSON object as text. It is shown as it is stored; only who looks inside has it
/// read, once.
#[derive(Clone)]
pub struct JsonObject {
    raw: Box<RawValue>,
    read: OnceLock<Map<String, Value>>,
}

impl JsonObject {
    /// The object a text is; `None` where it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let raw: Box<RawValue> = serde_json::from_str(text).ok()?;
        raw.get().starts_with('{').then(|| Self { raw, read: OnceLock::new() })
    }

    /// The text.
    pub fn text(&self) -> &str {
        self.raw.get()
    }

    /// Names and values, without reading the values.
    pub fn entries(&self) -> Vec<(Cow<'_, str>, &RawValue)> {
        match self.text() {
            "{}" => Vec::new(),
            text => serde_json::from_str(text).map(|Entries(entries)| entries).unwrap_or_default(),
        }
    }

    /// The object, to be changed.
    pub fn into_map(self) -> Map<String, Value> {
        match self.read.into_inner() {
            Some(map) => map,
            None => read(&self.raw),
        }
    }
}

fn read(raw: &RawValue) -> Map<String, Value> {
    serde_json::from_str(raw.get()).unwrap_or_default()
}

/// The text of a value, where it is a text.
pub fn raw_text(value: &RawValue) -> Option<Cow<'_, str>> {
    serde_json::from_str(value.get()).ok().map(|Text(text)| text)
}

impl From<Map<String, Value>> for JsonObject {
    fn from(map: Map<String, Value>) -> Self {
        // Only maps with keys that are no texts have no JSON.
        let raw = serde_json::value::to_raw_value(&map).unwrap_or_default();
        Self { raw, read: map.into() }
    }
}

impl Default for JsonObject {
    fn default() -> Self {
        Map::new().into()
    }
}

impl Deref for JsonObject {
    type Target = Map<String, Value>;

    fn deref(&self) -> &Self::Target {
        self.read.get_or_init(|| read(&self.raw))
    }
}

impl PartialEq for JsonObject {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl fmt::Debug for JsonObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

impl Serialize for JsonObject {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.raw.serialize(serializer)
    }
}

/// A text, borrowed where it has no escapes.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

struct Entries<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de> Deserialize<'de> for Entries<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfObject;
        impl<'de> Visitor<'de> for OfObject {
            type Value = Entries<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some((Text(name), value)) = map.next_entry()? {
                    entries.push((name, value));
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(OfObject)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_object_is_shown_as_it_is_stored_and_read_by_whoever_looks_inside() {
        let text = r#"{"b":[1,2],"a\n":"x\ty","c":{"d":null}}"#;
        let object = JsonObject::parse(text).unwrap();
        assert_eq!(serde_json::to_string(&object).unwrap(), text);
        assert_eq!(serde_json::to_string(&json!({ "it": object })).unwrap().len(), text.len() + 7);
        assert_eq!(object.get("b"), Some(&json!([1, 2])));
        let entries = object.entries();
        let names: Vec<&str> = entries.iter().map(|(name, _)| &**name).collect();
        assert_eq!(names, ["b", "a\n", "c"]);
        assert_eq!(raw_text(entries[1].1).as_deref(), Some("x\ty"));
        assert_eq!(raw_text(entries[0].1), None);
        assert_eq!(object, JsonObject::from(object.clone().into_map()));
        assert_eq!(JsonObject::parse(text).unwrap().into_map(), object.into_map());
    }

    #[test]
    fn what_is_no_object_is_none() {
        for text in ["", "{", "[]", "null", "1", "\"{}\"", "{} {}", "{\"a\"}"] {
            assert!(JsonObject::parse(text).is_none(), "{text}");
        }
        assert!(JsonObject::parse(" {} ").is_some_and(|object| object.is_empty()));
        assert_eq!(JsonObject::default().text(), "{}");
    }
}
