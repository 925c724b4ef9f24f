//! Jobs: what they are done with, and when one that failed is tried again.

mod backoff;
mod email;

pub use backoff::next_attempt;
pub use email::{
    EMAIL, Email, EmailRefusal, MAX_ATTEMPTS as MAX_EMAIL_ATTEMPTS, MailJudgement, judge_mail,
};
