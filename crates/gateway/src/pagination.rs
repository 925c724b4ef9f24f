//! The pagination block of lists that have one.

use serde::Serialize;

/// Where a page is among all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Pagination {
    total_items: u64,
    remaining_items: u64,
    returned_items: u64,
    items_per_page: u64,
    current_page: u64,
    total_pages: u64,
    has_next_page: bool,
    has_previous_page: bool,
}

impl Pagination {
    /// Of a page of at most `take` (at least 1) after `skip`.
    pub fn of(total: u64, returned: usize, skip: u32, take: u32) -> Self {
        let take = u64::from(take.max(1));
        let skip = u64::from(skip).min(total);
        let total_pages = total.div_ceil(take);
        let reached = skip.saturating_add(take);
        Self {
            total_items: total,
            remaining_items: total.saturating_sub(reached),
            returned_items: u64::try_from(returned).unwrap_or(u64::MAX),
            items_per_page: take,
            // 0 where there are no pages.
            current_page: (skip / take + 1).min(total_pages),
            total_pages,
            has_next_page: reached < total,
            has_previous_page: skip > 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(total: u64, skip: u32, take: u32) -> (u64, u64, u64, bool, bool) {
        let page = Pagination::of(total, 0, skip, take);
        (
            page.remaining_items,
            page.current_page,
            page.total_pages,
            page.has_next_page,
            page.has_previous_page,
        )
    }

    #[test]
    fn pages_are_counted_from_one_and_never_past_the_last() {
        assert_eq!(shown(25, 0, 10), (15, 1, 3, true, false));
        assert_eq!(shown(25, 10, 10), (5, 2, 3, true, true));
        assert_eq!(shown(25, 20, 10), (0, 3, 3, false, true));
        assert_eq!(shown(20, 20, 10), (0, 2, 2, false, true));
        assert_eq!(shown(20, 99, 10), (0, 2, 2, false, true));
    }

    #[test]
    fn without_items_there_are_no_pages() {
        assert_eq!(shown(0, 0, 10), (0, 0, 0, false, false));
        assert_eq!(shown(0, 5, 10), (0, 0, 0, false, false));
    }
}
