//! Reading rows: positional, and failing on data that should not be there.

use std::fmt;

use meridian_kernel::{Instant, PermissionSet, Role};

use crate::packed::Cell;
use crate::{JsonObject, Rows, Value};

/// A stored row that does not fit its table's mapper. Never the caller's fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRow {
    /// Index of the column in the select list.
    pub column: usize,
    /// What was expected there.
    pub expected: &'static str,
}

impl fmt::Display for BadRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "column {} of a stored row is not {}", self.column, self.expected)
    }
}

impl std::error::Error for BadRow {}

/// One row of an answer, read where it lies: see [`crate::packed`].
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    pub(crate) slots: &'a [u8],
    pub(crate) heap: &'a [u8],
}

impl Rows {
    /// The first row.
    pub fn first(&self) -> Option<Row<'_>> {
        self.iter().next()
    }

    /// Every row through a mapper; the first bad row fails all.
    pub fn map<T>(&self, mapper: impl Fn(Row<'_>) -> Result<T, BadRow>) -> Result<Vec<T>, BadRow> {
        self.iter().map(mapper).collect()
    }
}

impl<'a> Row<'a> {
    /// The cell as it is.
    pub fn value(self, column: usize) -> Result<Value, BadRow> {
        match self.cell(column) {
            Ok(Cell::Text(_)) => self.string(column).map(Value::Text),
            Ok(cell) => Ok(cell.to_value()),
            Err(_) => Err(BadRow { column, expected: "a value" }),
        }
    }

    /// An integer.
    pub fn integer(self, column: usize) -> Result<i64, BadRow> {
        match self.cell(column) {
            Ok(Cell::Integer(value)) => Ok(value),
            _ => Err(BadRow { column, expected: "an integer" }),
        }
    }

    /// An integer that fits 32 bits and is not negative: minutes, counts.
    pub fn count(self, column: usize) -> Result<u32, BadRow> {
        let expected = "a count";
        u32::try_from(self.integer(column)?).map_err(|_| BadRow { column, expected })
    }

    /// A boolean, stored as 0 or 1.
    pub fn boolean(self, column: usize) -> Result<bool, BadRow> {
        match self.integer(column)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(BadRow { column, expected: "0 or 1" }),
        }
    }

    /// A text. One that is not UTF-8 is none.
    pub fn text(self, column: usize) -> Result<&'a str, BadRow> {
        let text = match self.cell(column) {
            Ok(Cell::Text(bytes)) => std::str::from_utf8(bytes).ok(),
            _ => None,
        };
        text.ok_or(BadRow { column, expected: "a text" })
    }

    /// An owned text.
    pub fn string(self, column: usize) -> Result<String, BadRow> {
        self.text(column).map(str::to_owned)
    }

    /// An instant, stored in milliseconds.
    pub fn instant(self, column: usize) -> Result<Instant, BadRow> {
        self.integer(column).map(Instant::from_millis)
    }

    /// A member's role.
    pub fn role(self, column: usize) -> Result<Role, BadRow> {
        Role::parse(self.text(column)?).ok_or(BadRow { column, expected: "a role" })
    }

    /// Permissions, a bit each.
    pub fn permissions(self, column: usize) -> Result<PermissionSet, BadRow> {
        let bits = u64::try_from(self.integer(column)?).ok().and_then(PermissionSet::try_from_bits);
        bits.ok_or(BadRow { column, expected: "permissions" })
    }

    /// JSON text, read into a type.
    pub fn json<T: serde::de::DeserializeOwned>(self, column: usize) -> Result<T, BadRow> {
        let expected = "the JSON of its table";
        serde_json::from_str(self.text(column)?).map_err(|_| BadRow { column, expected })
    }

    /// A JSON object that is mostly passed on.
    pub fn object(self, column: usize) -> Result<JsonObject, BadRow> {
        let expected = "a JSON object";
        JsonObject::parse(self.text(column)?).ok_or(BadRow { column, expected })
    }

    /// `None` where the cell is NULL, else what `read` makes of it:
    /// `row.optional(3, Row::string)`.
    pub fn optional<T>(
        self,
        column: usize,
        read: impl FnOnce(Self, usize) -> Result<T, BadRow>,
    ) -> Result<Option<T>, BadRow> {
        match self.cell(column) {
            Ok(Cell::Null) => Ok(None),
            _ => read(self, column).map(Some),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_by_position_and_bad_data_fails() {
        let rows = Rows::of(
            3,
            &[1_i64.into(), "a".into(), Value::Null, 2_i64.into(), "b".into(), "c".into()],
        );
        let read =
            |row: Row<'_>| Ok((row.integer(0)?, row.string(1)?, row.optional(2, Row::string)?));
        assert_eq!(
            rows.map(read).unwrap(),
            [(1, "a".to_owned(), None), (2, "b".to_owned(), Some("c".to_owned()))]
        );
        let wrong = rows.map(|row| row.integer(1)).unwrap_err();
        assert_eq!(wrong.to_string(), "column 1 of a stored row is not an integer");
    }
}
