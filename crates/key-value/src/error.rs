use std::fmt;

use crate::{MAX_KEY_BYTES, MAX_LABEL_BYTES, MAX_VALUE_BYTES};

/// Why a call failed. Nothing was changed.
#[derive(Debug)]
pub enum Error {
    /// A label that is empty, too long, or not `[a-z0-9_-]`.
    InvalidLabel,
    /// A key that is empty or longer than [`MAX_KEY_BYTES`].
    InvalidKey,
    /// A value larger than [`MAX_VALUE_BYTES`].
    ValueTooLarge,
    /// An increment of a value that is no counter.
    NotACounter,
    /// An increment beyond the range of 64 bits.
    Overflow,
    /// The folder cannot be read or written.
    Storage(fjall::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidLabel => {
                write!(f, "a store's label is 1 to {MAX_LABEL_BYTES} of a-z, 0-9, - and _")
            }
            Self::InvalidKey => write!(f, "a key is 1 to {MAX_KEY_BYTES} bytes long"),
            Self::ValueTooLarge => write!(f, "a value is at most {MAX_VALUE_BYTES} bytes long"),
            Self::NotACounter => f.write_str("the value is no counter: it is not 8 bytes long"),
            Self::Overflow => f.write_str("the counter would leave the range of 64 bits"),
            Self::Storage(error) => write!(f, "the key-value folder failed: {error}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Storage(error) => Some(error),
            _ => None,
        }
    }
}

impl From<fjall::Error> for Error {
    fn from(error: fjall::Error) -> Self {
        Self::Storage(error)
    }
}
