//! JSON written straight as text, for answers of many rows.
//!
//! The same text as `serde_json` writes, for less: names are not looked at for what
//! must be escaped, and texts are looked at eight bytes at a time.

use meridian_kernel::Instant;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

/// JSON on its way out. Values are written one after the other; within lists and
/// objects a comma follows each, and the end takes the last one back.
#[derive(Clone, Debug, Default)]
pub struct JsonText {
    bytes: Vec<u8>,
}

/// The fields of an object that is being written.
#[derive(Debug)]
pub struct Fields<'a> {
    json: &'a mut JsonText,
}

impl JsonText {
    /// Nothing yet, with room for so many bytes.
    pub fn with_capacity(bytes: usize) -> Self {
        Self { bytes: Vec::with_capacity(bytes) }
    }

    /// What was written.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// A text.
    pub fn text(&mut self, text: &str) {
        let start = self.bytes.len();
        self.bytes.reserve(text.len() + 2);
        self.bytes.push(b'"');
        let (words, rest) = text.as_bytes().as_chunks();
        for word in words {
            if has_escapes(u64::from_le_bytes(*word)) {
                return self.escaped(start, text);
            }
            self.bytes.extend_from_slice(word);
        }
        for byte in rest {
            if is_escaped(*byte) {
                return self.escaped(start, text);
            }
            self.bytes.push(*byte);
        }
        self.bytes.push(b'"');
    }

    /// The same from `start` on, by whoever knows every escape.
    #[cold]
    fn escaped(&mut self, start: usize, text: &str) {
        self.bytes.truncate(start);
        self.value(text);
    }

    /// What is JSON already.
    pub fn raw(&mut self, json: &str) {
        self.bytes.extend_from_slice(json.as_bytes());
    }

    /// An instant, as every answer has it.
    pub fn instant(&mut self, instant: Instant) {
        self.bytes.push(b'"');
        self.bytes.extend_from_slice(&instant.iso());
        self.bytes.push(b'"');
    }

    /// Anything else. Only maps with keys that are no texts have no JSON, and no answer
    /// holds one: such a value is null.
    pub fn value<T: Serialize + ?Sized>(&mut self, value: &T) {
        let start = self.bytes.len();
        if serde_json::to_writer(&mut self.bytes, value).is_err() {
            self.bytes.truncate(start);
            self.raw("null");
        }
    }

    /// A list; `each` writes one value.
    pub fn list<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        mut each: impl FnMut(&mut Self, T),
    ) {
        self.bytes.push(b'[');
        for item in items {
            each(self, item);
            self.bytes.push(b',');
        }
        self.end(b']');
    }

    /// An object.
    pub fn object(&mut self, write: impl FnOnce(&mut Fields<'_>)) {
        self.bytes.push(b'{');
        write(&mut Fields { json: self });
        self.end(b'}');
    }

    fn end(&mut self, bracket: u8) {
        match self.bytes.last_mut() {
            Some(last) if *last == b',' => *last = bracket,
            _ => self.bytes.push(bracket),
        }
    }
}

impl Fields<'_> {
    /// A field; `write` writes one value. The name is one that needs no escapes.
    #[inline(always)]
    pub fn field(&mut self, name: &'static str, write: impl FnOnce(&mut JsonText)) {
        debug_assert!(!name.bytes().any(is_escaped), "{name}");
        let Self { json } = self;
        json.bytes.push(b'"');
        json.bytes.extend_from_slice(name.as_bytes());
        json.bytes.extend_from_slice(b"\":");
        write(json);
        json.bytes.push(b',');
    }

    /// A field of any name.
    pub fn entry(&mut self, name: &str, write: impl FnOnce(&mut JsonText)) {
        self.json.text(name);
        self.json.bytes.push(b':');
        write(self.json);
        self.json.bytes.push(b',');
    }

    /// A text.
    #[inline(always)]
    pub fn text(&mut self, name: &'static str, text: &str) {
        self.field(name, |json| json.text(text));
    }

    /// A text, where there is one; else there is no such field.
    #[inline(always)]
    pub fn optional_text(&mut self, name: &'static str, text: Option<&str>) {
        if let Some(text) = text {
            self.text(name, text);
        }
    }

    /// An instant.
    #[inline(always)]
    pub fn instant(&mut self, name: &'static str, instant: Instant) {
        self.field(name, |json| json.instant(instant));
    }

    /// Anything else.
    #[inline(always)]
    pub fn value<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) {
        self.field(name, |json| json.value(value));
    }
}

