//! The platform's own routes: deliver what is due, and do the jobs that are.
//!
//! `POST /internal/organizations/:organization/deliver` is the fast path behind a
//! booking. `POST /internal/sweep` finds whatever that path lost, what is to be tried
//! again, and what time alone brings: meetings that begin and end, calls to look at, rows
//! that are old.

use std::cell::RefCell;
use std::collections::VecDeque;

use futures::future::{join, join_all};
use http::StatusCode;
use meridian_edge::{DATABASE, WitDatabase, WitGuard, wake};
use meridian_gateway::{ApiError, Guard, Refusal, Reply, Request};
use meridian_kernel::{Instant, OrganizationNumber};
use meridian_store::deliveries::{self, Delivery};
use meridian_store::due_work::{self, Outlook};
use meridian_store::{DatabaseError, Scope};
use meridian_vault::Vault;
use serde_json::json;

use crate::attempt::{self, Secrets};
use crate::tally::Tally;
use crate::target::Targets;
use crate::turns::Left;
use crate::worker::Worker;
use crate::{calls, jobs, meetings, secrets};

/// For how long one call takes on anything new, in milliseconds. What is left
/// then is the next sweep's.
const BUDGET: i64 = 10_000;

/// How many organisations are worked on at a time.
const AT_A_TIME: usize = 8;

/// How many organisations one sweep looks at.
const MOST_ORGANIZATIONS: u32 = 2_000;

/// How soon a suspended organisation is looked at again, in milliseconds.
const SUSPENDED_WAIT: i64 = 60_000;

/// How many steps one sweep takes in removing what is old of one organisation.
const MOST_PRUNING: u32 = 5;

/// Answers at once, and delivers what is due of one organisation behind the answer.
pub(crate) async fn deliver_organization(request: Request) -> Result<Reply, ApiError> {
    let number = request.parameter("organization").parse().ok();
    let organization = number
        .and_then(OrganizationNumber::new)
        .ok_or_else(|| ApiError::not_found("Organization not found"))?;
    // Before anything is looked for: who commits after this sends another call.
    wake::arrived(organization).await;
    deliver_after_response(organization, request.now);
    Reply::json(StatusCode::ACCEPTED, &json!({ "status": "success", "data": {} }))
}

/// Delivers what is due of one organisation once the answer is out.
pub(crate) fn deliver_after_response(organization: OrganizationNumber, now: Instant) {
    let stop_at = now.plus_millis(BUDGET);
    meridian_edge::after_response(async move {
        let outcome = match open(organization).await {
            Ok(Found::Open(scope)) => work_and_leave(&scope, stop_at).await.map(|_| ()),
            Ok(_) => Ok(()),
            Err(error) => Err(error),
        };
        if let Err(error) = outcome {
            log_failure(organization, &error);
        }
    });
}

/// Answers with how many organisations may have something due, and delivers it
/// behind the answer: a subscriber that does not answer must not keep the next
/// sweep, which may find what a crash left, from coming.
pub(crate) async fn sweep(request: Request) -> Result<Reply, ApiError> {
    let platform = meridian_edge::platform().await?;
    let organizations = due_work::due(&platform, request.now, MOST_ORGANIZATIONS).await?;
    let reply = json!({ "status": "success", "data": { "organizations": organizations.len() } });
    if !organizations.is_empty() {
        meridian_edge::after_response(sweep_all(organizations, request.now));
    }
    Reply::json(StatusCode::ACCEPTED, &reply)
}

/// Gives each organisation its turn, and another one to those that have more to do
/// once everybody had theirs.
async fn sweep_all(organizations: Vec<OrganizationNumber>, now: Instant) {
    let stop_at = now.plus_millis(BUDGET);
    let queue = RefCell::new(VecDeque::from(organizations));
    let workers = (0..AT_A_TIME).map(|_| async {
        while Instant::now() < stop_at {
            let next = queue.borrow_mut().pop_front();
            let Some(organization) = next else { return };
            match sweep_one(organization, stop_at).await {
                Ok(Left::Nothing) => {}
                Ok(Left::Some) => queue.borrow_mut().push_back(organization),
                Err(error) => log_failure(organization, &error),
            }
        }
    });
    join_all(workers).await;
}

