//! Cases with known answers, one file each in `tests/golden`.

use std::collections::BTreeMap;
use std::path::Path;

use meridian_scheduling::{
    BookingWindow, EventRules, Host, Interval, Override, Question, Schedule, Span, WeeklyRule,
    merge, slots,
};
use serde::Deserialize;

use crate::support::{at, by_date, zone};

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
    hosts: Vec<GoldenHost>,
    starts: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GoldenHost {
    zone: String,
    weekly: Vec<WeeklyRule>,
    overrides: Vec<Override>,
    busy: Vec<(String, String)>,
    fixed: bool,
}

impl GoldenHost {
    fn host(&self) -> Host {
        let schedule = Schedule {
            zone: zone(&self.zone),
            rules: self.weekly.clone(),
            overrides: self.overrides.clone(),
        };
        let busy = self.busy.iter().map(|(start, end)| Interval::new(at(start), at(end)));
        Host { fixed: self.fixed, schedule, busy: merge(busy.collect()) }
    }
}

impl Golden {
    fn answer(&self) -> BTreeMap<String, Vec<String>> {
        let window = self.business_days_ahead.map(|days| Span { days, business: true });
        let rules = EventRules {
            minimum_notice: self.notice,
            booking_window: window.map_or(BookingWindow::Unlimited, BookingWindow::Ahead),
            ..EventRules::default()
        };
        let hosts: Vec<Host> = self.hosts.iter().map(GoldenHost::host).collect();
        let question =
            Question { now: at(&self.now), length: self.length, rules: &rules, hosts: &hosts };
        // 23:59:59 stands for the whole day.
        let window = Interval::new(at(&self.from), at(&self.until).plus_millis(1_000));
        let zone = zone(&self.zone);
        by_date(&slots(&question, window, zone), zone).into_iter().collect()
    }
}

#[test]
fn every_golden_case_has_its_known_answer() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let golden: Golden = serde_json::from_str(&text).unwrap();
        assert_eq!(golden.answer(), golden.starts, "{}", path.display());
        seen += 1;
    }
    assert_eq!(seen, 5);
}
