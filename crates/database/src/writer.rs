//! The one writer of a file: a queue, and a drain that commits in groups.
//!
//! Whoever finds the queue idle starts a drain on a blocking thread. It takes up
//! to [`GROUP`] batches into one transaction, a savepoint each, and answers only
//! after the commit: one flush to the disk serves them all.

use std::collections::VecDeque;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use libsql::ffi;
use meridian_store::DatabaseError;
use tokio::sync::oneshot;

use crate::batch::{Answered, Answers, Batch};
use crate::engine::{Connection, Failure};
use crate::failure;
use crate::file::{Counted, File, Presence};

/// Batches of one transaction.
const GROUP: usize = 64;

/// No batch joins a group that has run this long: its first ones wait for the
/// commit.
const GROUP_TIME: Duration = Duration::from_millis(10);

/// Batches that may wait for one file; more are refused with `Busy`.
const MAX_QUEUED: usize = 4_096;

/// What waits for the writer.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    jobs: VecDeque<Job>,
    draining: bool,
}

/// Work for the writer.
#[derive(Debug)]
struct Job {
    work: Work,
    /// Keeps the file while the job waits; the first job's is with the drain.
    presence: Option<Presence>,
}

/// Told where there is no writer to be had.
type SessionWork = Box<dyn FnOnce(Result<&mut Connection, DatabaseError>) + Send>;

enum Work {
    Batch {
        batch: Batch,
        answer: oneshot::Sender<Answers>,
    },
    /// Has the writer to itself, outside any group; it answers by its own means.
    /// A transaction it leaves open is rolled back.
    Session(SessionWork),
}

impl std::fmt::Debug for Work {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Batch { .. } => "Batch",
            Self::Session(_) => "Session",
        })
    }
}

/// Queues a batch. It runs to its end even where nobody waits any more.
pub(crate) async fn write(file: &Arc<File>, batch: Batch, presence: Presence) -> Answers {
    let (answer, answered) = oneshot::channel();
    enqueue(file, Work::Batch { batch, answer }, presence)?;
    answered
        .await
        .unwrap_or_else(|_| Err(DatabaseError::Unavailable("the writer ended".to_owned())))
}

/// Queues a session and gives what it returns.
pub(crate) async fn session<T: Send + 'static>(
    file: &Arc<File>,
    presence: Presence,
    work: impl FnOnce(&mut Connection) -> T + Send + 'static,
) -> Result<T, DatabaseError> {
    let (answer, answered) = oneshot::channel();
    let work = move |connection: Result<&mut Connection, DatabaseError>| {
        // Nobody waiting any more is no reason to fail.
        let _ = answer.send(connection.map(work));
    };
    enqueue(file, Work::Session(Box::new(work)), presence)?;
    answered
        .await
        .unwrap_or_else(|_| Err(DatabaseError::Unavailable("the writer ended".to_owned())))
}

fn enqueue(file: &Arc<File>, work: Work, presence: Presence) -> Result<(), DatabaseError> {
    let mut queue = file.queue.lock().unwrap_or_else(PoisonError::into_inner);
    if queue.jobs.len() >= MAX_QUEUED {
        return Err(DatabaseError::Busy);
    }
    if queue.draining {
        queue.jobs.push_back(Job { work, presence: Some(presence) });
        return Ok(());
    }
    queue.draining = true;
    queue.jobs.push_back(Job { work, presence: None });
    drop(queue);
    let drain = Drain { file: Arc::clone(file), writer: file.take_writer(), _presence: presence };
    tokio::task::spawn_blocking(move || drain.run());
    Ok(())
}

/// Works the queue off. Lives on a blocking thread while there is work.
struct Drain {
    file: Arc<File>,
    writer: Option<Counted>,
    _presence: Presence,
}

/// A batch of the running group, with what it is going to be answered.
struct Member {
    batch: Batch,
    answer: oneshot::Sender<Answers>,
    answers: Answers,
    _presence: Option<Presence>,
}

