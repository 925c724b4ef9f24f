//! What lists are asked by.

use meridian_gateway::validate::{Fields, count};

pub use meridian_gateway::validate::read_many;

/// The most of a list in one answer.
pub const MAX_PAGE: u32 = 250;

/// `skip` and `take` of a list of at most `most` at a time.
pub fn read(fields: &mut Fields<'_>, most: u32) -> (u32, u32) {
    let take = fields.optional("take", count(1, most)).unwrap_or(most);
    let skip = fields.optional("skip", count(0, u32::MAX)).unwrap_or(0);
    (skip, take)
}
