//! Does the jobs that are due of one organisation, each by its kind.

use std::cell::RefCell;

use meridian_domain::jobs::{CALL_CHECK, EMAIL};
use meridian_edge::WitDatabase;
use meridian_gateway::ApiError;
use meridian_kernel::{Instant, Secret};
use meridian_store::deliveries::{DISABLED_MAIL, metrics};
use meridian_store::jobs::Job;
use meridian_store::{Scope, organizations};
use meridian_vault::Vault;

use super::email::{self, Mailer};
use super::worker::{Outcome, Worker};
use super::{call_check, disabled_mail};
use crate::turns::Left;

/// Works until nothing is due, until it did its share, or until `stop_at`.
pub(crate) async fn work(
    scope: &Scope<'_, WitDatabase>,
    vault: &Vault,
    stop_at: Instant,
) -> Result<Left, ApiError> {
    let hands = Hands { scope, vault, mailer: RefCell::default() };
    let counts = RefCell::default();
    let perform = async |job: &Job| hands.perform(job).await;
    let left = Worker { scope, counts: &counts, perform }.work_until(stop_at).await;
    let counts = counts.into_inner();
    if !counts.is_empty() {
        let amounts: Vec<_> =
            counts.iter().map(|(name, amount)| (name.as_str(), *amount)).collect();
        metrics::count(&meridian_edge::platform().await?, &amounts).await?;
    }
    Ok(left?)
}

/// What jobs are done with.
struct Hands<'a> {
    scope: &'a Scope<'a, WitDatabase>,
    vault: &'a Vault,
    /// Made by the first e-mail.
    mailer: RefCell<Option<Mailer>>,
}

impl Hands<'_> {
    async fn perform(&self, job: &Job) -> Outcome {
        match job.kind.as_str() {
            EMAIL => match self.mailer().await {
                Ok(mailer) => {
                    email::send(self.scope.organization(), job, &mailer, self.vault).await
                }
                Err(_) => Outcome::Failed("the organization's settings cannot be read".to_owned()),
            },
            CALL_CHECK => call_check::check(self.scope, job).await,
            DISABLED_MAIL => disabled_mail::write(self.scope, job).await,
            // Written by a newer version: it will know what to do.
            _ => Outcome::Failed("this version does not know the kind of job".to_owned()),
        }
    }

    async fn mailer(&self) -> Result<Mailer, ApiError> {
        if let Some(mailer) = self.mailer.borrow().clone() {
            return Ok(mailer);
        }
        let variable = async |name| meridian_edge::variable(name).await.unwrap_or_default();
        let platform = meridian_edge::platform().await?;
        let organization =
            organizations::find_by_number(&platform, self.scope.organization()).await?;
        let own = organization
            .and_then(|found| found.brand)
            .and_then(|brand| brand.get("emailFrom")?.as_str().map(str::to_owned))
            .filter(|from| !from.is_empty());
        let from = match own {
            Some(from) => from,
            None => variable("mail_from").await,
        };
        let token = Some(variable("mail_token").await).filter(|token| !token.is_empty());
        let mailer =
            Mailer { url: variable("mail_url").await, token: token.map(Secret::new), from };
        *self.mailer.borrow_mut() = Some(mailer.clone());
        Ok(mailer)
    }
}
