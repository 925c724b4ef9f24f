//! `GET /v2/slots`

use meridian_gateway::{ApiError, Reply, Request};

use super::answer::{self, SHAPE, Shape};
use super::find::find;
use super::query::{self, SlotsQuery};

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
    let mut bookable = find(request, query).await?;
    let length = match query.duration {
        Some(asked) => bookable.length(asked).map_err(query::wrong_length)?,
        None => bookable.own_length(),
    };
    if let Some(subset) = &query.subset {
        bookable.keep_only_turns_of(subset);
    }
    let question = bookable.question(length, request.now, query.window);
    let slots = question.slots(query.window, query.zone);
    Ok(answer::slots(&slots, length, query.zone, query.format, shape))
}
