//! Applications as clients send them.

use meridian_domain::oauth2::{check_redirect_uri, is_legacy, is_scope};
use meridian_gateway::ApiError;
use meridian_gateway::validate::{Fields, Violation, array, one_of, text, url};
use meridian_store::oauth2::{ClientChange, ClientType};
use serde_json::Value;

const MAX_NAME: usize = 255;
const MAX_REDIRECT_URIS: usize = 20;
const MAX_SCOPES: usize = 60;

/// A new application.
#[derive(Debug)]
pub struct NewApplication {
    /// For people.
    pub name: String,
    /// A picture's URL.
    pub logo: Option<String>,
    /// Where users may be sent back to.
    pub redirect_uris: Vec<String>,
    /// Whether it keeps a secret.
    pub client_type: ClientType,
    /// What it may ask for.
    pub scopes: Vec<String>,
}

/// Reads the body of `POST …/clients`.
pub fn read_new(body: &Value) -> Result<NewApplication, ApiError> {
    let mut fields = Fields::of(body);
    let types = &["CONFIDENTIAL", "PUBLIC"];
    let new = NewApplication {
        name: fields.required("name", text(1, MAX_NAME)),
        logo: fields.optional("logo", logo),
        redirect_uris: fields.required("redirect_uris", redirect_uris),
        client_type: fields
            .optional("client_type", one_of(types))
            .and_then(ClientType::parse)
            .unwrap_or(ClientType::Confidential),
        scopes: fields.required("scopes", scopes),
    };
    fields.finish()?;
    Ok(new)
}

/// Reads the body of `PATCH …/clients/:clientId`.
pub fn read_change(body: &Value) -> Result<ClientChange, ApiError> {
    let mut fields = Fields::of(body);
    let change = ClientChange {
        name: fields.optional("name", text(1, MAX_NAME)),
        logo: fields.patch("logo", logo),
        redirect_uris: fields.optional("redirect_uris", redirect_uris),
        scopes: fields.optional("scopes", scopes),
    };
    fields.finish()?;
    Ok(change)
}

/// Shown on a page of ours, which must stay as safe as it is.
fn logo(value: &Value) -> Result<String, Violation> {
    let logo = url()(value)?;
    if logo.starts_with("https://") {
        Ok(logo)
    } else {
        Err(Violation::new("isUrl", "must be a URL address with https"))
    }
}

fn redirect_uris(value: &Value) -> Result<Vec<String>, Violation> {
    let one = |value: &Value| {
        let address = text(1, usize::MAX)(value)?;
        let wrong = |text: &str| Violation::new("isRedirectUri", text);
        check_redirect_uri(&address).map_err(wrong)?;
        Ok(address)
    };
    not_empty(each_once(array(MAX_REDIRECT_URIS, one)(value)?))
}

fn scopes(value: &Value) -> Result<Vec<String>, Violation> {
    let one = |value: &Value| {
        let name = value.as_str().filter(|name| is_scope(name) || is_legacy(name));
        let wrong = || Violation::new("isScope", "must be a scope, such as BOOKING_READ");
        name.map(str::to_owned).ok_or_else(wrong)
    };
    not_empty(each_once(array(MAX_SCOPES, one)(value)?))
}

fn each_once(texts: Vec<String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::with_capacity(texts.len());
    for text in texts {
        if !kept.contains(&text) {
            kept.push(text);
        }
    }
    kept
}

fn not_empty(texts: Vec<String>) -> Result<Vec<String>, Violation> {
    if texts.is_empty() {
        return Err(Violation::new("arrayNotEmpty", "should not be empty"));
    }
    Ok(texts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn body() -> Value {
        json!({
            "name": "App", "redirect_uris": ["https://app.example/cb"], "scopes": ["BOOKING_READ"],
        })
    }

    #[test]
    fn an_application_keeps_a_secret_where_nothing_is_said() {
        let new = read_new(&body()).unwrap();
        assert_eq!(new.client_type, ClientType::Confidential);
        assert_eq!(new.scopes, ["BOOKING_READ"]);
        let mut public = body();
        public["client_type"] = json!("PUBLIC");
        public["logo"] = json!("https://app.example/logo.png");
        public["scopes"] = json!(["READ_BOOKING", "READ_BOOKING"]);
        let public = read_new(&public).unwrap();
        assert_eq!((public.client_type, public.scopes.len()), (ClientType::Public, 1));
    }

    #[test]
    fn every_mistake_is_named() {
        for (field, value) in [
            ("name", json!("")),
            ("name", json!(null)),
            ("redirect_uris", json!([])),
            ("redirect_uris", json!("https://app.example")),
            ("redirect_uris", json!(["http://app.example"])),
            ("redirect_uris", json!(["javascript:alert(1)"])),
            ("redirect_uris", json!([7])),
            ("client_type", json!("public")),
            ("scopes", json!([])),
            ("scopes", json!(["EVERYTHING"])),
            ("logo", json!("http://app.example/logo.png")),
            ("logo", json!("javascript:alert(1)")),
        ] {
            let mut body = body();
            body[field] = value.clone();
            let error = read_new(&body).unwrap_err();
            assert!(error.message.starts_with(field), "{value}: {}", error.message);
        }
    }
}
