//! A session as whoever has it sees it.

use meridian_kernel::{Instant, OrganizationNumber, UserId, WireId};
use serde::Serialize;

/// `data` of the answers about a session.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionView<'a> {
    user: UserView<'a>,
    /// When it ends by itself.
    expires: Instant,
    /// To be sent back as `x-csrf-token` by whatever is no page of this origin.
    csrf_token: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UserView<'a> {
    id: UserId,
    name: &'a str,
    email: &'a str,
    organization_id: Option<i64>,
}

impl<'a> SessionView<'a> {
    /// Accounts without an organisation show none.
    pub fn new(
        id: UserId,
        name: &'a str,
        email: &'a str,
        expires: Instant,
        csrf_token: String,
    ) -> Self {
        let number = id.organization();
        let organization_id = (number != OrganizationNumber::NONE).then(|| number.wire_id());
        Self { user: UserView { id, name, email, organization_id }, expires, csrf_token }
    }
}
