//! `PATCH /platform/organizations/:slug`

use meridian_edge::guard_epoch;
use meridian_gateway::validate::json_body;
use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::organizations::{self, Claim};

use crate::organization_view::OrganizationView;
use crate::{errors, input};

/// Changes an organisation; `domains` takes the place of those it had.
pub async fn update_organization(request: Request) -> Result<Reply, ApiError> {
    let slug = request.parameter("slug");
    let change = input::read_change(&json_body(&request)?)?;
    let platform = meridian_edge::platform().await?;
    let number = organizations::load_by_slug(&platform, slug).await?;
    let number = number.ok_or_else(|| errors::no_organization(slug))?.number;
    let changed = match organizations::update(&platform, number, &change, request.now).await? {
        Claim::Granted(changed) => changed,
        Claim::SlugTaken => return Err(errors::slug_taken(change.slug.as_deref().unwrap_or(slug))),
        Claim::DomainTaken(domain) => return Err(errors::domain_taken(&domain)),
        Claim::Gone => return Err(errors::no_organization(slug)),
    };
    // The guard tells other components the slug, the name and the plan.
    guard_epoch::advance(number).await;
    Reply::ok(&OrganizationView::new(&changed))
}
