//! Organisations: their members and teams, the platform's own API and health. The last component of the
//! manifest: paths that nobody else has come here and are refused.

mod create_organization;
mod create_organization_key;
mod delete_organization;
mod errors;
mod get_organization;
mod health;
mod input;
mod limits;
mod list_organizations;
mod members;
mod memberships;
mod organization_view;
mod page;
mod platform_info;
mod registry;
mod roles;
mod routes;
mod suspend_organization;
mod teams;
mod update_organization;
mod update_organization_key;
mod verified_emails;

meridian_edge::component!(routes::TABLE);
