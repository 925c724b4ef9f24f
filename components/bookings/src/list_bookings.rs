//! `GET /v2/bookings`

use meridian_edge::SpinServices;
use meridian_gateway::{ApiError, Pagination, Reply, Request, Services, validate};
use meridian_store::bookings::{self, Page};

use crate::booking_output::BookingOutput;
use crate::list_input::ListInput;

/// The bookings the caller hosts or attends.
pub async fn list_bookings(request: Request) -> Result<Reply, ApiError> {
    let query = validate::query_object(&request);
    let input = ListInput::read(&query)?;
    let caller = request.principal()?;
    let scope = meridian_edge::scope(&request).await?;
    let filter = input.filter(caller, request.now);
    let page = bookings::list(&scope, &filter).await?;
    log_unreadable(&request, &page);
    let data: Vec<BookingOutput<'_>> = page.bookings.iter().map(BookingOutput::of).collect();
    Reply::page(&data, &Pagination::of(page.total, data.len(), filter.skip, filter.take))
}

fn log_unreadable(request: &Request, page: &Page) {
    for error in &page.unreadable {
        SpinServices.log(&format!("{}: a booking was left out: {error}", request.request_id));
    }
}
