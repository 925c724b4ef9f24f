//! Bookings: made, read, listed and cancelled.

mod admission;
mod booking_input;
mod booking_output;
mod cancel_booking;
mod create_booking;
mod errors;
mod event_type;
mod get_booking;
mod list_bookings;
mod list_input;
mod location_input;
mod new_booking;
mod notify;
mod routes;
mod webhook_payload;

#[spin_sdk::http_service]
async fn handle(request: spin_sdk::http::Request) -> impl spin_sdk::http::IntoResponse {
    meridian_edge::serve(&routes::TABLE, request).await
}
