//! Addresses of people whom a platform client manages. Whoever books knows them as
//! `ada@x.org`; they are kept as `ada+<client id>@x.org`, so a booking of theirs is
//! found under that.

use std::borrow::Cow;

use meridian_domain::oauth_client::managed_email;
use meridian_gateway::{ApiError, Request};
use meridian_kernel::ClientId;
use meridian_store::bookings::Attendee;
use meridian_store::users::managed::known_addresses;

use crate::admission::OpenScope;
use crate::booking_input::BookingInput;

/// The platform client a request comes through: proven, or of the page that books.
fn client_of(request: &Request, scope: &OpenScope) -> Option<ClientId> {
    let proven = request.principal.as_ref().and_then(|caller| caller.client.as_ref());
    let named = proven.map(|client| client.id.as_str());
    let client = ClientId::parse(named.or_else(|| request.header("x-cal-client-id"))?)?;
    (client.organization() == scope.organization()).then_some(client)
}

/// The addresses of some people in the form they are kept in.
struct Known(Vec<String>);

impl Known {
    async fn of<'a>(
        scope: &OpenScope,
        client: &ClientId,
        emails: impl Iterator<Item = &'a str>,
    ) -> Result<Self, ApiError> {
        let kept: Vec<String> = emails.map(|email| managed_email(email, client)).collect();
        if kept.is_empty() {
            return Ok(Self(kept));
        }
        Ok(Self(known_addresses(scope, client, &kept).await?))
    }

    /// What an address is kept as; `None` where it is nobody's whom the client manages.
    fn kept(&self, email: &str, client: &ClientId) -> Option<&str> {
        let managed = managed_email(email, client);
        let known = self.0.iter().find(|known| known.eq_ignore_ascii_case(&managed));
        known.map(String::as_str)
    }
}

/// What was asked for, with the addresses of the client's users as they are kept. The
/// client is that of the event type's owner, else the one the request comes through.
pub async fn of_booking<'a>(
    request: &Request,
    scope: &OpenScope,
    owners_client: Option<&ClientId>,
    input: &'a BookingInput,
) -> Result<Cow<'a, BookingInput>, ApiError> {
    let Some(client) = owners_client.cloned().or_else(|| client_of(request, scope)) else {
        return Ok(Cow::Borrowed(input));
    };
    let emails = input.attendee.email.iter().chain(&input.guests).map(String::as_str);
    let known = Known::of(scope, &client, emails).await?;
    if known.0.is_empty() {
        return Ok(Cow::Borrowed(input));
    }
    let mut input = input.clone();
    for email in input.attendee.email.iter_mut().chain(&mut input.guests) {
        if let Some(kept) = known.kept(email, &client) {
            *email = kept.to_owned();
        }
    }
    Ok(Cow::Owned(input))
}

/// The same of people who join a booking that is there.
pub async fn of_attendees(
    request: &Request,
    scope: &OpenScope,
    owners_client: Option<&ClientId>,
    attendees: &mut [Attendee],
) -> Result<(), ApiError> {
    let Some(client) = owners_client.cloned().or_else(|| client_of(request, scope)) else {
        return Ok(());
    };
    let emails = attendees.iter().map(|attendee| attendee.email.as_str());
    let known = Known::of(scope, &client, emails).await?;
    for attendee in attendees {
        if let Some(kept) = known.kept(&attendee.email, &client) {
            attendee.email = kept.to_owned();
        }
    }
    Ok(())
}

/// What an address is kept as where it is that of a user of the client the request comes
/// through; `None`: as it is.
pub async fn of_filter(
    request: &Request,
    scope: &OpenScope,
    email: Option<&str>,
) -> Result<Option<String>, ApiError> {
    let (Some(email), Some(client)) = (email, client_of(request, scope)) else { return Ok(None) };
    let known = Known::of(scope, &client, std::iter::once(email)).await?;
    Ok(known.kept(email, &client).map(str::to_owned))
}