/// As part of a value that is serialized: its text as it stands.
impl Serialize for JsonText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw: &RawValue =
            serde_json::from_slice(&self.bytes).map_err(serde::ser::Error::custom)?;
        raw.serialize(serializer)
    }
}

/// Whether a byte of a text cannot stand in JSON as it is.
const fn is_escaped(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

/// The same of any of eight bytes.
const fn has_escapes(word: u64) -> bool {
    /// A one in every byte.
    const ONES: u64 = 0x0101_0101_0101_0101;
    /// The highest bit of every byte.
    const HIGHEST: u64 = 0x8080_8080_8080_8080;
    /// Whether any byte is less than `bound`, which is at most 0x80: taking it from
    /// such a byte, and from no other below 0x80, sets the highest bit. A borrow
    /// reaches only bytes above one that is less.
    const fn any_below(word: u64, bound: u64) -> bool {
        word.wrapping_sub(ONES * bound) & !word & HIGHEST != 0
    }
    any_below(word, 0x20)
        || any_below(word ^ (ONES * b'"' as u64), 1)
        || any_below(word ^ (ONES * b'\\' as u64), 1)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn text(text: &str) -> String {
        let mut json = JsonText::default();
        json.text(text);
        String::from_utf8(json.into_bytes()).unwrap()
    }

    #[test]
    fn every_text_is_what_serde_json_makes_of_it_wherever_an_escape_stands() {
        for character in (0..=0x2ff).filter_map(char::from_u32).chain(['\u{2028}', '😀']) {
            for place in 0..20 {
                let before: String = "abcdefghijklmnopqrst".chars().take(place).collect();
                for after in ["", "z", "zé\u{7f}zzzzzz~zzz"] {
                    let whole = format!("{before}{character}{after}");
                    assert_eq!(text(&whole), serde_json::to_string(&whole).unwrap());
                }
            }
        }
    }

    #[test]
    fn lists_and_objects_have_commas_between_and_none_at_the_end() {
        let mut json = JsonText::with_capacity(64);
        json.object(|fields| {
            fields.text("a", "x,");
            fields.optional_text("none", None);
            fields.optional_text("some", Some("\n"));
            fields.instant("at", Instant::from_millis(0));
            fields.value("map", &json!({"deep": [1, null]}));
            fields.field("empty", |json| json.list([0_i64; 0], |json, one| json.value(&one)));
            fields.field("nothing", |json| json.object(|_| ()));
            fields.field("list", |json| json.list([1, 2], |json, one| json.value(&one)));
            fields.entry("any \"name\"", |json| json.raw("true"));
        });
        let expected = r#"{"a":"x,","some":"\n","at":"1970-01-01T00:00:00.000Z","map":{"deep":[1,null]},"empty":[],"nothing":{},"list":[1,2],"any \"name\"":true}"#;
        assert_eq!(serde_json::to_string(&json).unwrap(), expected);
        assert_eq!(String::from_utf8(json.into_bytes()).unwrap(), expected);
    }

    #[test]
    fn a_value_that_has_no_json_is_null() {
        let mut json = JsonText::default();
        json.value(&std::collections::HashMap::from([((1, 2), 3)]));
        assert_eq!(json.into_bytes(), b"null");
    }
}
