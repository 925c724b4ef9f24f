//! `GET /v2/slots`

use meridian_gateway::{ApiError, Reply, Request};
use meridian_kernel::{Instant, UserId};
use meridian_scheduling::Interval;

use super::answer::{self, SHAPE, Shape};
use super::find::find;
use super::query::{self, SlotsQuery};
use crate::bookable::Bookable;

/// How long those that were picked out may have no time before everybody takes
/// turns again (contract: slots, "Algorithm", step 2), in minutes.
const PATIENCE_MINUTES: i64 = 14 * 24 * 60;

/// When an event type, or a group of people, can be booked, by date in the zone
/// asked for.
pub async fn get_slots(request: Request) -> Result<Reply, ApiError> {
    let query = query::parse(&request)?;
    answer_in_shape(&request, &query, &SHAPE).await
}

/// The same in the shape of a version.
pub async fn answer_in_shape(
    request: &Request,
    query: &SlotsQuery,
    shape: &Shape,
) -> Result<Reply, ApiError> {
    let bookable = match &query.subset {
        Some(subset) => find_subset(request, query, subset).await?,
        None => find(request, query, query.window).await?,
    };
    let length = length_of(&bookable, query)?;
    let question = bookable.question(length, request.now, query.window);
    let slots = question.slots(query.window, query.zone);
    Ok(answer::slots(&slots, length, query.zone, query.format, shape))
}

fn length_of(bookable: &Bookable, query: &SlotsQuery) -> Result<u32, ApiError> {
    match query.duration {
        Some(asked) => bookable.length(asked).map_err(query::wrong_length),
        None => Ok(bookable.own_length()),
    }
}

/// With only some of those who take turns, where they have time soon; else with all.
async fn find_subset(
    request: &Request,
    query: &SlotsQuery,
    subset: &[UserId],
) -> Result<Bookable, ApiError> {
    let soon = soon(query.window, request.now);
    let reach = Interval::new(query.window.start, query.window.end.max(soon.end));
    let mut bookable = find(request, query, reach).await?;
    bookable.keep_only_turns_of(subset);
    let length = length_of(&bookable, query)?;
    let have_time =
        !bookable.question(length, request.now, soon).slots(soon, query.zone).is_empty();
    if have_time { Ok(bookable) } else { find(request, query, query.window).await }
}

/// The first two weeks of a window that are not over.
fn soon(window: Interval, now: Instant) -> Interval {
    let start = window.start.max(now);
    Interval::new(start, start.plus_minutes(PATIENCE_MINUTES))
}
