//! `POST /v2/webhooks/:webhookId/deliveries/:deliveryId/redeliver` and
//! `POST /v2/webhooks/:webhookId/deliveries/replay`

use meridian_gateway::validate::{self, Fields, instant};
use meridian_gateway::{ApiError, Reply, Request};
use meridian_kernel::OrganizationNumber;
use meridian_store::deliveries::{self, MOST_REPLAYED, Redelivery};
use meridian_store::due_work;
use serde_json::json;

use crate::delivery_output::present;
use crate::{access, deliver};

/// Sends one delivery again, whatever became of it.
pub(crate) async fn redeliver(request: Request) -> Result<Reply, ApiError> {
    let scope = meridian_edge::scope(&request).await?;
    let organization = scope.organization();
    let id = read_id(&request, organization)?;
    let webhook = access::find_own(&request, &scope).await?;
    let id = id.ok_or_else(|| not_found(&request))?;
    due_work::mark_due(&scope, request.now).await?;
    match deliveries::redeliver(&scope, &webhook.id, id, request.now).await? {
        Redelivery::Due(delivery) => {
            deliver::deliver_after_response(organization, request.now);
            Reply::ok(&present(organization, webhook.id.as_str(), *delivery))
        }
        Redelivery::Unknown => Err(not_found(&request)),
        Redelivery::UnderWay => {
            Err(ApiError::conflict("The delivery is on its way to the subscriber just now."))
        }
        Redelivery::Inactive => Err(inactive()),
    }
}

/// Sends everything again that failed since some time.
pub(crate) async fn replay(request: Request) -> Result<Reply, ApiError> {
    let scope = meridian_edge::scope(&request).await?;
    let webhook = access::find_own(&request, &scope).await?;
    let body = validate::json_body(&request)?;
    let mut fields = Fields::of(&body);
    let since = fields.required_some("since", instant());
    fields.finish()?;
    let since = since.ok_or_else(|| ApiError::internal("a required instant is missing"))?;
    if !webhook.active {
        return Err(inactive());
    }
    due_work::mark_due(&scope, request.now).await?;
    let replayed = deliveries::replay(&scope, &webhook.id, since, request.now).await?;
    if replayed > 0 {
        deliver::deliver_after_response(scope.organization(), request.now);
    }
    Reply::ok(&json!({ "replayed": replayed, "hasMore": replayed == MOST_REPLAYED }))
}

/// The row of the delivery that the path names; `None` where it can only be another
/// organisation's.
fn read_id(request: &Request, organization: OrganizationNumber) -> Result<Option<i64>, ApiError> {
    let text = request.parameter("deliveryId");
    let id: i64 = text
        .parse()
        .map_err(|_| ApiError::invalid_field("deliveryId", text, "must be an integer number"))?;
    let row = id.checked_sub(organization.wire_id());
    Ok(row.filter(|row| (1..1 << 32).contains(row)))
}

fn not_found(request: &Request) -> ApiError {
    ApiError::not_found(format!("Delivery ({}) not found", request.parameter("deliveryId")))
}

fn inactive() -> ApiError {
    ApiError::conflict("The webhook is not active. Set active to true first.")
}
