//! `GET /v2/webhooks/:webhookId/deliveries`

use meridian_gateway::validate::{Fields, count, one_of, query_object};
use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::deliveries;

use crate::access;
use crate::delivery_output::{DeliveryOutput, present};

/// The most, and the usual number, of deliveries on a page.
const MOST_TAKEN: u32 = 250;
const USUALLY_TAKEN: u32 = 50;

const STATES: &[&str] = &["pending", "delivered", "failed"];

pub(crate) async fn list_deliveries(request: Request) -> Result<Reply, ApiError> {
    let (state, page) = read_query(&request)?;
    let scope = meridian_edge::scope(&request).await?;
    let webhook = access::find_own(&request, &scope).await?;
    let found = deliveries::list(&scope, &webhook.id, state, page).await?;
    let shown =
        found.into_iter().map(|one| present(scope.organization(), webhook.id.as_str(), one));
    Reply::ok(&shown.collect::<Vec<DeliveryOutput>>())
}

fn read_query(request: &Request) -> Result<(Option<&'static str>, (u32, u32)), ApiError> {
    let query = query_object(request);
    let mut fields = Fields::of(&query);
    let state = fields.optional("status", one_of(STATES));
    let skip = fields.optional("skip", count(0, u32::MAX)).unwrap_or(0);
    let take = fields.optional("take", count(1, MOST_TAKEN)).unwrap_or(USUALLY_TAKEN);
    fields.finish()?;
    Ok((state, (skip, take)))
}
