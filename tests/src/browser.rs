//! A browser, as far as forms and cookies go: it sends what a page's form has, and
//! says where the page stood.

use crate::{Answer, Client};

/// A browser with its cookies.
#[derive(Clone, Debug)]
pub struct Browser {
    client: Client,
    cookies: Vec<(String, String)>,
}

impl Browser {
    /// One that was never here before.
    pub fn new(client: Client) -> Self {
        Self { client, cookies: Vec::new() }
    }

    /// A cookie's value; empty where there is none.
    pub fn cookie(&self, name: &str) -> &str {
        let found = self.cookies.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value)
    }

    /// Sets a cookie, or takes it away where the value is empty.
    pub fn set_cookie(&mut self, name: &str, value: &str) {
        self.cookies.retain(|(known, _)| known != name);
        if !value.is_empty() {
            self.cookies.push((name.to_owned(), value.to_owned()));
        }
    }

    /// A client that sends the cookies, and nothing else a browser does.
    pub fn client(&self) -> Client {
        if self.cookies.is_empty() {
            return self.client.clone();
        }
        let pairs = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
        self.client.with("cookie", &pairs.collect::<Vec<_>>().join("; "))
    }

    /// The same, as a script of one of the server's own pages.
    pub fn script(&self) -> Client {
        self.client().with("sec-fetch-site", "same-origin").with("origin", self.client.base())
    }

    /// Opens a page.
    pub fn open(&mut self, path: &str) -> Answer {
        let answer = self.client().with("sec-fetch-site", "none").get(path);
        self.keep(&answer);
        answer
    }

    /// Sends the first form of a page, with some fields filled in.
    #[track_caller]
    pub fn submit(&mut self, page: &Answer, filled: &[(&str, &str)]) -> Answer {
        let (action, mut fields) = form_of(&page.text);
        for (name, value) in filled {
            fields.retain(|(known, _)| known != name);
            fields.push(((*name).to_owned(), (*value).to_owned()));
        }
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let answer = self.script().form(&action, &fields);
        self.keep(&answer);
        answer
    }

    /// Keeps the cookies an answer sets.
    pub fn keep(&mut self, answer: &Answer) {
        for header in answer.headers.get_all("set-cookie") {
            let text = header.to_str().expect("a cookie is text");
            let (pair, attributes) = text.split_once(';').unwrap_or((text, ""));
            let (name, value) = pair.split_once('=').expect("a cookie has a name");
            let is_over = attributes.contains("Max-Age=0");
            self.set_cookie(name, if is_over { "" } else { value });
        }
    }
}

/// Where the first form of a page goes, and its fields as they stand.
#[track_caller]
fn form_of(page: &str) -> (String, Vec<(String, String)>) {
    let (_, form) = page.split_once("<form ").unwrap_or_else(|| panic!("no form: {page}"));
    let (form, _) = form.split_once("</form>").expect("the form ends");
    let action = attribute(form, "action").expect("the form goes somewhere");
    let inputs = form.split("<input ").skip(1).filter_map(|input| {
        let input = input.split('>').next().unwrap_or_default();
        Some((attribute(input, "name")?, attribute(input, "value").unwrap_or_default()))
    });
    (action, inputs.collect())
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!("{name}=\""))?;
    let (value, _) = rest.split_once('"')?;
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    let text = |text: String, (entity, character): (&str, &str)| text.replace(entity, character);
    Some(entities.into_iter().fold(value.to_owned(), text))
}
