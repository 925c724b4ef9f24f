//! Bookings: made, read, listed and cancelled.

mod add_guests;
mod admission;
mod attendees;
mod booker_code;
mod booking_input;
mod booking_output;
mod calendar_links;
mod cancel_booking;
mod change_location;
mod confirm_booking;
mod create_booking;
mod errors;
mod event_type;
mod get_booking;
mod hosting;
mod list_bookings;
mod list_input;
mod location_input;
mod making;
mod managed;
mod managed_addresses;
mod mark_absent;
mod media;
mod moving;
mod new_booking;
mod notify;
mod reassign_booking;
mod references;
mod reschedule_booking;
mod routes;
mod shares;
mod v2024_04_15;
mod v2024_08_13;

meridian_edge::component!(routes::TABLE);
