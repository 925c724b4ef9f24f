//! One attempt at a write that has a name.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use meridian_kernel::{Instant, hash_hex};
use meridian_store::idempotency::{self, Answer, Claim, Mark};
use meridian_store::{Database, Scope, StoreError};
use meridian_vault::Vault;

use super::{MAX_KEPT_ANSWER, ambient, content_type, in_flight, other_request};
use crate::{ApiError, Reply, Request};

type Local<T> = Pin<Box<dyn Future<Output = T>>>;

/// What the claim said.
pub(super) enum Verdict {
    /// The write is ours to do.
    Ours,
    /// It was answered before.
    Answered(Reply),
    /// It was done before, and its answer was lost.
    Unanswered {
        /// The path that shows what was written.
        subject: Option<String>,
        /// What a deletion would have answered.
        planned: Option<Reply>,
    },
}

/// The database the key was claimed in, whatever its provider.
trait Ledger {
    fn keep(&self, attempt: idempotency::Attempt, answer: Answer) -> Local<Kept>;
    fn release(&self, attempt: idempotency::Attempt) -> Local<Result<(), StoreError>>;
}

type Kept = Result<Option<Answer>, StoreError>;

impl<D: Database + 'static> Ledger for Scope<'static, D> {
    fn keep(&self, attempt: idempotency::Attempt, answer: Answer) -> Local<Kept> {
        let scope = self.same();
        Box::pin(async move { idempotency::keep(&scope, &attempt, &answer).await })
    }

    fn release(&self, attempt: idempotency::Attempt) -> Local<Result<(), StoreError>> {
        let scope = self.same();
        Box::pin(async move { idempotency::release(&scope, &attempt).await })
    }
}

/// Where the key was claimed.
struct Claimed {
    ledger: Box<dyn Ledger>,
    mark: Arc<Mark>,
    /// Whose answer is to be kept: ours, or that of an attempt that died.
    attempt: idempotency::Attempt,
}

/// One attempt at a write that has a name.
pub(crate) struct Attempt {
    row: idempotency::Attempt,
    path: String,
    now: Instant,
    vault: Vault,
    planned: RefCell<Option<Answer>>,
    claimed: RefCell<Option<Claimed>>,
    verdict: RefCell<Option<Verdict>>,
}

impl Attempt {
    /// The key counts for one caller: whoever has proven nothing is told by
    /// address, so that nobody is shown a stranger's answer.
    pub(super) fn new(request: &Request, key: &str, client_address: &str, vault: Vault) -> Self {
        let credential = request.principal.as_ref().map(|principal| principal.credential.as_str());
        let caller = credential.unwrap_or(client_address);
        let named =
            format!("{} {}\n{}\n", request.method, request.target(), request.version.as_str());
        Self {
            row: idempotency::Attempt {
                key: hash_hex(format!("{caller}\n{key}").as_bytes()),
                fingerprint: hash_hex(&[named.as_bytes(), &request.body].concat()),
                token: uuid::Uuid::new_v4().to_string(),
            },
            path: request.path().to_owned(),
            now: request.now,
            vault,
            planned: RefCell::default(),
            claimed: RefCell::default(),
            verdict: RefCell::default(),
        }
    }

    /// What a deletion will answer: afterwards nothing could show it.
    pub(super) fn plan(&self, reply: Option<Reply>) {
        *self.planned.borrow_mut() = reply.as_ref().and_then(|reply| self.seal(reply));
    }

    pub(super) fn set_subject(&self, path: String) {
        if let Some(claimed) = self.claimed.borrow().as_ref() {
            claimed.mark.set_subject(path);
        }
    }

    pub(super) fn take_verdict(&self) -> Option<Verdict> {
        self.verdict.borrow_mut().take()
    }

