//! What the mails of accounts say, as plain text and as HTML. Those of bookings have
//! their own words.

/// A mail without its addressee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// One line.
    pub subject: String,
    /// For whoever reads no HTML.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

/// The code that shows that a mailbox is somebody's, good for so many minutes.
pub fn verification_code(code: &str, minutes: i64) -> Words {
    let note = format!(
        "It is good for {minutes} minutes. If you did not ask for it, you can ignore this mail."
    );
    Words {
        subject: format!("{code} is your verification code"),
        text: format!("Your verification code is {code}\n\n{note}\n"),
        html: page(&[
            "<p>Your verification code is</p>".to_owned(),
            format!("<p style=\"font-size:2em;letter-spacing:0.2em\">{}</p>", escape(code)),
            format!("<p>{note}</p>"),
        ]),
    }
}

/// The link that makes this the address of an account, good for so many hours.
pub fn confirm_address(name: &str, link: &str, hours: i64) -> Words {
    let greeting = greeting(name);
    let wish = "this address shall become the one of your account. Confirm it here:";
    let note = format!(
        "The link is good for {hours} hours and once. If you did not ask for it, you can ignore \
         this mail: nothing changes then."
    );
    Words {
        subject: "Confirm your new e-mail address".to_owned(),
        text: format!("{greeting}\n\n{wish}\n\n{link}\n\n{note}\n"),
        html: page(&[
            format!("<p>{}</p>", escape(&greeting)),
            format!("<p>{wish}</p>"),
            format!("<p><a href=\"{0}\">{0}</a></p>", escape(link)),
            format!("<p>{note}</p>"),
        ]),
    }
}

/// What the old address of an account is told when it has a new one.
pub fn address_changed(name: &str, new: &str) -> Words {
    let greeting = greeting(name);
    let news = format!("the e-mail address of your account is now {new}.");
    let note = "If this was not you, somebody else has access to your account: change your \
                password, delete your API keys and tell whoever runs this service.";
    Words {
        subject: "Your e-mail address was changed".to_owned(),
        text: format!("{greeting}\n\n{news}\n\n{note}\n"),
        html: page(&[
            format!("<p>{}</p>", escape(&greeting)),
            format!("<p>{}</p>", escape(&news)),
            format!("<p>{note}</p>"),
        ]),
    }
}

/// What whoever looks after a webhook is told when it was switched off by itself.
pub fn webhook_disabled(name: &str, id: &str, host: &str, reason: &str) -> Words {
    let greeting = greeting(name);
    let news = format!("the webhook {id}, which calls {host}, was switched off: {reason}.");
    let note = "What was still to be delivered is kept as failed. Once the endpoint works, switch \
                the webhook on again (PATCH it with \"active\": true) and replay what failed.";
    Words {
        subject: format!("A webhook to {host} was switched off"),
        text: format!("{greeting}\n\n{news}\n\n{note}\n"),
        html: page(&[
            format!("<p>{}</p>", escape(&greeting)),
            format!("<p>{}</p>", escape(&news)),
            format!("<p>{}</p>", escape(note)),
        ]),
    }
}

fn greeting(name: &str) -> String {
    let name: String = name.chars().filter(|c| !c.is_control()).collect();
    if name.trim().is_empty() { "Hello,".to_owned() } else { format!("Hello {},", name.trim()) }
}

fn page(parts: &[String]) -> String {
    format!("<!doctype html>\n<html lang=\"en\"><body>{}</body></html>\n", parts.concat())
}

/// A text as HTML shows it, also within quotes.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_says_the_same_as_text_and_as_html() {
        let code = verification_code("ABC234", 15);
        let link = confirm_address("Ada", "https://a.example/x?token=7", 24);
        let changed = address_changed("Ada", "new@example.org");
        let off = webhook_disabled("Ada", "7", "hooks.example", "it is gone");
        for (words, told) in [
            (&code, vec!["ABC234", "15 minutes"]),
            (&link, vec!["Hello Ada,", "https://a.example/x?token=7", "24 hours"]),
            (&changed, vec!["Hello Ada,", "new@example.org"]),
            (&off, vec!["Hello Ada,", "webhook 7,", "hooks.example", "it is gone"]),
        ] {
            for told in told {
                assert!(words.text.contains(told) && words.html.contains(told), "{told}");
            }
        }
    }

    #[test]
    fn a_name_is_no_html_and_no_second_line() {
        let words = confirm_address("<b>\nBcc: x</b>", "https://a.example/?a=1&b=2", 24);
        assert!(!words.html.contains("<b>") && words.html.contains("&lt;b&gt;"));
        assert!(words.html.contains("href=\"https://a.example/?a=1&amp;b=2\""));
        assert!(words.text.starts_with("Hello <b>Bcc: x</b>,\n"));
        assert!(address_changed("  ", "a@b.co").text.starts_with("Hello,\n"));
    }
}
