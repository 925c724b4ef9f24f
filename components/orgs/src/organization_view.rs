//! An organisation as operators see it.

use meridian_kernel::Instant;
use meridian_store::organizations::{Organization, Owner, State};
use serde::Serialize;

/// `data` of the platform's routes.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OrganizationView<'a> {
    id: i64,
    slug: &'a str,
    name: &'a str,
    plan: &'a str,
    is_platform: bool,
    state: &'static str,
    owner: &'a Owner,
    domains: &'a [String],
    brand: Option<&'a serde_json::Value>,
    limits: Option<&'a serde_json::Value>,
    created_at: Instant,
    updated_at: Instant,
}

impl<'a> OrganizationView<'a> {
    /// The id is the one the organisation's own users see.
    pub fn new(organization: &'a Organization) -> Self {
        Self {
            id: organization.number.wire_id(),
            slug: &organization.slug,
            name: &organization.name,
            plan: &organization.plan,
            is_platform: organization.is_platform,
            state: match organization.state {
                State::Provisioning => "provisioning",
                State::Active => "active",
                State::Suspended => "suspended",
                State::Deleting => "deleting",
            },
            owner: &organization.owner,
            domains: &organization.domains,
            brand: organization.brand.as_ref(),
            limits: organization.limits.as_ref(),
            created_at: organization.created_at,
            updated_at: organization.updated_at,
        }
    }
}
