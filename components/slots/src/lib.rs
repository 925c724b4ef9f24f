//! Schedules, slots, and the `availability` seam that bookings ask.

mod availability;
mod bookable;
mod routes;
mod schedules;
mod slots;

#[spin_sdk::http_service]
async fn handle(request: spin_sdk::http::Request) -> impl spin_sdk::http::IntoResponse {
    meridian_edge::serve(&routes::TABLE, request).await
}
