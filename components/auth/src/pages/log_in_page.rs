//! `GET /auth/login` and `POST /auth/login`

use http::StatusCode;
use meridian_gateway::session::csrf_token;
use meridian_gateway::validate::{email, text};
use meridian_gateway::{ApiError, Principal, Reply, Request};
use meridian_kernel::{ClientId, Secret};
use meridian_vault::MAX_PASSWORD;
use serde_json::Value;

use super::form::TOKEN_FIELD;
use super::{Callback, Form, FormToken, Page, escape, or_page, visitor};
use crate::sessions::{Credentials, cookies, organization_of, sign_in};

/// Where whoever signed in goes who came from nowhere.
const HOME: &str = "/auth/login";

/// The form to sign in with; or who is signed in, for whoever came for nothing else.
pub async fn show_log_in(request: Request) -> Result<Reply, ApiError> {
    or_page(show(&request).await)
}

async fn show(request: &Request) -> Result<Reply, ApiError> {
    let callback = request.query("callbackUrl");
    let visitor = visitor(request).await?;
    if let (None, Some(visitor)) = (callback, &visitor) {
        return Ok(signed_in(visitor).reply(StatusCode::OK));
    }
    let entry = Entry {
        email: request.query("email").unwrap_or_default(),
        organization: request.query("organization").unwrap_or_default(),
        callback: callback.and_then(|text| Callback::parse(text, &request.origin())),
    };
    entry.form(request, StatusCode::OK, &[])
}

/// Signs in and leads on.
pub async fn log_in_by_form(request: Request) -> Result<Reply, ApiError> {
    or_page(log_in(&request).await)
}

async fn log_in(request: &Request) -> Result<Reply, ApiError> {
    let form = Form::read(request)?;
    FormToken::check(&form, request)?;
    let callback = form.field("callbackUrl");
    let entry = Entry {
        email: form.field("email").unwrap_or_default(),
        organization: form.field("organization").unwrap_or_default(),
        callback: callback.and_then(|text| Callback::parse(text, &request.origin())),
    };
    let password = form.field("password").unwrap_or_default();
    let mistakes = entry.mistakes(password);
    if !mistakes.is_empty() {
        return entry.form(request, StatusCode::BAD_REQUEST, &mistakes);
    }
    match entry.sign_in(request, password).await {
        Ok(cookie) => {
            let next = entry.callback.as_ref().map_or(HOME, Callback::as_str);
            cookies::begin(Reply::see_other(next)?, request, &cookie)
        }
        // What is wrong inside is no mistake of whoever signs in.
        Err(error) if error.cause.is_some() => Err(error),
        Err(error) => {
            let field =
                if error.status == StatusCode::NOT_FOUND { "organization" } else { "email" };
            let mut reply = entry.form(request, error.status, &[(field, error.message.clone())])?;
            if let Some(seconds) = error.retry_after {
                reply.headers.insert(http::header::RETRY_AFTER, seconds.into());
            }
            Ok(reply)
        }
    }
}

/// What was entered, but for the password, which is never shown again.
struct Entry<'a> {
    email: &'a str,
    organization: &'a str,
    callback: Option<Callback>,
}

/// A field, and what is wrong with it.
type Mistake = (&'static str, String);

impl Entry<'_> {
    fn mistakes(&self, password: &str) -> Vec<Mistake> {
        let mut mistakes = Vec::new();
        if email()(&Value::from(self.email)).is_err() {
            let text = "Enter an email address, such as ada@example.org".to_owned();
            mistakes.push(("email", text));
        }
        if password.is_empty() {
            mistakes.push(("password", "Enter your password".to_owned()));
        } else if text(1, MAX_PASSWORD)(&Value::from(password)).is_err() {
            let text = format!("Passwords have at most {MAX_PASSWORD} characters");
            mistakes.push(("password", text));
        }
        mistakes
    }

    async fn sign_in(&self, request: &Request, password: &str) -> Result<String, ApiError> {
        let slug = Some(self.organization.trim()).filter(|slug| !slug.is_empty());
        let application = self.callback.as_ref().and_then(|to| to.parameter("client_id"));
        let application = application.and_then(|id| ClientId::parse(&id));
        let who = Credentials {
            organization: organization_of(request, slug, application.as_ref()).await?,
            email: self.email.trim().to_owned(),
            password: Secret::new(password),
        };
        sign_in(request, &who).await.map(|signed_in| signed_in.cookie)
    }

    /// The form, with what was entered and what is wrong with it.
    fn form(
        &self,
        request: &Request,
        status: StatusCode,
        mistakes: &[Mistake],
    ) -> Result<Reply, ApiError> {
        let token = FormToken::of(request);
        let callback = self.callback.as_ref().map_or("", Callback::as_str);
        let body = format!(
            "{}<form method=\"post\" action=\"/auth/login\" novalidate>\
             <input type=\"hidden\" name=\"{TOKEN_FIELD}\" value=\"{}\">\
             <input type=\"hidden\" name=\"callbackUrl\" value=\"{}\">\
             {}{}{}<button type=\"submit\">Sign in</button></form>",
            summary(mistakes),
            token.as_str(),
            escape(callback),
            field(mistakes, "email", "Email address", "email", "username", self.email),
            field(mistakes, "password", "Password", "password", "current-password", ""),
            field(
                mistakes,
                "organization",
                "Organization (only if you were given one)",
                "text",
                "organization",
                self.organization
            ),
        );
        let title = if mistakes.is_empty() { "Sign in" } else { "Error: Sign in" };
        token.keep(Page::new(title, body).reply(status), request)
    }
}

/// What is wrong, each with a link to its field.
fn summary(mistakes: &[Mistake]) -> String {
    if mistakes.is_empty() {
        return String::new();
    }
    let items: String = mistakes
        .iter()
        .map(|(field, text)| format!("<li><a href=\"#{field}\">{}</a></li>", escape(text)))
        .collect();
    format!(
        "<div class=\"problem\" role=\"alert\" aria-labelledby=\"problem\">\
         <h2 id=\"problem\">There is a problem</h2><ul>{items}</ul></div>"
    )
}

fn field(
    mistakes: &[Mistake],
    name: &str,
    label: &str,
    kind: &str,
    autocomplete: &str,
    value: &str,
) -> String {
    let mistake = mistakes.iter().find(|(field, _)| *field == name);
    let (hint, invalid) = match mistake {
        Some((_, text)) => (
            format!("<span class=\"hint bad\" id=\"{name}-hint\">{}</span>", escape(text)),
            format!(" aria-invalid=\"true\" aria-describedby=\"{name}-hint\""),
        ),
        None => (String::new(), String::new()),
    };
    let required = if name == "organization" { "" } else { " required" };
    format!(
        "<label for=\"{name}\">{label}</label>{hint}\
         <input id=\"{name}\" name=\"{name}\" type=\"{kind}\" autocomplete=\"{autocomplete}\" \
         value=\"{}\"{required}{invalid}>",
        escape(value)
    )
}

fn signed_in(visitor: &Principal) -> Page {
    let body = format!(
        "<p>You are signed in as <strong>{}</strong>.</p>{}",
        escape(&visitor.email),
        super::log_out_page::button(&csrf_token(visitor))
    );
    Page::new("Signed in", body)
}
