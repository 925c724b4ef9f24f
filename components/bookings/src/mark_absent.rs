//! `POST /v2/bookings/:bookingUid/mark-absent`

use meridian_domain::booking::Forbidden;
use meridian_gateway::validate::{self, Fields, Violation, boolean, email};
use meridian_gateway::{ApiError, Reply, Request};
use meridian_payloads::booking as payloads;
use meridian_store::bookings::{self, Absence, AbsenceOutcome, Booking};
use serde_json::Value;

use crate::booking_output::BookingOutput;
use crate::managed::{Managed, forbidden};
use crate::notify;

/// How many attendees one request may name.
const MOST_ATTENDEES: usize = 1_000;

/// Notes who did not come.
pub async fn mark_absent(request: Request) -> Result<Reply, ApiError> {
    let input = AbsentInput::read(&validate::json_body(&request)?)?;
    let uid = request.parameter("bookingUid");
    let refusal = || ApiError::forbidden("Only hosts of a booking may mark somebody as absent.");
    let managed = Managed::load_own(&request, uid, refusal).await?;
    let standing = managed.standing()?;
    standing.mark_absent(request.now).map_err(|rule| forbidden(rule, uid))?;
    input.check(&managed.booking)?;
    let noted = input.noted(&managed.booking, &request);
    if managed.may_have_listeners() {
        notify::mark_due(&managed.scope, request.now).await?;
    }
    let absence = Absence {
        uid,
        host: input.host,
        attendees: &input.attendees,
        event: payloads::absent(&noted, &input.attendees),
        now: request.now,
    };
    match bookings::mark_absent(&managed.scope, &absence).await? {
        AbsenceOutcome::Noted { to_deliver } => {
            notify::deliver_after_response(&managed.scope, to_deliver, request.now).await;
            Reply::ok(&BookingOutput::of(&noted))
        }
        AbsenceOutcome::NotNow => Err(forbidden(Forbidden::Cancelled, uid)),
    }
}

struct AbsentInput {
    host: Option<bool>,
    attendees: Vec<(String, bool)>,
}

impl AbsentInput {
    fn read(body: &Value) -> Result<Self, ApiError> {
        let mut fields = Fields::of(body);
        let host = fields.optional("host", boolean());
        let attendees = fields.objects("attendees", MOST_ATTENDEES, |one| {
            (one.required("email", email()), one.required("absent", boolean()))
        });
        if host.is_none() && attendees.is_none() {
            let text = "must say whether the host was absent, unless attendees do";
            fields.refuse("host", &Violation::new("isDefined", text));
        }
        fields.finish()?;
        Ok(Self { host, attendees: attendees.unwrap_or_default() })
    }

    /// Whoever is named must attend.
    fn check(&self, booking: &Booking) -> Result<(), ApiError> {
        let attends =
            |email: &str| booking.attendees.iter().any(|one| one.email.eq_ignore_ascii_case(email));
        match self.attendees.iter().find(|(email, _)| !attends(email)) {
            Some((email, _)) => Err(ApiError::bad_request(format!(
                "attendees: nobody with the email {email} attends this booking."
            ))),
            None => Ok(()),
        }
    }

    /// The booking as it will be.
    fn noted(&self, booking: &Booking, request: &Request) -> Booking {
        let mut noted = booking.clone();
        noted.absent_host = self.host.unwrap_or(noted.absent_host);
        noted.updated_at = request.now;
        for attendee in &mut noted.attendees {
            let said =
                self.attendees.iter().find(|(email, _)| attendee.email.eq_ignore_ascii_case(email));
            attendee.absent = said.map_or(attendee.absent, |(_, absent)| *absent);
        }
        noted
    }
}
