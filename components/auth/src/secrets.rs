//! Keys of the deployment, made of its variables once per instance.

use std::cell::OnceCell;
use std::rc::Rc;

use meridian_token::{SessionKeys, Tokens};
use meridian_vault::{Vault, VaultError};

thread_local! {
    static SESSION_KEYS: OnceCell<Rc<SessionKeys>> = const { OnceCell::new() };
    static VAULT: OnceCell<Rc<Vault>> = const { OnceCell::new() };
    static TOKENS: OnceCell<Rc<Tokens>> = const { OnceCell::new() };
}

/// What session cookies are encrypted with: variable `session_secret`, else keys
/// made of `encryption_key`.
pub async fn session_keys() -> Result<Rc<SessionKeys>, VaultError> {
    if let Some(keys) = SESSION_KEYS.with(|keys| keys.get().cloned()) {
        return Ok(keys);
    }
    let secret = variable("session_secret").await;
    let keys = Rc::new(SessionKeys::new(&secret, &variable("encryption_key").await)?);
    Ok(SESSION_KEYS.with(|known| Rc::clone(known.get_or_init(|| keys))))
}

/// What tokens are signed with.
pub async fn tokens() -> Result<Rc<Tokens>, VaultError> {
    if let Some(tokens) = TOKENS.with(|tokens| tokens.get().cloned()) {
        return Ok(tokens);
    }
    let tokens = Rc::new(Tokens::new(&variable("encryption_key").await)?);
    Ok(TOKENS.with(|known| Rc::clone(known.get_or_init(|| tokens))))
}

/// What secrets are sealed with at rest.
pub async fn vault() -> Result<Rc<Vault>, VaultError> {
    if let Some(vault) = VAULT.with(|vault| vault.get().cloned()) {
        return Ok(vault);
    }
    let vault = Rc::new(Vault::new(&variable("encryption_key").await)?);
    Ok(VAULT.with(|known| Rc::clone(known.get_or_init(|| vault))))
}

async fn variable(name: &str) -> String {
    meridian_edge::variable(name).await.unwrap_or_default()
}
