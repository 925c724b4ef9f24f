//! Pages for people: signing in, signing out, and what every page has.

mod callback;
mod form;
mod html;
mod log_in_page;
mod log_out_page;

use meridian_gateway::{ApiError, Credentials, Guard, Principal, Reply, Request};

pub use callback::Callback;
pub use form::{Form, FormToken, TOKEN_FIELD};
pub use html::{Page, escape};
pub use log_in_page::{log_in_by_form, show_log_in};
pub use log_out_page::{log_out_by_form, show_log_out};

use crate::guard::GUARD;

/// Who is signed in in this browser; `None`: nobody.
pub async fn visitor(request: &Request) -> Result<Option<Principal>, ApiError> {
    let cookie = request.header("cookie").map(str::to_owned);
    let credentials = Credentials { cookie, ..Credentials::default() };
    match GUARD.authenticate(&credentials).await {
        Ok(principal) => Ok(Some(principal)),
        Err(meridian_gateway::Refusal::Unauthorized(_)) => Ok(None),
        Err(refusal) => Err(refusal.into()),
    }
}

/// The answer, or a page that says in words why there is none. What failed inside is
/// left to the pipeline, which logs it.
pub fn or_page(outcome: Result<Reply, ApiError>) -> Result<Reply, ApiError> {
    match outcome {
        Err(error) if error.cause.is_none() => {
            let body = format!("<p role=\"alert\">{}</p>", escape(&error.message));
            let mut reply = Page::new("Something is not right", body).reply(error.status);
            if let Some(seconds) = error.retry_after {
                reply.headers.insert(http::header::RETRY_AFTER, seconds.into());
            }
            Ok(reply)
        }
        outcome => outcome,
    }
}
