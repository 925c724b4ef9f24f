//! `GET /v2/slots/available`: slots of 2024-04-15.

mod query;

use meridian_gateway::{ApiError, Reply, Request};
use meridian_scheduling::Seats;

use super::answer::{Shape, push_booking_uid};
use super::get_slots::answer_in_shape;

const SHAPE: Shape = Shape {
    envelope: (r#"{"status":"success","data":{"slots":{"#, "}}}"),
    start_alone: r#"{"time":"#,
    start: r#"{"startTime":"#,
    end: r#","endTime":"#,
    seats,
};

/// How many have a seat, where anybody has.
fn seats(seats: &Seats<'_>, text: &mut String) {
    if seats.taken > 0 {
        text.push_str(r#","attendees":"#);
        text.push_str(&seats.taken.to_string());
    }
    push_booking_uid(seats, text);
}

/// When an event type, or a group of people, can be booked.
pub async fn get_available_slots(request: Request) -> Result<Reply, ApiError> {
    let query = query::parse(&request)?;
    answer_in_shape(&request, &query, &SHAPE).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seats_are_shown_once_somebody_has_one() {
        let written = |taken, booking_uid| {
            let mut text = String::new();
            seats(&Seats { taken, total: 4, booking_uid }, &mut text);
            text
        };
        assert_eq!(written(0, None), "");
        assert_eq!(written(1, None), r#","attendees":1"#);
        assert_eq!(written(2, Some("u")), r#","attendees":2,"bookingUid":"u""#);
    }
}
