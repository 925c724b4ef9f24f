//! Cases with known answers, one file each in `tests/golden`.

use std::collections::BTreeMap;
use std::path::Path;

use meridian_scheduling::{
    BookingWindow, EventRules, Host, Interval, Override, Question, Reasons, Schedule, SeatedSlot,
    SharedTime, Slot, Span, WeeklyRule, check, slots,
};
use serde::Deserialize;

use crate::support::{at, by_date, dates, zone};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Golden {
    now: String,
    zone: String,
    from: String,
    until: String,
    length: u32,
    notice: u32,
    business_days_ahead: Option<u32>,
    seats: Option<u32>,
    #[serde(default)]
    seated: Vec<GoldenSeats>,
    hosts: Vec<GoldenHost>,
    starts: BTreeMap<String, Vec<String>>,
}

/// A shared slot, held by all hosts.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GoldenSeats {
    start: String,
    end: String,
    taken: u32,
    booking: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct GoldenHost {
    zone: String,
    weekly: Vec<WeeklyRule>,
    overrides: Vec<Override>,
    busy: Vec<(String, String)>,
    #[serde(default)]
    held: Vec<(String, String)>,
    #[serde(default)]
    days_off: Vec<(String, String)>,
    fixed: bool,
}

impl GoldenSeats {
    fn slot(&self) -> SeatedSlot {
        let slot = Interval::new(at(&self.start), at(&self.end));
        SeatedSlot { slot, taken: self.taken, booking_uid: Some(self.booking.clone()) }
    }
}

impl GoldenHost {
    fn host(&self, seated: &[SeatedSlot]) -> Host {
        let schedule = Schedule {
            zone: zone(&self.zone),
            rules: self.weekly.clone(),
            overrides: self.overrides.clone(),
        };
        let intervals = |list: &[(String, String)]| {
            list.iter().map(|(start, end)| Interval::new(at(start), at(end))).collect()
        };
        let shared = |seats: &SeatedSlot| SharedTime { slot: seats.slot.start, taken: seats.slot };
        Host {
            fixed: self.fixed,
            busy: intervals(&self.busy),
            held: intervals(&self.held),
            days_off: self.days_off.iter().map(|(from, to)| dates(from, to)).collect(),
            shared: seated.iter().map(shared).collect(),
            ..Host::working(schedule)
        }
    }
}

impl Golden {
    fn prove(&self, name: &str) {
        let window = self.business_days_ahead.map(|days| Span { days, business: true });
        let rules = EventRules {
            minimum_notice: self.notice,
            booking_window: window.map_or(BookingWindow::Unlimited, BookingWindow::Ahead),
            seats: self.seats,
            ..EventRules::default()
        };
        let seated: Vec<SeatedSlot> = self.seated.iter().map(GoldenSeats::slot).collect();
        let hosts: Vec<Host> = self.hosts.iter().map(|host| host.host(&seated)).collect();
        let question = Question::new(at(&self.now), self.length, &rules, &hosts);
        let question = Question { seated: &seated, ..question };
        // 23:59:59 stands for the whole day.
        let window = Interval::new(at(&self.from), at(&self.until).plus_millis(1_000));
        let zone = zone(&self.zone);
        let slots = slots(&question, window, zone);
        let starts: Vec<_> = slots.iter().map(|slot| slot.start).collect();
        let answer: BTreeMap<_, _> = by_date(&starts, zone).into_iter().collect();
        assert_eq!(answer, self.starts, "{name}");
        for slot in &slots {
            assert_eq!(slot.seats.map(taken), self.seats.map(|_| self.taken(slot)), "{name}");
        }
        for reasons in check(&question, &starts, Some(zone)) {
            assert!(reasons.iter().any(Reasons::is_empty), "{name}: {reasons:?}");
        }
    }

    /// Seats taken and the booking, as the file has them.
    fn taken(&self, slot: &Slot<'_>) -> (u32, Option<String>) {
        let known = self.seated.iter().find(|seats| at(&seats.start) == slot.start);
        known.map_or((0, None), |seats| (seats.taken, Some(seats.booking.clone())))
    }
}

fn taken(seats: meridian_scheduling::Seats<'_>) -> (u32, Option<String>) {
    (seats.taken, seats.booking_uid.map(str::to_owned))
}

#[test]
fn every_golden_case_has_its_known_answer() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let golden: Golden = serde_json::from_str(&text).unwrap();
        golden.prove(&path.display().to_string());
        seen += 1;
    }
    assert_eq!(seen, 6);
}
