//! The platform's own routes: deliver what is due.
//!
//! `POST /internal/organizations/:organization/deliver` is the fast path behind a
//! booking. `POST /internal/sweep` finds whatever that path lost, and what is to
//! be tried again.

use futures::stream::{self, StreamExt as _};
use http::StatusCode;
use meridian_edge::{DATABASE, WitGuard};
use meridian_gateway::{ApiError, Guard, Refusal, Reply, Request};
use meridian_kernel::{Instant, OrganizationNumber, Secret};
use meridian_store::deliveries::{self, Delivery};
use meridian_store::{DatabaseError, Scope};
use serde_json::json;

use crate::worker::{Left, Worker};
use crate::{attempt, secrets, target};

/// For how long one call takes on new deliveries, in milliseconds. What is left
/// then is the next sweep's.
const BUDGET: i64 = 10_000;

/// How many organisations are worked on at a time.
const AT_A_TIME: usize = 8;

/// How many marked organisations one sweep looks at.
const MOST_ORGANIZATIONS: u32 = 10_000;

/// Answers at once, and delivers what is due of one organisation behind the answer.
pub(crate) async fn deliver_organization(request: Request) -> Result<Reply, ApiError> {
    let number = request.parameter("organization").parse().ok();
    let organization = number
        .and_then(OrganizationNumber::new)
        .ok_or_else(|| ApiError::not_found("Organization not found"))?;
    let stop_at = request.now.plus_millis(BUDGET);
    meridian_edge::after_response(async move {
        if let Err(error) = deliver(organization, stop_at).await {
            log_failure(organization, &error);
        }
    });
    Reply::json(StatusCode::ACCEPTED, &json!({ "status": "success", "data": {} }))
}

/// Answers with how many organisations may have something due, and delivers it
/// behind the answer: a subscriber that does not answer must not keep the next
/// sweep, which may find what a crash left, from coming.
pub(crate) async fn sweep(request: Request) -> Result<Reply, ApiError> {
    let organizations = marked_organizations(request.now).await?;
    let reply = json!({ "status": "success", "data": { "organizations": organizations.len() } });
    if !organizations.is_empty() {
        meridian_edge::after_response(sweep_all(organizations, request.now));
    }
    Reply::json(StatusCode::ACCEPTED, &reply)
}

/// Begins somewhere else every time: where there is more to do than one sweep
/// can, no organisation is always the last.
async fn marked_organizations(now: Instant) -> Result<Vec<OrganizationNumber>, ApiError> {
    let platform = meridian_edge::platform().await?;
    let mut found = deliveries::marked(&platform, MOST_ORGANIZATIONS).await?;
    if !found.is_empty() {
        let begin = usize::try_from(now.millis()).unwrap_or(0) % found.len();
        found.rotate_left(begin);
    }
    Ok(found)
}

async fn sweep_all(organizations: Vec<OrganizationNumber>, now: Instant) {
    let stop_at = now.plus_millis(BUDGET);
    stream::iter(organizations)
        .for_each_concurrent(AT_A_TIME, |organization| async move {
            if let Err(error) = sweep_one(organization, now, stop_at).await {
                log_failure(organization, &error);
            }
        })
        .await;
}

async fn sweep_one(
    organization: OrganizationNumber,
    now: Instant,
    stop_at: Instant,
) -> Result<(), ApiError> {
    if Instant::now() >= stop_at {
        return Ok(());
    }
    if deliver(organization, stop_at).await? == Left::Nothing {
        deliveries::unmark(&meridian_edge::platform().await?, organization, now).await?;
    }
    Ok(())
}

/// A suspended organisation keeps its deliveries for later; a deleted one has none.
async fn deliver(organization: OrganizationNumber, stop_at: Instant) -> Result<Left, ApiError> {
    match WitGuard.admit(organization).await {
        Ok(_) => {}
        Err(Refusal::Suspended) => return Ok(Left::Some),
        Err(Refusal::UnknownOrganization) => return Ok(Left::Nothing),
        Err(refusal) => return Err(refusal.into()),
    }
    let scope = match Scope::open(&DATABASE, organization).await {
        Ok(scope) => scope,
        Err(DatabaseError::NotFound) => return Ok(Left::Nothing),
        Err(error) => return Err(error.into()),
    };
    let vault = secrets::vault().await?;
    let private_allowed = target::private_allowed().await;
    let send = async |delivery: &Delivery, secret: Option<&Secret>| {
        attempt::attempt(organization, delivery, secret, private_allowed).await
    };
    Ok(Worker { scope, vault: &vault, send }.deliver_until(stop_at).await?)
}

#[allow(clippy::print_stderr, reason = "stderr is a component's log")]
fn log_failure(organization: OrganizationNumber, error: &ApiError) {
    let line = json!({
        "level": "error",
        "message": "webhook deliveries of an organization stopped",
        "organization": organization.get(),
        "cause": error.cause.as_deref().unwrap_or(&error.message),
    });
    eprintln!("{line}");
}
