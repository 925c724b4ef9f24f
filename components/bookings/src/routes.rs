//! What this component answers to.

use meridian_gateway::{Access, Resource, Route, RouteTable, route};

use crate::cancel_booking::cancel_booking;
use crate::create_booking::create_booking;
use crate::get_booking::get_booking;
use crate::list_bookings::list_bookings;

const READ: Access = Access::User { scope: "BOOKING_READ" };

const ROUTES: &[Route] = &[
    route!(POST "/v2/bookings", Resource::Bookings, Access::Optional, create_booking),
    route!(GET "/v2/bookings", Resource::Bookings, READ, list_bookings),
    route!(GET "/v2/bookings/:bookingUid", Resource::Bookings, Access::Optional, get_booking),
    route!(
        POST "/v2/bookings/:bookingUid/cancel",
        Resource::Bookings, Access::Optional, cancel_booking
    ),
];

/// The routes of bookings.
pub static TABLE: RouteTable = RouteTable::new(ROUTES);
