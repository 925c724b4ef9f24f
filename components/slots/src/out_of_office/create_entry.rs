//! `POST /v2/me/ooo`, `POST …/users/{userId}/ooo`

use meridian_edge::outbox;
use meridian_gateway::validate::json_body;
use meridian_gateway::{ApiError, Reply, Request};
use meridian_kernel::{UuidUid, WireId};
use meridian_store::out_of_office::{self, NewOutOfOffice, Written};

use super::{EntryOutput, backwards, duplicate, event, input, not_related};
use crate::owner::{no_user, owner};

/// Makes an entry: whole days on which the user takes no bookings.
pub async fn create_entry(request: Request) -> Result<Reply, ApiError> {
    let user = owner(&request)?;
    let input = input::parse_new(&json_body(&request)?, user)?;
    let uuid = UuidUid::generate(user.organization());
    let new = NewOutOfOffice {
        payload: event::payload(&input, uuid.as_str(), request.now),
        uuid,
        to_user_id: input.to_user,
        start: input.start,
        end: input.end,
        notes: input.notes,
        reason: input.reason.to_owned(),
    };
    let scope = meridian_edge::scope(&request).await?;
    outbox::mark_due(&scope, request.now).await?;
    match out_of_office::create(&scope, user, &new, request.now).await? {
        Written::Done { entry, to_deliver } => {
            outbox::deliver_after_response(&scope, to_deliver, request.now).await;
            Reply::created(&EntryOutput::from(entry))
        }
        Written::NoUser | Written::NoEntry => Err(no_user(user)),
        Written::Duplicate => Err(duplicate()),
        Written::Backwards => Err(backwards()),
        Written::NotRelated => Err(not_related(new.to_user_id)),
    }
}
