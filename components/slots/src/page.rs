//! The part of a list that is asked for.

use meridian_gateway::validate::{Fields, count};

/// The most, and the usual number, of entries on a page.
const PAGE: u32 = 250;

/// How many to leave out, and how many at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    pub skip: u32,
    pub take: u32,
}

impl Page {
    /// From the query.
    pub fn read(fields: &mut Fields<'_>) -> Self {
        Self {
            skip: fields.optional("skip", count(0, u32::MAX)).unwrap_or(0),
            take: fields.optional("take", count(1, PAGE)).unwrap_or(PAGE),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_page_is_bounded_and_wrong_numbers_are_named() {
        let read = |query| {
            let mut fields = Fields::of(&query);
            let page = Page::read(&mut fields);
            fields.finish().map(|()| page).map_err(|error| error.message)
        };
        assert_eq!(read(json!({})), Ok(Page { skip: 0, take: 250 }));
        assert_eq!(read(json!({"skip": "5", "take": "1"})), Ok(Page { skip: 5, take: 1 }));
        assert_eq!(
            read(json!({"skip": "-1", "take": "251"})),
            Err("skip must not be less than 0, take must not be greater than 250".to_owned())
        );
    }
}
