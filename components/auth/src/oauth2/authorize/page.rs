//! `GET /auth/oauth2/authorize` and `POST /auth/oauth2/authorize`

use http::StatusCode;
use meridian_domain::oauth2::{Consent, words_for};
use meridian_gateway::session::csrf_token;
use meridian_gateway::{ApiError, Principal, Reply, Request};

use super::super::parameters::{CONSENT, Parameters};
use super::asking::Asking;
use crate::pages::{Form, Page, TOKEN_FIELD, escape, or_page, visitor};

/// The path of both.
const PATH: &str = "/auth/oauth2/authorize";

/// Asks the user, who signs in first where nobody is.
pub async fn show_consent(request: Request) -> Result<Reply, ApiError> {
    or_page(show(&request).await)
}

async fn show(request: &Request) -> Result<Reply, ApiError> {
    let parameters = Parameters::of(&request.query).map_err(ApiError::bad_request)?;
    let asking = read(&parameters).await?;
    let consent = match &asking.outcome {
        Ok(consent) => consent,
        Err(location) => return Reply::see_other(location),
    };
    match own_visitor(request, &asking).await? {
        Some(visitor) => Ok(page(&asking, consent, &parameters, &visitor)),
        None => Reply::see_other(&log_in_first(&parameters)),
    }
}

/// Takes the user's answer to the application.
pub async fn decide_by_form(request: Request) -> Result<Reply, ApiError> {
    or_page(decide(&request).await)
}

async fn decide(request: &Request) -> Result<Reply, ApiError> {
    let form = Form::read(request)?;
    let parameters = Parameters::of(form.pairs()).map_err(ApiError::bad_request)?;
    let asking = read(&parameters).await?;
    let Some(visitor) = own_visitor(request, &asking).await? else {
        return Reply::see_other(&log_in_first(&parameters));
    };
    form.check_session(request, &visitor)?;
    let consent = match &asking.outcome {
        Ok(consent) => consent,
        Err(location) => return Reply::see_other(location),
    };
    let location = match form.field("decision") {
        Some("allow") => asking.allowed(consent, visitor.user_id, request.now).await?,
        Some("deny") => asking.denied(consent),
        _ => return Err(ApiError::bad_request("decision must be 'allow' or 'deny'")),
    };
    Reply::see_other(&location)
}

async fn read(parameters: &Parameters) -> Result<Asking, ApiError> {
    if parameters.repeated(&["client_id"]).is_some() {
        return Err(ApiError::bad_request("client_id must not be given more than once"));
    }
    let client_id = parameters.get("client_id");
    let client_id = client_id.ok_or_else(|| ApiError::bad_request("client_id is required"))?;
    Asking::read(client_id, parameters).await
}

/// Who is signed in, where they are of the application's organisation: nobody else can
/// be asked.
async fn own_visitor(request: &Request, asking: &Asking) -> Result<Option<Principal>, ApiError> {
    let own = asking.application.scope.organization();
    Ok(visitor(request).await?.filter(|visitor| visitor.organization.number == own))
}

/// The page to sign in at, which leads back here.
fn log_in_first(parameters: &Parameters) -> String {
    let mut back = form_urlencoded::Serializer::new(String::new());
    for name in CONSENT {
        if let Some(value) = parameters.get(name) {
            back.append_pair(name, value);
        }
    }
    let back = format!("{PATH}?{}", back.finish());
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("callbackUrl", &back);
    format!("/auth/login?{}", query.finish())
}

fn page(asking: &Asking, consent: &Consent, parameters: &Parameters, visitor: &Principal) -> Reply {
    let client = &asking.application.client;
    let name = escape(&client.name);
    let logo = client.logo.as_deref().map_or_else(String::new, |logo| {
        format!("<img src=\"{}\" alt=\"\" referrerpolicy=\"no-referrer\">", escape(logo))
    });
    let vouched = if client.is_trusted {
        "This application is verified by the operator of this service."
    } else {
        "Allow this only if you know the application and want it to have access."
    };
    let asked: String = CONSENT
        .iter()
        .filter_map(|name| parameters.get(name).map(|value| hidden(name, value)))
        .collect();
    let body = format!(
        "{logo}<p><strong>{name}</strong> asks for access to your account \
         <strong>{}</strong>{}. It would be able to:</p><ul>{}</ul><p>{vouched} You will be sent \
         to <strong>{}</strong>. You can take the access back at any time.</p>\
         <form method=\"post\" action=\"{PATH}\">{}{asked}\
         <button type=\"submit\" name=\"decision\" value=\"allow\">Allow</button>\
         <button type=\"submit\" name=\"decision\" value=\"deny\" class=\"other\">Deny</button>\
         </form><p><a href=\"/auth/logout\">This is not me</a></p>",
        escape(&visitor.email),
        of_organization(visitor),
        items(consent),
        escape(place_of(&consent.redirect_uri)),
        hidden(TOKEN_FIELD, &csrf_token(visitor)),
    );
    let title = format!("Allow {} to use your account?", client.name);
    let page = Page::new(title, body).leading_to(&consent.redirect_uri);
    let page = if client.logo.is_some() { page.with_picture() } else { page };
    page.reply(StatusCode::OK)
}

fn hidden(name: &str, value: &str) -> String {
    format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">", escape(value))
}

fn of_organization(visitor: &Principal) -> String {
    match visitor.organization.name.as_str() {
        "" => String::new(),
        name => format!(" in <strong>{}</strong>", escape(name)),
    }
}

/// What it could do, in words. Without scopes that restrict it, everything.
fn items(consent: &Consent) -> String {
    let words: Vec<String> = consent.scopes.iter().filter_map(|scope| words_for(scope)).collect();
    if words.is_empty() {
        return "<li>see and change everything you can see and change yourself</li>".to_owned();
    }
    words.iter().map(|words| format!("<li>{}</li>", escape(words))).collect()
}

/// Host, or application, an address belongs to.
fn place_of(address: &str) -> &str {
    match address.split_once("://") {
        Some(("https" | "http", rest)) => rest.split(['/', '?']).next().unwrap_or(rest),
        _ => address.split_once(':').map_or(address, |(scheme, _)| scheme),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_user_sees_where_they_are_sent() {
        assert_eq!(place_of("https://app.example:8443/cb?x"), "app.example:8443");
        assert_eq!(place_of("com.example.app:/done"), "com.example.app");
    }

    #[test]
    fn scopes_are_listed_in_words_and_none_means_everything() {
        let consent = |scopes: &[&str]| Consent {
            redirect_uri: String::new(),
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            challenge: None,
        };
        let listed = items(&consent(&["BOOKING_READ", "READ_BOOKING"]));
        assert_eq!(listed, "<li>see your bookings</li>");
        for nothing in [&[][..], &["READ_BOOKING"]] {
            assert!(items(&consent(nothing)).contains("everything"));
        }
    }
}
