//! `POST /v2/auth/oauth2/clients/:clientId/authorize`

use meridian_gateway::validate::{Fields, array, json_body, text};
use meridian_gateway::{ApiError, Reply, Request};
use serde_json::Value;

use super::super::parameters::{MAX_VALUE, Parameters};
use super::asking::Asking;
use crate::errors;

/// Scopes one request may list.
const MAX_SCOPES: usize = 60;

/// Each parameter, as it is named here and in the address of the page.
const NAMES: [(&str, &str); 6] = [
    ("redirectUri", "redirect_uri"),
    ("state", "state"),
    ("scope", "scope"),
    ("codeChallenge", "code_challenge"),
    ("codeChallengeMethod", "code_challenge_method"),
    ("responseType", "response_type"),
];

/// The caller, who is signed in and was asked by whoever calls, consents.
pub async fn authorize_by_api(request: Request) -> Result<Reply, ApiError> {
    let parameters = read(&json_body(&request)?)?;
    let client_id = request.parameter("clientId");
    let asking = Asking::read(client_id, &parameters).await?;
    let caller = request.principal()?;
    if asking.application.scope.organization() != caller.organization.number {
        return Err(errors::no_application(client_id));
    }
    let location = match &asking.outcome {
        Ok(consent) => asking.allowed(consent, caller.user_id, request.now).await?,
        Err(location) => location.clone(),
    };
    Reply::see_other(&location)
}

/// Names are taken in either form, and scopes also as a list.
fn read(body: &Value) -> Result<Parameters, ApiError> {
    let mut fields = Fields::of(body);
    let mut pairs = Vec::new();
    for (camel, snake) in NAMES {
        let forms = if camel == snake { 1 } else { 2 };
        for name in [camel, snake].into_iter().take(forms) {
            let value = fields.optional(name, text(0, MAX_VALUE));
            pairs.extend(value.map(|value| (snake.to_owned(), value)));
        }
    }
    let scopes = fields.optional("scopes", array(MAX_SCOPES, text(1, MAX_VALUE)));
    pairs.extend(scopes.map(|scopes| ("scope".to_owned(), scopes.join(" "))));
    fields.finish()?;
    Parameters::of(&pairs).map_err(ApiError::bad_request)
}
