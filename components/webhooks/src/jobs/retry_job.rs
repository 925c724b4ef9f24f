//! `POST /platform/organizations/:slug/jobs/:jobId/retry`

use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::due_work;
use meridian_store::jobs::{self, Retried};

use super::job_output::present;
use super::list_jobs::open;
use crate::deliver;

pub(crate) async fn retry_job(request: Request) -> Result<Reply, ApiError> {
    let id = request.parameter("jobId");
    let number: i64 = id
        .parse()
        .map_err(|_| ApiError::invalid_field("jobId", id, "must be an integer number"))?;
    let scope = open(&request).await?;
    let organization = scope.organization();
    let not_found = || ApiError::not_found(format!("Job ({id}) not found: it may be done."));
    let row = number.checked_sub(organization.wire_id()).filter(|row| (1..1 << 32).contains(row));
    let row = row.ok_or_else(not_found)?;
    due_work::mark_due(&scope, request.now).await?;
    match jobs::retry(&scope, row, request.now).await? {
        Retried::Waiting(job) => {
            deliver::deliver_after_response(organization, request.now);
            Reply::ok(&present(organization, *job))
        }
        Retried::Unknown => Err(not_found()),
        Retried::Superseded => {
            Err(ApiError::conflict("A newer job of the same kind and key is waiting."))
        }
    }
}
