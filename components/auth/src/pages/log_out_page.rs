//! `GET /auth/logout` and `POST /auth/logout`

use http::StatusCode;
use meridian_gateway::session::csrf_token;
use meridian_gateway::{ApiError, Reply, Request};

use super::form::TOKEN_FIELD;
use super::{Form, Page, escape, or_page, visitor};
use crate::sessions::{cookies, end_presented};

/// Where whoever signed out goes.
const AFTERWARDS: &str = "/auth/login";

/// A button to sign out with: a link alone would let any page sign people out.
pub async fn show_log_out(request: Request) -> Result<Reply, ApiError> {
    or_page(show(&request).await)
}

async fn show(request: &Request) -> Result<Reply, ApiError> {
    let Some(visitor) = visitor(request).await? else { return Reply::see_other(AFTERWARDS) };
    let body = format!(
        "<p>You are signed in as <strong>{}</strong>.</p>{}",
        escape(&visitor.email),
        button(&csrf_token(&visitor))
    );
    Ok(Page::new("Sign out", body).reply(StatusCode::OK))
}

/// The form with the button.
pub fn button(token: &str) -> String {
    format!(
        "<form method=\"post\" action=\"/auth/logout\">\
         <input type=\"hidden\" name=\"{TOKEN_FIELD}\" value=\"{}\">\
         <button type=\"submit\">Sign out</button></form>",
        escape(token)
    )
}

/// Ends the session.
pub async fn log_out_by_form(request: Request) -> Result<Reply, ApiError> {
    or_page(log_out(&request).await)
}

async fn log_out(request: &Request) -> Result<Reply, ApiError> {
    let form = Form::read(request)?;
    if let Some(visitor) = visitor(request).await? {
        form.check_session(request, &visitor)?;
        end_presented(request).await?;
    }
    cookies::end(Reply::see_other(AFTERWARDS)?, request)
}
