//! Where a browser goes after signing in: to a page of ours, and nowhere else.

/// Longer addresses are not kept.
const MAX_LENGTH: usize = 8_192;

/// A path of this origin, with its query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Callback(String);

impl Callback {
    /// From what a link says: a path, or a whole address of this origin. Anything else
    /// is `None`, and whatever browsers might read in two ways.
    pub fn parse(text: &str, origin: &str) -> Option<Self> {
        let path = match text.strip_prefix(origin) {
            Some("") => "/",
            Some(rest) if !origin.is_empty() => rest,
            _ => text,
        };
        let is_path = path.starts_with('/') && !path.starts_with("//");
        let is_plain = path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        (is_path && is_plain && path.len() <= MAX_LENGTH).then(|| Self(path.to_owned()))
    }

    /// The path.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A parameter of its query.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let (_, query) = self.0.split_once('?')?;
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        pairs.find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = "https://cal.example.org";

    #[test]
    fn a_page_of_ours_is_where_to_go() {
        for (text, path) in [
            ("/auth/oauth2/authorize?client_id=c1&state=%20x", None),
            ("/", None),
            ("https://cal.example.org/a?b", Some("/a?b")),
            ("https://cal.example.org", Some("/")),
        ] {
            let found = Callback::parse(text, OURS).unwrap();
            assert_eq!(found.as_str(), path.unwrap_or(text));
        }
        let found = Callback::parse("/a?client_id=c%201&client_id=2", OURS).unwrap();
        assert_eq!(found.parameter("client_id").as_deref(), Some("c 1"));
        assert_eq!(found.parameter("state"), None);
    }

    #[test]
    fn nobody_is_led_elsewhere() {
        for text in [
            "",
            "a",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https:evil.example",
            "https://evil.example",
            "https://cal.example.org.evil.example/",
            "https://cal.example.org@evil.example/",
            "https://cal.example.org//evil.example",
            "http://cal.example.org/",
            "javascript:alert(1)",
            "/\t/evil.example",
            "/a\r\nset-cookie: x=y",
            " /a",
            "/é",
        ] {
            assert_eq!(Callback::parse(text, OURS), None, "{text:?}");
        }
        assert_eq!(Callback::parse(&"/".repeat(9_000), OURS), None);
        assert_eq!(Callback::parse("https://evil.example", ""), None);
    }
}
