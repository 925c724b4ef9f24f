//! The OAuth2 provider's part of an organisation: applications, what users allowed
//! them, and the codes and tokens that come of it. Nothing secret is kept in clear.

mod clients;
mod grants;
mod tokens;

pub use clients::{
    Approval, Client, ClientChange, ClientType, NewClient, delete_client, find_client,
    insert_client, list_clients, set_approval, set_secret, update_client,
};
pub use grants::{
    Consent, MAX_GRANTS, NewGrant, find_holder, insert_grant, list_consents, revoke_consent,
    revoke_grant,
};
pub use tokens::{
    Code, NewRefreshToken, RefreshToken, find_code, find_refresh_token, redeem_code, rotate,
};
