//! Jobs: what they are done with, and when one that failed is tried again.

mod backoff;
mod call_check;
mod email;

pub use backoff::next_attempt;
pub use call_check::{CALL_CHECK, CallCheck, MAX_ATTEMPTS as MAX_CALL_CHECK_ATTEMPTS};
pub use email::{
    EMAIL, Email, EmailRefusal, MAX_ATTEMPTS as MAX_EMAIL_ATTEMPTS, MailJudgement, judge_mail,
};
