//! The answer to a pipeline request, read into the seam's form.

use std::borrow::Cow;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use meridian_store::packed::{self, AnswerPacker};
use meridian_store::{DatabaseError, MAX_BYTES, MAX_ROWS, Value};
use serde::Deserialize;
use serde::de::{self, Deserializer, IgnoredAny, MapAccess, Visitor};

use crate::encode::Role;
use crate::normalize::{self, Refusal};

/// Reads the answer to a batch whose steps have those roles, into the packed form.
pub(crate) fn decode(roles: &[Role], status: u16, body: &[u8]) -> Result<Vec<u8>, DatabaseError> {
    if !(200..300).contains(&status) {
        return Err(normalize::of_status(status, body));
    }
    let pipeline: Pipeline<'_> =
        serde_json::from_slice(body).map_err(|error| nonsense(&error.to_string()))?;
    let Some(first) = pipeline.results.into_iter().next() else {
        return Err(nonsense("no result"));
    };
    if let Some(refusal) = first.error {
        return Err(normalize::of_batch(&refusal));
    }
    let Some(result) = first.response.and_then(|response| response.result) else {
        return Err(nonsense("no response"));
    };
    let refused = roles.iter().zip(&result.step_errors).find_map(|(role, error)| {
        let refusal = error.as_ref()?;
        Some(normalize::of_step(*role, roles, refusal))
    });
    match refused {
        Some(error) => Err(error),
        None => pack(roles, result.step_results),
    }
}

fn pack(roles: &[Role], results: Vec<Option<StepResult>>) -> Result<Vec<u8>, DatabaseError> {
    let mut answers = AnswerPacker::default();
    let (mut count, mut bytes) = (0_usize, 0_usize);
    let mut results = results.into_iter();
    for role in roles {
        let result = results.next().flatten();
        let Role::Statement { want_rows, .. } = *role else { continue };
        let Some(result) = result else { return Err(nonsense("a step was left out")) };
        let mut width = 0;
        if want_rows {
            width = result.cols.len();
            count = count.saturating_add(result.rows.len());
            if result.rows.iter().any(|row| row.len() != width) {
                return Err(nonsense("a row of another width"));
            }
            for value in result.rows.iter().flatten() {
                let cell = packed::Cell::from(&value.0);
                bytes = bytes.saturating_add(cell.size());
                answers.push(cell);
            }
        }
        if count > MAX_ROWS || bytes > MAX_BYTES {
            return Err(DatabaseError::TooLarge);
        }
        let rowid = result.last_insert_rowid.map_or(0, |text| text.0);
        answers.end_statement(width, result.affected_row_count, rowid);
    }
    Ok(answers.finish())
}

fn nonsense(text: &str) -> DatabaseError {
    DatabaseError::Unavailable(format!("the answer makes no sense: {text}"))
}

#[derive(Deserialize)]
struct Pipeline<'a> {
    #[serde(borrow)]
    results: Vec<StreamResult<'a>>,
}

#[derive(Deserialize)]
struct StreamResult<'a> {
    #[serde(default)]
    response: Option<Response<'a>>,
    #[serde(borrow, default)]
    error: Option<Refusal<'a>>,
}

/// Of `close` there is no result.
#[derive(Deserialize)]
struct Response<'a> {
    #[serde(borrow, default)]
    result: Option<BatchResult<'a>>,
}

#[derive(Deserialize)]
struct BatchResult<'a> {
    step_results: Vec<Option<StepResult>>,
    #[serde(borrow)]
    step_errors: Vec<Option<Refusal<'a>>>,
}

#[derive(Deserialize)]
struct StepResult {
    cols: Vec<IgnoredAny>,
    rows: Vec<Vec<Cell>>,
    #[serde(default)]
    affected_row_count: u64,
    #[serde(default)]
    last_insert_rowid: Option<Integer>,
}

/// An integer, as a text or as a number.
struct Integer(i64);

impl<'de> Deserialize<'de> for Integer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Scalar::deserialize(deserializer)? {
            Scalar::Text(text) => text.parse().map(Self).map_err(de::Error::custom),
            Scalar::Integer(number) => Ok(Self(number)),
            Scalar::Real(_) | Scalar::Null => Err(de::Error::custom("no integer")),
        }
    }
}

/// What stands at a `value`.
enum Scalar<'a> {
    Null,
    Integer(i64),
    Real(f64),
    Text(Cow<'a, str>),
}

impl<'de: 'a, 'a> Deserialize<'de> for Scalar<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ScalarVisitor;
        impl<'de> Visitor<'de> for ScalarVisitor {
            type Value = Scalar<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a number")
            }

            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Scalar::Null)
            }

            fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
                Ok(Scalar::Integer(number))
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Self::Value, E> {
                i64::try_from(number).map(Scalar::Integer).map_err(E::custom)
            }

            fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
                Ok(Scalar::Real(number))
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Scalar::Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Scalar::Text(Cow::Owned(text.to_owned())))
            }

            fn visit_string<E>(self, text: String) -> Result<Self::Value, E> {
                Ok(Scalar::Text(Cow::Owned(text)))
            }
        }
        deserializer.deserialize_any(ScalarVisitor)
    }
}

/// A cell, read without a detour over a tree.
struct Cell(Value);

impl<'de> Deserialize<'de> for Cell {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct CellVisitor;
        impl<'de> Visitor<'de> for CellVisitor {
            type Value = Cell;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value with its type")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Cell, A::Error> {
                let mut kind = Cow::Borrowed("null");
                let mut value = Scalar::Null;
                while let Some(key) = map.next_key::<Key>()? {
                    match key {
                        Key::Type => match map.next_value()? {
                            Scalar::Text(text) => kind = text,
                            _ => return Err(de::Error::custom("a type that is no text")),
                        },
                        Key::Value => value = map.next_value()?,
                        Key::Other => {
                            map.next_value::<IgnoredAny>()?;
                        }
                    }
                }
                cell(&kind, value).map(Cell)
            }
        }
        deserializer.deserialize_map(CellVisitor)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Key {
    Type,
    #[serde(alias = "base64")]
    Value,
    #[serde(other)]
    Other,
}

fn cell<E: de::Error>(kind: &str, value: Scalar<'_>) -> Result<Value, E> {
    match (kind, value) {
        ("null", _) => Ok(Value::Null),
        ("integer", Scalar::Text(text)) => text.parse().map(Value::Integer).map_err(E::custom),
        ("integer", Scalar::Integer(number)) => Ok(Value::Integer(number)),
        ("float", Scalar::Real(number)) => Ok(Value::Real(number)),
        // JSON does not tell 2 from 2.0.
        #[allow(clippy::cast_precision_loss, reason = "it was a double before it was JSON")]
        ("float", Scalar::Integer(number)) => Ok(Value::Real(number as f64)),
        ("float", Scalar::Null) => Ok(Value::Null),
        ("text", Scalar::Text(text)) => Ok(Value::Text(text.into_owned())),
        ("blob", Scalar::Text(text)) => {
            STANDARD_NO_PAD.decode(text.trim_end_matches('=')).map(Value::Blob).map_err(E::custom)
        }
        _ => Err(E::custom("a value that does not fit its type")),
    }
}
