//! Schedules and what else says when somebody works, slots, and the `availability`
//! seam that bookings ask.

mod availability;
mod bookable;
mod dates;
mod list_time_zones;
mod out_of_office;
mod owner;
mod page;
mod reservations;
mod routes;
mod schedules;
mod slots;
mod travel_schedules;

meridian_edge::component!(routes::TABLE);
