//! E-mails that are to be sent.

use std::fmt;

use meridian_kernel::Secret;
use serde::{Deserialize, Serialize};

/// The kind of job that sends one.
pub const EMAIL: &str = "email";

/// How often it is tried to send an e-mail: over most of a day.
pub const MAX_ATTEMPTS: u32 = 10;

/// How long its payload may be, in bytes: sealed it still fits a job.
const MAX_LENGTH: usize = 90 * 1024;

/// An e-mail to one person. What it says may be a secret, such as a code, and whom it
/// is for is personal: it is sealed wherever it is kept, and never logged.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Email {
    /// An address.
    pub to: String,
    /// One line.
    pub subject: String,
    /// For whoever reads no HTML.
    pub text: String,
    /// The same as HTML, with everything escaped that came from somebody.
    pub html: String,
    /// Where answers go; `None`: to the sender.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(…)")
    }
}

/// Why an e-mail cannot be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmailRefusal {
    /// An address or the subject has a line break or another control character.
    Control,
    /// It is longer than 90 KiB.
    TooLong,
    /// There is nobody to send it to.
    NoRecipient,
}

impl fmt::Display for EmailRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Control => "an address or the subject of an e-mail has control characters",
            Self::TooLong => "the e-mail is too long",
            Self::NoRecipient => "the e-mail has no recipient",
        })
    }
}

impl std::error::Error for EmailRefusal {}

impl Email {
    /// The payload of its job, to be sealed.
    pub fn payload(&self) -> Result<Secret, EmailRefusal> {
        self.check()?;
        let payload = serde_json::to_string(self).map_err(|_| EmailRefusal::TooLong)?;
        if payload.len() > MAX_LENGTH {
            return Err(EmailRefusal::TooLong);
        }
        Ok(Secret::new(payload))
    }

    /// From the payload of its job, opened; `None` where it is none.
    pub fn from_payload(payload: &Secret) -> Option<Self> {
        serde_json::from_str(payload.reveal()).ok()
    }

    /// Header lines that end early would let whoever named them add others.
    fn check(&self) -> Result<(), EmailRefusal> {
        if self.to.trim().is_empty() {
            return Err(EmailRefusal::NoRecipient);
        }
        let reply_to = self.reply_to.as_deref().unwrap_or_default();
        let lines = [self.to.as_str(), &self.subject, reply_to];
        if lines.iter().any(|line| line.chars().any(char::is_control)) {
            return Err(EmailRefusal::Control);
        }
        Ok(())
    }
}

/// What the mail service's answer means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailJudgement {
    /// It has the e-mail.
    Sent,
    /// It may take it later.
    Later,
    /// It never will.
    Never,
}

/// Judges an answer by its status: 2xx is sent, 4xx is never but for 408 and 429.
pub fn judge_mail(status: u16) -> MailJudgement {
    match status {
        200..=299 => MailJudgement::Sent,
        408 | 429 => MailJudgement::Later,
        400..=499 => MailJudgement::Never,
        _ => MailJudgement::Later,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn email() -> Email {
        Email {
            to: "ada@example.org".to_owned(),
            subject: "Your code".to_owned(),
            text: "123456".to_owned(),
            html: "<p>123456</p>".to_owned(),
            reply_to: None,
        }
    }

    #[test]
    fn an_email_comes_back_from_its_payload_and_shows_nothing() {
        let email = email();
        let payload = email.payload().unwrap();
        assert_eq!(Email::from_payload(&payload), Some(email.clone()));
        assert_eq!(format!("{email:?} {payload:?}").find("123456"), None);
        assert_eq!(Email::from_payload(&Secret::new("{}")), None);
    }

    #[test]
    fn header_lines_do_not_end_early() {
        let evil = "x\r\nBcc: all@example.org".to_owned();
        for email in [
            Email { to: evil.clone(), ..email() },
            Email { subject: evil.clone(), ..email() },
            Email { reply_to: Some(evil), ..email() },
        ] {
            assert_eq!(email.payload(), Err(EmailRefusal::Control));
        }
        assert!(Email { text: "a\nb".to_owned(), ..email() }.payload().is_ok());
    }

    #[test]
    fn emails_to_nobody_and_of_any_length_are_refused() {
        let nobody = Email { to: " ".to_owned(), ..email() };
        assert_eq!(nobody.payload(), Err(EmailRefusal::NoRecipient));
        let long = Email { html: "x".repeat(MAX_LENGTH), ..email() };
        assert_eq!(long.payload(), Err(EmailRefusal::TooLong));
    }

    #[test]
    fn only_what_the_mail_service_refuses_for_good_is_never_sent() {
        for (judgement, statuses) in [
            (MailJudgement::Sent, [200, 202, 299].as_slice()),
            (MailJudgement::Never, &[400, 401, 422, 499]),
            (MailJudgement::Later, &[302, 408, 429, 500, 503]),
        ] {
            for status in statuses {
                assert_eq!(judge_mail(*status), judgement, "{status}");
            }
        }
    }
}