    /// Keeps an answer before it is sent. The answer that counts is the one that
    /// was kept first. One that cannot be kept is sent all the same: the write
    /// itself is known to have happened.
    pub(super) async fn keep(&self, reply: Reply) -> Reply {
        let Some(answer) = self.seal(&reply) else { return reply };
        let kept = {
            let claimed = self.claimed.borrow();
            let Some(claimed) = claimed.as_ref() else { return reply };
            claimed.mark.close();
            claimed.ledger.keep(claimed.attempt.clone(), answer)
        };
        let earlier = kept.await.ok().flatten();
        earlier.and_then(|answer| self.open(&answer)).unwrap_or(reply)
    }

    /// Gives the key back, unless something was written under it. A key that
    /// cannot be given back runs out by itself.
    pub(super) async fn release(&self) {
        let released = {
            let claimed = self.claimed.borrow();
            let Some(claimed) = claimed.as_ref() else { return };
            claimed.mark.close();
            if claimed.mark.has_written() {
                return;
            }
            claimed.ledger.release(claimed.attempt.clone())
        };
        let _ = released.await;
    }

    /// The scope that marks this attempt's writes, where the key is free.
    async fn claim<D: Database + 'static>(
        &self,
        scope: Scope<'static, D>,
    ) -> Result<Scope<'static, D>, ApiError> {
        if let Some(claimed) = self.claimed.borrow().as_ref() {
            let mark = Arc::clone(&claimed.mark);
            let is_same = mark.organization() == scope.organization();
            return Ok(if is_same { scope.marked(mark) } else { scope });
        }
        let planned = self.planned.borrow().clone();
        let claim = idempotency::claim(&scope, &self.row, planned.as_ref(), self.now).await?;
        let (verdict, attempt) = match claim {
            Claim::Ours => (Verdict::Ours, self.row.clone()),
            Claim::InFlight(until) => return Err(in_flight(until, self.now)),
            Claim::OtherRequest => return Err(other_request()),
            Claim::Answered(answer) => {
                let reply = self.open(&answer).ok_or_else(unreadable)?;
                (Verdict::Answered(reply), self.row.clone())
            }
            Claim::Unanswered { subject, planned, token } => {
                let planned = planned.and_then(|answer| self.open(&answer));
                let attempt = idempotency::Attempt { token, ..self.row.clone() };
                (Verdict::Unanswered { subject, planned }, attempt)
            }
        };
        let is_ours = matches!(verdict, Verdict::Ours);
        let mark = Mark::new(self.row.clone(), self.path.clone(), scope.organization());
        let ledger = Box::new(scope.same());
        *self.claimed.borrow_mut() = Some(Claimed { ledger, mark: Arc::clone(&mark), attempt });
        *self.verdict.borrow_mut() = Some(verdict);
        if is_ours { Ok(scope.marked(mark)) } else { Err(answered_before()) }
    }

    fn seal(&self, reply: &Reply) -> Option<Answer> {
        let body = std::str::from_utf8(&reply.body).ok()?;
        (body.len() <= MAX_KEPT_ANSWER).then(|| Answer {
            status: reply.status.as_u16(),
            content_type: content_type(reply),
            body: self.vault.seal(body),
        })
    }

    fn open(&self, answer: &Answer) -> Option<Reply> {
        let body = self.vault.open(&answer.body)?;
        let mut reply = Reply::empty(StatusCode::from_u16(answer.status).ok()?);
        reply.body = Bytes::copy_from_slice(body.reveal().as_bytes());
        if let Some(value) = &answer.content_type {
            reply.headers.insert(header::CONTENT_TYPE, HeaderValue::try_from(value).ok()?);
        }
        Some(reply)
    }
}

/// Lets the request that is being served into a database: claims its key there, so
/// that its writes are marked, or ends the handler where they were done before.
pub async fn enter<D: Database + 'static>(
    scope: Scope<'static, D>,
) -> Result<Scope<'static, D>, ApiError> {
    match ambient::current() {
        None => Ok(scope),
        Some(attempt) => attempt.claim(scope).await,
    }
}

/// Ends the handler; the pipeline has the answer.
fn answered_before() -> ApiError {
    ApiError::conflict("This request was answered before.")
}

fn unreadable() -> ApiError {
    ApiError::internal("a kept answer cannot be opened: is its encryption key gone?")
}
