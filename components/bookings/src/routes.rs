//! What this component answers to.

use meridian_gateway::{Access, ApiVersion, Resource, Route, RouteTable, route};
use meridian_kernel::{OAuthScope, Permission, Rate, Role};

use crate::add_guests::add_guests;
use crate::attendees::{add_attendee, get_attendee, list_attendees};
use crate::booker_code::request_booker_code;
use crate::calendar_links::get_calendar_links;
use crate::cancel_booking::cancel_booking;
use crate::change_location::change_location;
use crate::confirm_booking::{confirm_booking, decline_booking};
use crate::create_booking::create_booking;
use crate::get_booking::{get_booking, get_booking_by_seat};
use crate::list_bookings::{
    list_bookings, list_organization_bookings, list_team_bookings, list_user_bookings,
};
use crate::mark_absent::mark_absent;
use crate::media::{list_conferencing_sessions, list_recordings, list_transcripts};
use crate::reassign_booking::{reassign_booking, reassign_to_user};
use crate::references::{get_references, get_team_references};
use crate::reschedule_booking::{reschedule_booking, reschedule_booking_2024_08_13};
use crate::{v2024_04_15, v2024_08_13};

/// Versions in which hosts may book over what is in the way.
const NEWEST: Resource = Resource::Exactly(&[ApiVersion::V20260225]);

/// Versions in which bookings have the shape of their rows.
const OLDEST: Resource =
    Resource::Exactly(&[ApiVersion::V20240415, ApiVersion::V20240611, ApiVersion::V20240614]);

/// The one before.
const BEFORE_OVERRIDES: Resource = Resource::Exactly(&[ApiVersion::V20240813]);

/// Both of them.
const CURRENT: Resource = Resource::Exactly(&[ApiVersion::V20240813, ApiVersion::V20260225]);

/// Bringing guests sends mails.
static GUESTS: Rate = Rate::new("guests", 5, 60_000);

const WRITE: Access = Access::user(OAuthScope::BookingWrite);

const READ: Access = Access::user(OAuthScope::BookingRead);

/// What is shown to those who administer an organisation.
const OF_ORGANIZATION: Access = Access::organization(OAuthScope::OrgBookingRead, Role::Admin)
    .or_permission(Permission::BookingReadOrgBookings);

/// What is shown to those who administer a team.
const OF_TEAM: Access = Access::team(OAuthScope::TeamBookingRead, Role::Admin)
    .or_permission(Permission::BookingReadTeamBookings);

const ROUTES: &[Route] = &[
    route!(POST "/v2/bookings", NEWEST, Access::OPTIONAL, create_booking),
    route!(POST "/v2/bookings", BEFORE_OVERRIDES, Access::OPTIONAL, v2024_08_13::create_booking),
    route!(POST "/v2/bookings", OLDEST, Access::OPTIONAL, v2024_04_15::create_booking),
    route!(
        POST "/v2/bookings/recurring",
        OLDEST, Access::OPTIONAL, v2024_04_15::create_recurring_booking
    ),
    route!(
        POST "/v2/bookings/instant",
        OLDEST, Access::OPTIONAL, v2024_04_15::create_instant_booking
    ),
    route!(
        POST "/v2/bookings/verification-code/request",
        Resource::Any, Access::OPTIONAL, request_booker_code
    ),
    route!(GET "/v2/bookings", Resource::Bookings, READ, list_bookings),
    route!(GET "/v2/bookings", OLDEST, READ, v2024_04_15::list_bookings),
    route!(
        GET "/v2/bookings/by-seat/:seatUid",
        Resource::Bookings, Access::OPTIONAL, get_booking_by_seat
    ),
    route!(GET "/v2/bookings/:bookingUid", Resource::Bookings, Access::OPTIONAL, get_booking),
    route!(GET "/v2/bookings/:bookingUid", OLDEST, Access::OPTIONAL, v2024_04_15::get_booking),
    route!(
        GET "/v2/bookings/:bookingUid/reschedule",
        OLDEST, Access::OPTIONAL, v2024_04_15::get_booking_to_move
    ),
    route!(GET "/v2/bookings/:bookingUid/attendees", Resource::Bookings, READ, list_attendees),
    route!(POST "/v2/bookings/:bookingUid/attendees", Resource::Bookings, WRITE, add_attendee),
    route!(
        GET "/v2/bookings/:bookingUid/attendees/:attendeeId",
        Resource::Bookings, READ, get_attendee
    ),
    route!(POST "/v2/bookings/:bookingUid/guests", Resource::Bookings, WRITE, add_guests)
        .limited(&GUESTS),
    route!(PATCH "/v2/bookings/:bookingUid/location", Resource::Bookings, WRITE, change_location),
    route!(
        GET "/v2/bookings/:bookingUid/calendar-links",
        Resource::Bookings, READ, get_calendar_links
    ),
    route!(GET "/v2/bookings/:bookingUid/references", Resource::Bookings, READ, get_references),
    route!(GET "/v2/bookings/:bookingUid/recordings", Resource::Bookings, READ, list_recordings),
    route!(GET "/v2/bookings/:bookingUid/transcripts", Resource::Bookings, READ, list_transcripts),
    route!(
        GET "/v2/bookings/:bookingUid/conferencing-sessions",
        Resource::Bookings, READ, list_conferencing_sessions
    ),
    route!(
        GET "/v2/organizations/:orgId/bookings",
        Resource::Any, OF_ORGANIZATION, list_organization_bookings
    ),
    route!(
        GET "/v2/organizations/:orgId/users/:userId/bookings",
        Resource::Any, OF_ORGANIZATION, list_user_bookings
    ),
    route!(
        GET "/v2/organizations/:orgId/teams/:teamId/bookings",
        Resource::Any, OF_TEAM, list_team_bookings
    ),
    route!(
        GET "/v2/organizations/:orgId/teams/:teamId/bookings/:bookingUid/references",
        Resource::Any, OF_TEAM, get_team_references
    ),
    route!(GET "/v2/teams/:teamId/bookings", Resource::Any, OF_TEAM, list_team_bookings),
    route!(
        POST "/v2/bookings/:bookingUid/cancel",
        Resource::Bookings, Access::OPTIONAL, cancel_booking
    ),
    route!(
        POST "/v2/bookings/:bookingUid/reschedule",
        NEWEST, Access::OPTIONAL, reschedule_booking
    ),
    route!(
        POST "/v2/bookings/:bookingUid/reschedule",
        BEFORE_OVERRIDES, Access::OPTIONAL, reschedule_booking_2024_08_13
    ),
    route!(POST "/v2/bookings/:bookingUid/confirm", CURRENT, WRITE, confirm_booking),
    route!(POST "/v2/bookings/:bookingUid/decline", CURRENT, WRITE, decline_booking),
    route!(POST "/v2/bookings/:bookingUid/mark-absent", CURRENT, WRITE, mark_absent),
    route!(POST "/v2/bookings/:bookingUid/reassign", CURRENT, WRITE, reassign_booking),
    route!(POST "/v2/bookings/:bookingUid/reassign/:userId", CURRENT, WRITE, reassign_to_user),
];

/// The routes of bookings.
pub static TABLE: RouteTable = RouteTable::new(ROUTES);