impl Drain {
    fn run(mut self) {
        while let Some((job, is_last)) = self.next_or_rest() {
            match job.work {
                Work::Session(work) => self.session(work),
                Work::Batch { batch, answer } => {
                    let first = Member::new(batch, answer, job.presence);
                    if is_last { self.alone(first) } else { self.group(first) }
                }
            }
        }
    }

    /// The next job, and whether none waits behind it. Without one the writer goes
    /// back and the next to enqueue starts a new drain.
    fn next_or_rest(&mut self) -> Option<(Job, bool)> {
        let mut queue = self.file.queue.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(job) = queue.jobs.pop_front() {
            return Some((job, queue.jobs.is_empty()));
        }
        if let Some(writer) = self.writer.take() {
            self.file.put_writer(writer);
        }
        queue.draining = false;
        None
    }

    /// The next batch, to join a group.
    fn next_batch(&self) -> Option<Member> {
        let mut queue = self.file.queue.lock().unwrap_or_else(PoisonError::into_inner);
        let next = queue.jobs.pop_front()?;
        match next.work {
            Work::Batch { batch, answer } => Some(Member::new(batch, answer, next.presence)),
            work @ Work::Session(_) => {
                queue.jobs.push_front(Job { work, presence: next.presence });
                None
            }
        }
    }

    fn connection(&mut self) -> Result<&mut Connection, DatabaseError> {
        let writer = match self.writer.take() {
            Some(writer) => writer,
            None => self.file.open_writer()?,
        };
        Ok(&mut self.writer.insert(writer).connection)
    }

    fn deadline(&self) -> Instant {
        Instant::now() + self.file.shared.options.batch_limit
    }

    fn session(&mut self, work: SessionWork) {
        let deadline = self.deadline();
        match self.connection() {
            Err(error) => work(Err(error)),
            Ok(connection) => {
                connection.set_deadline(Some(deadline));
                work(Ok(connection));
                connection.set_deadline(None);
                if !connection.is_autocommit() && connection.control("ROLLBACK").is_err() {
                    self.writer = None;
                }
            }
        }
    }

    /// A group of one is a plain transaction.
    fn alone(&mut self, mut member: Member) {
        member.answers = self.transaction(&member.batch);
        member.send();
    }

    fn transaction(&mut self, batch: &Batch) -> Answers {
        let deadline = self.deadline();
        let connection = self.connection()?;
        connection.control("BEGIN IMMEDIATE").map_err(failure::of_transaction)?;
        connection.set_deadline(Some(deadline));
        let answers = batch.run(connection);
        connection.set_deadline(None);
        if connection.is_autocommit() {
            // The engine gave the transaction up by itself.
            return lost(answers);
        }
        if answers.is_err() && batch.atomic {
            self.roll_back();
            return answers;
        }
        match connection.control("COMMIT") {
            Ok(()) => answers,
            Err(refused) => {
                self.roll_back();
                Err(refused_commit(refused, batch))
            }
        }
    }

    /// Several batches in one transaction. Nobody is answered before the commit.
    fn group(&mut self, first: Member) {
        let mut members = Vec::with_capacity(GROUP);
        match self.run_group(first, &mut members) {
            Ok(()) => members.into_iter().for_each(Member::send),
            Err(Broken::Whole(error)) => {
                for mut member in members {
                    member.answers = Err(error.clone());
                    member.send();
                }
            }
            Err(Broken::ByOne(offender)) => {
                // Nothing of the group was kept, so its innocent members run again,
                // now without company.
                for (index, member) in members.into_iter().enumerate() {
                    if offender == Some(index) { member.send() } else { self.alone(member) }
                }
            }
        }
    }

    fn run_group(&mut self, first: Member, members: &mut Vec<Member>) -> Result<(), Broken> {
        let start = Instant::now();
        let begun = self.connection().and_then(|connection| {
            connection.control("BEGIN IMMEDIATE").map_err(failure::of_transaction)
        });
        if let Err(error) = begun {
            // Whoever waits here would wait as long again, to the same end.
            members.push(first);
            members.extend(std::iter::from_fn(|| self.next_batch()));
            return Err(Broken::Whole(error));
        }
        let mut next = Some(first);
        while let Some(mut member) = next.take() {
            let joined = self.join(&mut member, members.len());
            members.push(member);
            joined?;
            if members.len() < GROUP && start.elapsed() < GROUP_TIME {
                next = self.next_batch();
            }
        }
        self.commit_group()
    }

