//! A mail service of a test: it keeps every mail, for whoever waits for one.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::{Options, Receiver};

/// How long a mail may take.
const PATIENCE: Duration = Duration::from_secs(40);

/// The mail service of a server.
pub struct MailService {
    receiver: Receiver,
}

impl Default for MailService {
    fn default() -> Self {
        Self::start()
    }
}

impl MailService {
    /// One that takes every mail.
    pub fn start() -> Self {
        Self { receiver: Receiver::start() }
    }

    /// The same options, with mails sent here.
    pub fn options(&self, options: Options) -> Options {
        options
            .variable("mail_url", &self.receiver.url("/mail"))
            .variable("mail_host", &self.receiver.url(""))
            .variable("mail_from", "meridian@example.com")
    }

    /// The mails to an address so far, oldest first.
    pub fn mails_to(&self, address: &str) -> Vec<Value> {
        let deliveries = self.receiver.deliveries();
        let mails = deliveries.iter().map(|delivery| delivery.json());
        mails.filter(|mail| mail["to"] == address).collect()
    }

    /// Waits until so many mails came to an address; the newest of them.
    #[track_caller]
    pub fn wait_for(&self, address: &str, count: usize) -> Value {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let mut mails = self.mails_to(address);
            if mails.len() >= count
                && let Some(newest) = mails.pop()
            {
                return newest;
            }
            assert!(Instant::now() < deadline, "{} of {count} mails to {address}", mails.len());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The code in the newest of so many mails to an address.
    #[track_caller]
    pub fn code(&self, address: &str, count: usize) -> String {
        let mail = self.wait_for(address, count);
        let subject = mail["subject"].as_str().expect("a subject");
        let code = subject.split(' ').next().expect("a first word").to_owned();
        assert!(code.len() == 6 && mail["html"].as_str().expect("html").contains(&code), "{mail}");
        code
    }

    /// The token of the link in the newest of so many mails to an address.
    #[track_caller]
    pub fn token(&self, address: &str, count: usize) -> String {
        let mail = self.wait_for(address, count);
        let text = mail["text"].as_str().expect("a text");
        let (_, rest) = text.split_once("/auth/verify-email?token=").expect("a link");
        rest.split_whitespace().next().expect("a token").to_owned()
    }
}
