//! Who attends a booking: `/v2/bookings/:bookingUid/attendees`.

use meridian_gateway::validate::{self, Fields, email, one_of, text, zone};
use meridian_gateway::{ApiError, Principal, Reply, Request};
use meridian_kernel::{AttendeeId, WireId, Zone};
use meridian_store::bookings::{Addition, AdditionOutcome, Attendee, Booking, add_attendees};
use serde_json::Value;

use crate::booking_input::{LANGUAGES, phone_number};
use crate::booking_output::AttendeeOutput;
use crate::errors::booking_not_found;
use crate::managed::{Managed, manages};

/// How many may be added to a booking beside its booker.
pub const MOST_ADDED: u32 = 30;

/// How long a name may be.
const LONGEST_NAME: usize = 255;

/// `GET /v2/bookings/:bookingUid/attendees`
pub async fn list_attendees(request: Request) -> Result<Reply, ApiError> {
    let managed = load_within(&request).await?;
    let attendees = visible(&managed, request.principal()?);
    Reply::ok(&attendees.into_iter().map(AttendeeOutput::alone).collect::<Vec<_>>())
}

/// `GET /v2/bookings/:bookingUid/attendees/:attendeeId`
pub async fn get_attendee(request: Request) -> Result<Reply, ApiError> {
    let id: AttendeeId = request.id("attendeeId")?;
    let managed = load_within(&request).await?;
    let attendees = visible(&managed, request.principal()?);
    let found = attendees.into_iter().find(|attendee| attendee.id == id);
    let uid = &managed.booking.uid;
    let unknown = || {
        ApiError::not_found(format!("Attendee with id {id} of booking with uid={uid} not found"))
    };
    let attendee = found.ok_or_else(unknown)?;
    Reply::ok(&AttendeeOutput::of_booking(attendee, managed.booking.id))
}

/// `POST /v2/bookings/:bookingUid/attendees`
pub async fn add_attendee(request: Request) -> Result<Reply, ApiError> {
    let wanted = read_attendee(&validate::json_body(&request)?)?;
    let managed = load_within(&request).await?;
    check_may_add(request.principal()?, &managed.booking)?;
    let mut people = vec![wanted];
    managed.keep_addresses(&request, &mut people).await?;
    let people = newcomers(&managed.booking, people);
    let ids = add(&request, &managed, &people).await?;
    let added = ids.first().zip(people.into_iter().next());
    let (id, attendee) = added.ok_or_else(nobody_new)?;
    let attendee = Attendee { id: *id, ..attendee };
    Reply::created(&AttendeeOutput::of_booking(&attendee, managed.booking.id))
}

fn read_attendee(body: &Value) -> Result<Attendee, ApiError> {
    let mut fields = Fields::of(body);
    let name = fields.required("name", text(1, LONGEST_NAME));
    let time_zone = fields.required_some("timeZone", zone()).unwrap_or(Zone::UTC);
    let attendee = Attendee {
        name,
        email: fields.required("email", email()),
        time_zone: time_zone.name().to_owned(),
        language: fields.optional("language", one_of(LANGUAGES)).unwrap_or("en").to_owned(),
        phone_number: fields.optional("phoneNumber", phone_number()),
        ..nobody()
    };
    fields.finish().map(|()| attendee)
}

/// Somebody nothing is known of yet.
pub fn nobody() -> Attendee {
    Attendee {
        id: AttendeeId::new(meridian_kernel::OrganizationNumber::NONE, 0),
        name: String::new(),
        email: String::new(),
        time_zone: String::new(),
        language: String::new(),
        phone_number: None,
        is_guest: false,
        absent: false,
        seat_uid: None,
        responses: None,
        metadata: None,
    }
}

/// A booking of the caller's organisation; another one's does not exist.
pub async fn load_within(request: &Request) -> Result<Managed, ApiError> {
    let uid = request.parameter("bookingUid");
    let managed = Managed::load(request, uid).await?;
    if request.principal()?.organization.number == managed.scope.organization() {
        Ok(managed)
    } else {
        Err(booking_not_found(uid))
    }
}

/// Whom the caller may see: of seats that are not shown only the caller's own.
pub fn visible<'a>(managed: &'a Managed, caller: &Principal) -> Vec<&'a Attendee> {
    let booking = &managed.booking;
    let shows = managed.settings.seats.is_some_and(|seats| seats.show_attendee_info);
    let all = booking.seats_per_slot.is_none() || shows || manages(Some(caller), booking);
    booking.attendees.iter().filter(|attendee| all || is(caller, attendee)).collect()
}

fn is(caller: &Principal, attendee: &Attendee) -> bool {
    attendee.email.eq_ignore_ascii_case(&caller.email)
}

/// Hosts, attendees and administrators may bring somebody along.
pub fn check_may_add(caller: &Principal, booking: &Booking) -> Result<(), ApiError> {
    let attends = booking.attendees.iter().any(|attendee| is(caller, attendee));
    if attends || manages(Some(caller), booking) {
        return Ok(());
    }
    Err(ApiError::forbidden(
        "Only the organizer, the hosts and attendees of a booking, and admins of its team or \
         organization, may add people to it.",
    ))
}

/// Everybody once, and nobody who hosts or attends already.
pub fn newcomers(booking: &Booking, wanted: Vec<Attendee>) -> Vec<Attendee> {
    let hosts = booking.hosts().map(|host| host.email.as_str());
    let attendees = booking.attendees.iter().map(|attendee| attendee.email.as_str());
    let mut known: Vec<String> = hosts.chain(attendees).map(str::to_lowercase).collect();
    let mut people = Vec::new();
    for person in wanted {
        let email = person.email.to_lowercase();
        if !known.contains(&email) {
            known.push(email);
            people.push(person);
        }
    }
    people
}

/// Adds people; the ids of those who are new.
pub async fn add(
    request: &Request,
    managed: &Managed,
    people: &[Attendee],
) -> Result<Vec<AttendeeId>, ApiError> {
    if people.is_empty() {
        return Err(nobody_new());
    }
    let uid = &managed.booking.uid;
    let addition =
        Addition { booking: &managed.booking, people, most: MOST_ADDED + 1, now: request.now };
    match add_attendees(&managed.scope, &addition).await? {
        AdditionOutcome::Added(ids) => Ok(ids),
        AdditionOutcome::NobodyNew => Err(nobody_new()),
        AdditionOutcome::TooMany => Err(ApiError::bad_request(format!(
            "A booking can have at most {MOST_ADDED} guests, and with these booking with \
             uid={uid} would have more."
        ))),
        AdditionOutcome::NotOpen if managed.booking.seats_per_slot.is_some() => {
            Err(ApiError::bad_request(format!(
                "Booking with uid={uid} is a seated booking: whoever shall attend books a seat \
                 with POST /v2/bookings."
            )))
        }
        AdditionOutcome::NotOpen => Err(ApiError::bad_request(format!(
            "Nobody can be added to booking with uid={uid} because it has been cancelled or \
             rejected."
        ))),
    }
}

/// 400: everybody attends already.
pub fn nobody_new() -> ApiError {
    ApiError::bad_request("emails_must_be_unique_valid")
}
