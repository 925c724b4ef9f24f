//! HTML: one frame for all pages, without scripts.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderValue, StatusCode, header};
pub use meridian_domain::mail::escape;
use meridian_gateway::Reply;
use sha2::{Digest as _, Sha256};

/// The one style sheet. Colours have a contrast of 7 to 1 in both schemes.
const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#1b1b1f;--paper:#fff;--edge:#6b6b76;--act:#14308f;--bad:#8f1414}\
@media(prefers-color-scheme:dark){:root{--ink:#f2f2f5;--paper:#17171a;--edge:#a3a3b0;--act:#b9c8ff;--bad:#ffb9b9}}\
*{box-sizing:border-box}\
body{margin:0;background:var(--paper);color:var(--ink);font:1.0625rem/1.5 system-ui,sans-serif}\
main{max-width:28rem;margin:0 auto;padding:2rem 1rem}\
h1{font-size:1.5rem;line-height:1.25}\
label{display:block;font-weight:600;margin-top:1rem}\
input:not([type=hidden]){display:block;width:100%;font:inherit;padding:.5rem;margin-top:.25rem;\
border:2px solid var(--edge);border-radius:.375rem;background:var(--paper);color:var(--ink)}\
input[aria-invalid=true]{border-color:var(--bad)}\
button{font:inherit;font-weight:600;min-height:2.75rem;padding:.5rem 1.25rem;margin:1.5rem .5rem 0 0;\
border:2px solid var(--act);border-radius:.375rem;background:var(--act);color:var(--paper)}\
button.other{background:var(--paper);color:var(--act)}\
:focus-visible{outline:3px solid var(--act);outline-offset:2px}\
.problem{border:2px solid var(--bad);border-radius:.375rem;padding:0 1rem;margin-bottom:1rem}\
.problem a,.hint.bad{color:var(--bad)}\
.hint{display:block;font-weight:400;font-size:1rem}\
a{color:var(--act)}\
img{max-width:4rem;max-height:4rem}";

/// A page to be shown.
pub struct Page {
    title: String,
    body: String,
    /// Where its forms may end up, beside here: browsers hold a form to this also
    /// where its answer leads elsewhere.
    form_target: Option<String>,
    /// Whether it shows a picture from elsewhere.
    has_picture: bool,
}

impl Page {
    /// A page with a title, in plain text, and a body, in HTML.
    pub fn new(title: impl Into<String>, body: impl Into<String>) -> Self {
        Self { title: title.into(), body: body.into(), form_target: None, has_picture: false }
    }

    /// The same page, whose forms may lead to that address.
    pub fn leading_to(self, address: &str) -> Self {
        Self { form_target: source_of(address), ..self }
    }

    /// The same page, with a picture from elsewhere.
    pub fn with_picture(self) -> Self {
        Self { has_picture: true, ..self }
    }

    /// The answer. It is never kept, framed, or found by search engines.
    pub fn reply(self, status: StatusCode) -> Reply {
        let policy = self.policy();
        let title = escape(&self.title);
        let page = format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
             <meta name=\"robots\" content=\"noindex\">\
             <title>{title}</title><style>{STYLE}</style></head>\
             <body><main><h1>{title}</h1>{}</main></body></html>",
            self.body
        );
        let mut reply = Reply::html(status, page);
        for (name, value) in
            [(header::CACHE_CONTROL, "no-store"), (header::X_FRAME_OPTIONS, "DENY")]
        {
            reply = reply.with_header(name, HeaderValue::from_static(value));
        }
        match HeaderValue::try_from(policy) {
            Ok(policy) => reply.with_header(header::CONTENT_SECURITY_POLICY, policy),
            // The standard policy is put on instead, which is stricter about forms.
            Err(_) => reply,
        }
    }

    fn policy(&self) -> String {
        let style = STANDARD.encode(Sha256::digest(STYLE.as_bytes()));
        let target = self.form_target.as_deref().unwrap_or_default();
        let pictures = if self.has_picture { "img-src https:;" } else { "" };
        format!(
            "default-src 'none';style-src 'sha256-{style}';{pictures}form-action 'self' {target};\
             frame-ancestors 'none';base-uri 'none'"
        )
    }
}

/// An address as a policy names it: scheme and host, or the scheme alone where an
/// application has its own.
fn source_of(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once(':')?;
    let plain =
        |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.:[]".contains(&b));
    let source = match rest.strip_prefix("//") {
        Some(rest) if matches!(scheme, "http" | "https") => {
            let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
            format!("{scheme}://{}", Some(host).filter(|host| plain(host))?)
        }
        _ => format!("{scheme}:"),
    };
    plain(scheme).then_some(source)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_text_becomes_markup() {
        assert_eq!(escape("<b a='1' c=\"2\">&"), "&lt;b a=&#39;1&#39; c=&quot;2&quot;&gt;&amp;");
    }

    #[test]
    fn a_page_runs_nothing_and_leads_only_where_it_must() {
        let page = Page::new("T", "<p>x</p>").leading_to("https://app.example:8443/cb?x=1");
        let reply = page.with_picture().reply(StatusCode::OK);
        let policy = reply.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none';style-src 'sha256-"), "{policy}");
        assert!(policy.contains("form-action 'self' https://app.example:8443;"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(policy.contains("img-src https:"), "{policy}");
        assert!(!policy.contains("script"), "{policy}");
    }

    #[test]
    fn an_address_is_named_without_anything_that_ends_the_policy() {
        for (address, source) in [
            ("https://app.example/cb;script-src *", Some("https://app.example")),
            ("https://app.example;x/", None),
            ("myapp://done", Some("myapp:")),
            ("my app:x", None),
            ("nothing", None),
        ] {
            assert_eq!(source_of(address).as_deref(), source, "{address}");
        }
    }
}
