//! A field of a partial update.

/// Absent, `null` or a value: three different wishes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Patch<T> {
    /// Leave the stored value as it is.
    #[default]
    Absent,
    /// Remove the stored value.
    Null,
    /// Store this value.
    Value(T),
}

impl<T> Patch<T> {
    /// The field after the patch, given what was stored.
    pub fn apply(self, stored: Option<T>) -> Option<T> {
        match self {
            Self::Absent => stored,
            Self::Null => None,
            Self::Value(value) => Some(value),
        }
    }

    /// The field after the patch where it cannot be removed: `null` counts as absent.
    pub fn or(self, stored: T) -> T {
        match self {
            Self::Value(value) => value,
            Self::Absent | Self::Null => stored,
        }
    }

    /// Whether the client said nothing of the field.
    pub const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// The value, where there is one.
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }

    /// The same wish about another form of the value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Patch<U> {
        match self {
            Self::Absent => Patch::Absent,
            Self::Null => Patch::Null,
            Self::Value(value) => Patch::Value(change(value)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_null_and_value_are_three_wishes() {
        assert_eq!(Patch::Absent.apply(Some(1)), Some(1));
        assert_eq!(Patch::<i32>::Null.apply(Some(1)), None);
        assert_eq!(Patch::Value(2).apply(Some(1)), Some(2));
        assert_eq!(Patch::<i32>::Null.or(1), 1);
    }
}