/// A suspended organisation keeps its deliveries for later; a deleted one has none.
async fn sweep_one(organization: OrganizationNumber, stop_at: Instant) -> Result<Left, ApiError> {
    let looked_at = Instant::now();
    let outlook = match open(organization).await? {
        Found::Open(scope) => {
            meetings::tell(&scope, looked_at, stop_at).await?;
            calls::look(&scope, looked_at, stop_at).await?;
            if work_and_leave(&scope, stop_at).await? == Left::Some {
                return Ok(Left::Some);
            }
            deliveries::line_up(&scope, Instant::now()).await?;
            deliveries::prune(&scope, looked_at, MOST_PRUNING).await?;
            meridian_store::jobs::prune(&scope, looked_at, MOST_PRUNING).await?;
            due_work::outlook(&scope).await?
        }
        Found::Suspended => {
            let next_due = Some(looked_at.plus_millis(SUSPENDED_WAIT));
            Outlook { next_due, ..Outlook::default() }
        }
        Found::Gone => Outlook::default(),
    };
    let platform = meridian_edge::platform().await?;
    due_work::put_off(&platform, organization, &outlook, looked_at).await?;
    Ok(Left::Nothing)
}

/// What there is of an organisation.
enum Found {
    Open(Scope<'static, WitDatabase>),
    Suspended,
    Gone,
}

async fn open(organization: OrganizationNumber) -> Result<Found, ApiError> {
    match WitGuard.admit(organization).await {
        Ok(_) => {}
        Err(Refusal::Suspended) => return Ok(Found::Suspended),
        Err(Refusal::UnknownOrganization) => return Ok(Found::Gone),
        Err(refusal) => return Err(refusal.into()),
    }
    match Scope::open(&DATABASE, organization).await {
        Ok(scope) => Ok(Found::Open(scope)),
        Err(DatabaseError::NotFound) => Ok(Found::Gone),
        Err(error) => Err(error.into()),
    }
}

/// Works, and says so where something is left.
async fn work_and_leave(
    scope: &Scope<'_, WitDatabase>,
    stop_at: Instant,
) -> Result<Left, ApiError> {
    let left = work(scope, stop_at).await?;
    if left == Left::Some {
        due_work::leave(scope, Instant::now()).await?;
    }
    Ok(left)
}

/// Deliveries and jobs beside each other: neither waits for the other. What jobs had to
/// tell is delivered after them.
async fn work(scope: &Scope<'_, WitDatabase>, stop_at: Instant) -> Result<Left, ApiError> {
    let vault = secrets::vault().await?;
    let at_hand = due_work::at_hand(scope, Instant::now()).await?;
    let deliveries = async {
        if at_hand.deliveries { deliver(scope, &vault, stop_at).await } else { Ok(Left::Nothing) }
    };
    let jobs = async {
        if at_hand.jobs { jobs::work(scope, &vault, stop_at).await } else { Ok(Left::Nothing) }
    };
    let (deliveries, jobs) = join(deliveries, jobs).await;
    let left = deliveries?.and(jobs?);
    if at_hand.jobs && due_work::at_hand(scope, Instant::now()).await?.deliveries {
        return Ok(left.and(deliver(scope, &vault, stop_at).await?));
    }
    Ok(left)
}

async fn deliver(
    scope: &Scope<'_, WitDatabase>,
    vault: &Vault,
    stop_at: Instant,
) -> Result<Left, ApiError> {
    let organization = scope.organization();
    let targets = Targets::load().await;
    let tally = Tally::default();
    let send = async |delivery: &Delivery, secrets: &Secrets| {
        attempt::attempt(organization, delivery, secrets, &targets).await
    };
    let left = Worker { scope, vault, tally: &tally, send }.deliver_until(stop_at).await;
    tally.write(&meridian_edge::platform().await?).await?;
    Ok(left?)
}

#[allow(clippy::print_stderr, reason = "stderr is a component's log")]
fn log_failure(organization: OrganizationNumber, error: &ApiError) {
    let line = json!({
        "level": "error",
        "message": "deliveries or jobs of an organization stopped",
        "organization": organization.get(),
        "cause": error.cause.as_deref().unwrap_or(&error.message),
    });
    eprintln!("{line}");
}
