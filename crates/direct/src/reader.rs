//! Texts out of a row of them.

use bytes::{Buf, Bytes};

use crate::{LENGTH, Malformed};

/// Takes one text after the other.
pub(crate) struct Reader(Bytes);

impl Reader {
    pub(crate) const fn new(bytes: Bytes) -> Self {
        Self(bytes)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The next text; it shares the memory of the whole.
    pub(crate) fn text(&mut self) -> Result<Bytes, Malformed> {
        if self.0.len() < LENGTH {
            return Err(Malformed);
        }
        let length = usize::try_from(self.0.get_u32_le()).map_err(|_| Malformed)?;
        if self.0.len() < length { Err(Malformed) } else { Ok(self.0.split_to(length)) }
    }
}