    /// Runs one member inside the group's transaction, so that its failure undoes
    /// its own work only.
    fn join(&mut self, member: &mut Member, index: usize) -> Result<(), Broken> {
        let deadline = self.deadline();
        let connection = self.connection().map_err(Broken::Whole)?;
        let apart = member.batch.needs_savepoint();
        if apart {
            connection.control("SAVEPOINT member").map_err(Broken::by_engine)?;
        }
        connection.set_deadline(Some(deadline));
        member.answers = member.batch.run(connection);
        connection.set_deadline(None);
        if connection.is_autocommit() {
            // The engine gave the whole transaction up: a write was cut off, a
            // trigger said ROLLBACK, or the disk failed.
            member.answers = lost(std::mem::replace(&mut member.answers, Ok(Answered::default())));
            return Err(match &member.answers {
                Err(DatabaseError::Unavailable(text)) => {
                    Broken::Whole(DatabaseError::Unavailable(text.clone()))
                }
                _ => Broken::ByOne(Some(index)),
            });
        }
        if apart {
            if member.answers.is_err() {
                connection.control("ROLLBACK TO member").map_err(Broken::by_engine)?;
            }
            connection.control("RELEASE member").map_err(Broken::by_engine)?;
        }
        Ok(())
    }

    fn commit_group(&mut self) -> Result<(), Broken> {
        let committed = self.connection().map_err(Broken::Whole)?.control("COMMIT");
        committed.map_err(|refused| {
            self.roll_back();
            // A deferred constraint: one member's fault, nobody knows whose.
            let by_one = refused.primary() == ffi::SQLITE_CONSTRAINT;
            if by_one { Broken::ByOne(None) } else { Broken::by_engine(refused) }
        })
    }

    /// Ends the transaction without keeping anything. A connection that cannot do
    /// even that is closed, which does.
    fn roll_back(&mut self) {
        let ended = match &mut self.writer {
            Some(writer) if !writer.connection.is_autocommit() => {
                writer.connection.control("ROLLBACK").is_ok()
            }
            _ => true,
        };
        if !ended {
            self.writer = None;
        }
    }
}

/// Why a group was not committed.
enum Broken {
    /// Everybody fails with this.
    Whole(DatabaseError),
    /// The member of that index broke it, or one of them did.
    ByOne(Option<usize>),
}

impl Broken {
    fn by_engine(failure: Failure) -> Self {
        Self::Whole(failure::of_transaction(failure))
    }
}

impl Member {
    fn new(batch: Batch, answer: oneshot::Sender<Answers>, presence: Option<Presence>) -> Self {
        Self { batch, answer, answers: Ok(Answered::default()), _presence: presence }
    }

    fn send(self) {
        // Nobody waiting any more is no reason to fail: the batch has run.
        let _ = self.answer.send(self.answers);
    }
}

/// The answer of a batch whose transaction is gone.
fn lost(answers: Answers) -> Answers {
    let text = "the transaction ended by itself";
    answers.and_then(|_| Err(DatabaseError::Failed(text.to_owned())))
}

/// Why COMMIT refused. A constraint checked only then is laid to the last statement.
fn refused_commit(refused: Failure, batch: &Batch) -> DatabaseError {
    match refused.primary() {
        ffi::SQLITE_CONSTRAINT => {
            failure::of_statement(batch.statements.len().saturating_sub(1), refused)
        }
        _ => failure::of_transaction(refused),
    }
}

impl Drop for Drain {
    /// Normally nothing is left to do. After a panic the queue must not stand still
    /// for ever: who waits is told by the loss of its sender.
    fn drop(&mut self) {
        if std::thread::panicking() {
            let mut queue = self.file.queue.lock().unwrap_or_else(PoisonError::into_inner);
            queue.jobs.clear();
            queue.draining = false;
        }
    }
}
