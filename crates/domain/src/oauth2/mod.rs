//! The OAuth2 provider's decisions: what an application may ask for, and when a code
//! may be exchanged (RFC 6749, RFC 7636, RFC 9700).

mod authorize;
mod pkce;
mod redeem;
mod redirect;
mod scope;

pub use authorize::{
    AskedConsent, Consent, ConsentRefusal, MAX_STATE, Registered, decide as decide_consent,
};
pub use pkce::{Challenge, is_verifier};
pub use redeem::{CodeRefusal, IssuedCode, RedeemedCode, decide as decide_code};
pub use redirect::check_redirect_uri;
pub use scope::{is_legacy, is_scope, parse_scopes, words_for};
