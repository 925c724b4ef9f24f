//! `GET …/webhooks`

use meridian_gateway::validate::{Fields, count, query_object};
use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::webhooks;

use crate::{access, output, secrets};

/// The most, and the usual number, of webhooks on a page.
const PAGE: u32 = 250;

pub(crate) async fn list_webhooks(request: Request) -> Result<Reply, ApiError> {
    let (skip, take) = read_page(&request)?;
    let scope = meridian_edge::scope(&request).await?;
    let owner = access::owner(&request, &scope).await?;
    let found = webhooks::list(&scope, &owner, skip, take).await?;
    let vault = secrets::vault().await?;
    let shown: Vec<_> = found
        .into_iter()
        .map(|webhook| output::present(webhook, &vault, request.now))
        .collect::<Result<_, _>>()?;
    Reply::ok(&shown)
}

fn read_page(request: &Request) -> Result<(u32, u32), ApiError> {
    let query = query_object(request);
    let mut fields = Fields::of(&query);
    let skip = fields.optional("skip", count(0, u32::MAX)).unwrap_or(0);
    let take = fields.optional("take", count(1, PAGE)).unwrap_or(PAGE);
    fields.finish()?;
    Ok((skip, take))
}
