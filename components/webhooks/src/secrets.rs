//! Signing secrets at rest.

use meridian_gateway::ApiError;
use meridian_kernel::Secret;
use meridian_vault::Vault;

/// The vault of this deployment.
pub(crate) async fn vault() -> Result<Vault, ApiError> {
    let keys = meridian_edge::variable("encryption_key").await.unwrap_or_default();
    Vault::new(&keys).map_err(ApiError::internal)
}

/// A secret as it was given. One that does not open any more (its key is gone)
/// is an error: an unsigned delivery would look like a forged one.
pub(crate) fn open(vault: &Vault, sealed: Option<&str>) -> Result<Option<Secret>, ApiError> {
    let Some(sealed) = sealed else { return Ok(None) };
    let unreadable = || ApiError::internal("a webhook's secret does not open with encryption_key");
    vault.open(sealed).map(Some).ok_or_else(unreadable)
}
