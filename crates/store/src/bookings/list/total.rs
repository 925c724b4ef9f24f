//! How many bookings a list has on all its pages.

use super::query::{Binder, Query, REACH, Sql, Wanted};
use crate::Statement;

/// How long a span of the tally is, in milliseconds: 28 days.
const SPAN: i64 = 2_419_200_000;

/// One row with one number.
pub(super) fn statement(query: &Query<'_>) -> Statement {
    if query.is_plain() { tallied(query) } else { counted(query) }.statement()
}

/// From the tally; only what starts about now is counted.
fn tallied(query: &Query<'_>) -> Sql {
    let mut binder = Binder::default();
    let viewer = binder.bind(query.viewers.first().copied());
    let mut parts = Vec::new();
    for wish in Wanted::EVERY {
        let kinds = query.kinds(wish);
        if kinds.is_empty() {
            continue;
        }
        let of = format!("viewer = {viewer} AND kind IN ({kinds})");
        let sum = format!("(SELECT coalesce(sum(amount), 0) FROM booking_tally WHERE {of}");
        if wish.ahead && wish.over {
            parts.push(format!("{sum})"));
            continue;
        }
        let count = format!("(SELECT count(*) FROM booking_viewer WHERE {of}");
        let now = query.filter.now.millis();
        let (at, reach) = (binder.bind(now), binder.bind(now.saturating_sub(REACH)));
        if wish.ahead {
            // What starts in a later span is ahead; of the rest, what has not ended.
            let span = now.div_euclid(SPAN);
            let next = binder.bind(span.saturating_add(1).saturating_mul(SPAN));
            let span = binder.bind(span);
            parts.push(format!("{sum} AND span > {span})"));
            parts.push(format!(
                "{count} AND start_at >= {reach} AND start_at < {next} AND end_at >= {at})"
            ));
        } else {
            // What starts in an earlier span than could reach now is over.
            let span = now.saturating_sub(REACH).div_euclid(SPAN);
            let first = binder.bind(span.saturating_mul(SPAN));
            let span = binder.bind(span);
            parts.push(format!("{sum} AND span < {span})"));
            parts.push(format!(
                "{count} AND start_at >= {first} AND start_at < {at} AND end_at < {at})"
            ));
        }
    }
    Sql { text: format!("SELECT {}", parts.join(" + ")), arguments: binder.arguments }
}

fn counted(query: &Query<'_>) -> Sql {
    let mut binder = Binder::default();
    let text = if query.viewers.len() == 1 {
        let counts = query.selects("count(*)", &mut binder);
        let counts: Vec<String> = counts.iter().map(|count| format!("({count})")).collect();
        format!("SELECT {}", counts.join(" + "))
    } else {
        let found = query.selects("v.booking_id", &mut binder).join(" UNION ALL ");
        format!("SELECT count(*) FROM ({found})")
    };
    Sql { text, arguments: binder.arguments }
}
