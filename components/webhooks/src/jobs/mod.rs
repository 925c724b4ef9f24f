//! Jobs: who does them, and how those who run the platform see them.

mod call_check;
mod disabled_mail;
mod email;
mod job_output;
mod list_jobs;
mod retry_job;
mod work;
mod worker;

pub(crate) use list_jobs::list_jobs;
pub(crate) use retry_job::retry_job;
pub(crate) use work::work;
pub(crate) use worker::{KINDS, OUTCOMES, counter};
