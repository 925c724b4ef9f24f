//! Tokens for a code.

use meridian_domain::oauth2::{CodeRefusal, IssuedCode, RedeemedCode, decide_code};
use meridian_edge::guard_epoch;
use meridian_gateway::Request;
use meridian_kernel::{LinkId, hash_hex};
use meridian_store::oauth2::{self, Code};

use super::Application;
use super::issue::{Issued, Issuing};
use crate::oauth2::flat::{Refusal, invalid_grant, invalid_request};
use crate::oauth2::parameters::Parameters;

/// Exchanges a code, once. Shown a second time it takes back what it gave.
pub async fn exchange(
    request: &Request,
    parameters: &Parameters,
    application: &Application,
) -> Result<Issued, Refusal> {
    let code = parameters.get("code").ok_or_else(|| invalid_request("code is required"))?;
    let redirect_uri = parameters.get("redirect_uri");
    let shown = RedeemedCode {
        client_id: application.id.as_str(),
        redirect_uri: redirect_uri.ok_or_else(|| invalid_request("redirect_uri is required"))?,
        code_verifier: parameters.get("code_verifier"),
    };
    let found = find(code, application).await?.ok_or_else(refused)?;
    match decide_code(issued(&found), shown, request.now) {
        Ok(()) => {}
        Err(CodeRefusal::Invalid) => return Err(refused()),
        Err(CodeRefusal::Reused) => return Err(take_back(&found, request, application).await?),
    }
    let issuing = Issuing::new(&found.grant, found.user, &found.scopes, request.now);
    if !oauth2::redeem_code(&application.scope, &issuing.refresh(), request.now).await? {
        // Somebody was faster with the same code, which is a second use as well.
        return Err(take_back(&found, request, application).await?);
    }
    issuing.finish(application, request.now).await
}

/// The code, where it can be one of the application's organisation.
async fn find(code: &str, application: &Application) -> Result<Option<Code>, Refusal> {
    let ours =
        LinkId::parse(code).filter(|code| code.organization() == application.scope.organization());
    let Some(code) = ours else { return Ok(None) };
    Ok(oauth2::find_code(&application.scope, &hash_hex(code.as_str().as_bytes())).await?)
}

fn issued(code: &Code) -> IssuedCode<'_> {
    IssuedCode {
        client_id: &code.client_id,
        redirect_uri: &code.redirect_uri,
        code_challenge: code.code_challenge.as_deref(),
        expires_at: code.expires_at,
        is_used: code.is_used,
        is_revoked: code.is_revoked,
    }
}

async fn take_back(
    code: &Code,
    request: &Request,
    application: &Application,
) -> Result<Refusal, Refusal> {
    let scope = &application.scope;
    oauth2::revoke_grant(scope, &code.grant, &application.id, request.now).await?;
    guard_epoch::advance(scope.organization()).await;
    Ok(refused())
}

fn refused() -> Refusal {
    invalid_grant("code_invalid_or_expired")
}
