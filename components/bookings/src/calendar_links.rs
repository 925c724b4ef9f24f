//! `GET /v2/bookings/:bookingUid/calendar-links`

use form_urlencoded::Serializer;
use meridian_domain::booking::{
    CalendarEntry, CalendarMethod, CalendarPerson, CalendarStatus, Status,
};
use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::bookings::{Attendee, Booking};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use crate::admission::instead_of_not_found;
use crate::attendees::{load_within, visible};

/// Where people add a booking to a calendar of theirs.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct CalendarLink {
    label: &'static str,
    link: String,
}

/// The links of one booking.
pub async fn get_calendar_links(request: Request) -> Result<Reply, ApiError> {
    let uid = request.parameter("bookingUid");
    let unknown = || ApiError::not_found(format!("Booking with uid {uid} not found"));
    let managed = load_within(&request).await;
    let managed = managed.map_err(|error| instead_of_not_found(error, unknown))?;
    let attendees = visible(&managed, request.principal()?);
    Reply::ok(&links(&managed.booking, &attendees)?)
}

fn links(booking: &Booking, attendees: &[&Attendee]) -> Result<Vec<CalendarLink>, ApiError> {
    let ics = entry(booking, attendees)?.to_ics();
    let ics = utf8_percent_encode(&ics, NON_ALPHANUMERIC);
    Ok(vec![
        CalendarLink { label: "Google Calendar", link: google(booking) },
        CalendarLink { label: "Microsoft Office", link: microsoft("outlook.office.com", booking) },
        CalendarLink { label: "Microsoft Outlook", link: microsoft("outlook.live.com", booking) },
        CalendarLink { label: "ICS", link: format!("data:text/calendar,{ics}") },
    ])
}

/// The calendar entry of a booking, with those who may be named in it.
pub fn entry<'a>(
    booking: &'a Booking,
    attendees: &[&'a Attendee],
) -> Result<CalendarEntry<'a>, ApiError> {
    let status = Status::parse(&booking.status)
        .ok_or_else(|| ApiError::internal("a stored booking has an unknown status"))?;
    let (method, status) = match status {
        Status::Accepted => (CalendarMethod::Request, CalendarStatus::Confirmed),
        Status::Pending => (CalendarMethod::Request, CalendarStatus::Tentative),
        Status::Cancelled | Status::Rejected => (CalendarMethod::Cancel, CalendarStatus::Cancelled),
    };
    let organizer = &booking.organizer;
    let co_hosts = booking.co_hosts.iter().map(|host| person(&host.user.name, &host.user.email));
    let guests = attendees.iter().filter(|attendee| !attendee.email.is_empty());
    let guests = guests.map(|attendee| person(&attendee.name, &attendee.email));
    Ok(CalendarEntry {
        method,
        uid: &booking.ical_uid,
        sequence: booking.ical_sequence,
        status,
        start: booking.start,
        end: booking.end,
        created: booking.created_at,
        changed: booking.updated_at,
        title: &booking.title,
        description: &booking.description,
        location: booking.location.as_deref().unwrap_or_default(),
        organizer: person(&organizer.name, &organizer.email),
        attendees: co_hosts.chain(guests).collect(),
    })
}

const fn person<'a>(name: &'a str, email: &'a str) -> CalendarPerson<'a> {
    CalendarPerson { name, email }
}

fn google(booking: &Booking) -> String {
    let basic = |iso: String| -> String {
        let whole = iso.split('.').next().unwrap_or_default();
        whole.chars().filter(|c| !matches!(c, '-' | ':')).chain(['Z']).collect()
    };
    let (start, end) = (basic(booking.start.to_iso()), basic(booking.end.to_iso()));
    let query = Serializer::new(String::new())
        .append_pair("action", "TEMPLATE")
        .append_pair("dates", &format!("{start}/{end}"))
        .append_pair("text", &booking.title)
        .append_pair("details", &booking.description)
        .append_pair("location", booking.location.as_deref().unwrap_or_default())
        .finish();
    format!("https://calendar.google.com/calendar/render?{query}")
}

fn microsoft(host: &str, booking: &Booking) -> String {
    let query = Serializer::new(String::new())
        .append_pair("path", "/calendar/action/compose")
        .append_pair("rru", "addevent")
        .append_pair("startdt", &booking.start.to_iso())
        .append_pair("enddt", &booking.end.to_iso())
        .append_pair("subject", &booking.title)
        .append_pair("body", &booking.description)
        .append_pair("location", booking.location.as_deref().unwrap_or_default())
        .finish();
    format!("https://{host}/calendar/0/deeplink/compose?{query}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::booking_output::tests::sample;

    #[test]
    fn there_is_a_link_for_every_calendar() {
        let mut booking = sample();
        booking.title = "Ada & Grace: 1/2?".to_owned();
        let attendees: Vec<&Attendee> = booking.attendees.iter().collect();
        let links = links(&booking, &attendees).unwrap();
        let labels: Vec<&str> = links.iter().map(|link| link.label).collect();
        assert_eq!(labels, ["Google Calendar", "Microsoft Office", "Microsoft Outlook", "ICS"]);
        let starts = [
            "https://calendar.google.com/calendar/render?action=TEMPLATE\
             &dates=20500905T090000Z%2F20500905T100000Z&text=Ada+%26+Grace%3A+1%2F2%3F&",
            "https://outlook.office.com/calendar/0/deeplink/compose?path=%2Fcalendar",
            "https://outlook.live.com/calendar/0/deeplink/compose?path=%2Fcalendar",
            "data:text/calendar,BEGIN%3AVCALENDAR%0D%0AVERSION%3A2%2E0",
        ];
        for (link, start) in links.iter().zip(starts) {
            assert!(link.link.starts_with(start), "{}", link.link);
        }
    }

    #[test]
    fn a_calendar_entry_follows_its_booking() {
        use CalendarMethod::{Cancel, Request};
        use CalendarStatus::{Cancelled, Confirmed, Tentative};
        for (status, method, expected) in [
            ("accepted", Request, Confirmed),
            ("pending", Request, Tentative),
            ("cancelled", Cancel, Cancelled),
            ("rejected", Cancel, Cancelled),
        ] {
            let booking = Booking { status: status.to_owned(), ical_sequence: 3, ..sample() };
            let entry = entry(&booking, &[]).unwrap();
            assert_eq!((entry.method, entry.status), (method, expected), "{status}");
            assert_eq!((entry.uid, entry.sequence), ("uid@meridian.invalid", 3));
        }
    }
}
