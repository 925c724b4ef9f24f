use std::cell::RefCell;
use std::collections::VecDeque;

use meridian_database::{Databases, Options};
use meridian_store::jobs::{NewJob, Payload};
use meridian_store::{Platform, Statement};

use super::*;

struct World {
    databases: Databases,
    organization: OrganizationNumber,
    /// What will come of the next jobs; afterwards they are done.
    outcomes: RefCell<VecDeque<Outcome>>,
    /// Kind and attempt of whatever was done.
    done: RefCell<Vec<(String, u32)>>,
    counts: RefCell<BTreeMap<String, i64>>,
    _folder: tempfile::TempDir,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let databases = Databases::open(folder.path(), Options::default()).unwrap();
        Platform::open(&databases).await.unwrap();
        databases.create("org-1").await.unwrap();
        Self {
            databases,
            organization: OrganizationNumber::new(1).unwrap(),
            outcomes: RefCell::default(),
            done: RefCell::default(),
            counts: RefCell::default(),
            _folder: folder,
        }
    }

    async fn scope(&self) -> Scope<'_, Databases> {
        Scope::open(&self.databases, self.organization).await.unwrap()
    }

    async fn enqueue(&self, number: usize, max_attempts: u32) {
        let (now, payload) = (Instant::now(), Payload::Plain("{}".to_owned()));
        let job = NewJob::new("test", payload, now, max_attempts).unwrap();
        let statement = jobs::enqueue(&vec![job; number], now);
        self.scope().await.write(vec![statement]).await.unwrap();
    }

    fn will_be(&self, outcome: Outcome) {
        self.outcomes.borrow_mut().push_back(outcome);
    }

    async fn work(&self) -> Left {
        let perform = async |job: &Job| {
            self.done.borrow_mut().push((job.kind.clone(), job.attempt));
            self.outcomes.borrow_mut().pop_front().unwrap_or(Outcome::Done)
        };
        let scope = self.scope().await;
        let worker = Worker { scope: &scope, counts: &self.counts, perform };
        worker.work_until(Instant::now().plus_millis(10_000)).await.unwrap()
    }

    /// Lets every wait and lease be over.
    async fn wait(&self) {
        let sql = "UPDATE job SET run_at = 0, leased_until = min(leased_until, 1)";
        let due = Statement::command(sql, []);
        self.scope().await.write(vec![due]).await.unwrap();
    }

    fn attempts(&self) -> Vec<u32> {
        self.done.borrow().iter().map(|(_, attempt)| *attempt).collect()
    }

    fn counted(&self, what: &str) -> i64 {
        self.counts.borrow().get(&counter("other", what)).copied().unwrap_or(0)
    }
}

#[tokio::test]
async fn a_job_that_fails_is_tried_again_until_it_is_dead() {
    let world = World::new().await;
    world.enqueue(1, 3).await;
    for _ in 0..5 {
        world.will_be(Outcome::Failed("no".to_owned()));
        assert_eq!(world.work().await, Left::Nothing);
        // Not before its time.
        world.work().await;
        world.wait().await;
    }
    assert_eq!(world.attempts(), [1, 2, 3]);
    let dead = jobs::list(&world.scope().await, Some("dead"), (0, 10)).await.unwrap();
    assert_eq!(dead[0].error.as_deref(), Some("no"));
    assert_eq!((world.counted("retried"), world.counted("dead")), (2, 1));
}

#[tokio::test]
async fn a_job_that_will_never_work_is_not_tried_again_and_stops_no_other() {
    let world = World::new().await;
    world.enqueue(3, 3).await;
    world.will_be(Outcome::Hopeless("never".to_owned()));
    assert_eq!(world.work().await, Left::Nothing);
    world.wait().await;
    world.work().await;
    assert_eq!(world.attempts(), [1, 1, 1]);
    assert_eq!((world.counted("done"), world.counted("dead")), (2, 1));
}

#[tokio::test]
async fn a_job_that_workers_die_of_is_given_up() {
    let world = World::new().await;
    world.enqueue(1, 2).await;
    let scope = world.scope().await;
    for _ in 0..2 {
        let now = Instant::now();
        jobs::take_turn(&scope, &[], now, now.plus_millis(LEASE), (1, 1)).await.unwrap();
        world.wait().await;
    }
    world.work().await;
    assert!(world.attempts().is_empty());
    let dead = jobs::list(&scope, Some("dead"), (0, 10)).await.unwrap();
    assert_eq!(dead[0].error.as_deref(), Some("no attempt came to an end"));
}

#[tokio::test]
async fn one_organisation_has_its_turn_and_not_more() {
    let world = World::new().await;
    world.enqueue(MOST + 50, 3).await;
    assert_eq!(world.work().await, Left::Some);
    let done = world.done.borrow().len();
    assert!((MOST..MOST + AT_A_TIME).contains(&done), "{done}");
    assert_eq!(world.work().await, Left::Nothing);
    assert_eq!(world.done.borrow().len(), MOST + 50);
}
