//! `POST /platform/oauth2-clients/:clientId/approve` and `…/reject`

use meridian_edge::guard_epoch;
use meridian_gateway::validate::{Fields, boolean, json_body};
use meridian_gateway::{ApiError, Reply, Request};
use meridian_store::oauth2::{self, Approval};

use super::view::ClientView;
use crate::errors;
use crate::oauth2::Application;

/// Lets an application ask users; `isTrusted` vouches for it on the page that asks.
pub async fn approve_client(request: Request) -> Result<Reply, ApiError> {
    let body = json_body(&request)?;
    let mut fields = Fields::of(&body);
    let is_trusted = fields.optional("isTrusted", boolean()).unwrap_or(false);
    fields.finish()?;
    decide(&request, Approval::Approved, is_trusted).await
}

/// Keeps an application from asking users; tokens it has stop working at once.
pub async fn reject_client(request: Request) -> Result<Reply, ApiError> {
    decide(&request, Approval::Rejected, false).await
}

async fn decide(
    request: &Request,
    approval: Approval,
    is_trusted: bool,
) -> Result<Reply, ApiError> {
    let shown = request.parameter("clientId");
    let unknown = || errors::no_application(shown);
    let Application { id, scope, .. } = Application::find(shown).await?.ok_or_else(unknown)?;
    let decided = oauth2::set_approval(&scope, &id, approval, is_trusted, request.now).await?;
    let decided = decided.ok_or_else(unknown)?;
    guard_epoch::advance(scope.organization()).await;
    Reply::ok(&ClientView::new(&decided))
}
