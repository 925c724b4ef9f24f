//! A filter as SQL: fixed fragments, and values bound in order.

use std::borrow::Cow;

use meridian_kernel::limits::MAX_BUSY_SPAN_MINUTES;
use meridian_kernel::{Instant, OrganizationNumber, WireId};

use super::filter::{Filter, Order, StatusFilter, Viewer};
use crate::{Statement, Value};

/// `booking.kind`: how many there are, and which are what.
const KINDS: usize = 5;
const ACCEPTED: usize = 0;
const PENDING: usize = 1;
const CALLED_OFF: usize = 2;
const ACCEPTED_OF_SERIES: usize = 3;
const PENDING_OF_SERIES: usize = 4;

/// How long before an instant a booking that still runs then may have started, in
/// milliseconds; the schema refuses longer ones.
pub(super) const REACH: i64 = MAX_BUSY_SPAN_MINUTES as i64 * 60_000;

/// When the wanted bookings of a kind end: any of these.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Wanted {
    /// Now or later.
    pub ahead: bool,
    /// Before now.
    pub over: bool,
}

impl Wanted {
    const ALL: Self = Self { ahead: true, over: true };
    const AHEAD: Self = Self { ahead: true, over: false };
    const OVER: Self = Self { ahead: false, over: true };

    /// All that is not nothing.
    pub(super) const EVERY: [Self; 3] = [Self::ALL, Self::AHEAD, Self::OVER];
}

/// Values on their way into a statement.
#[derive(Debug, Default)]
pub(super) struct Binder {
    pub arguments: Vec<Value>,
}

impl Binder {
    /// The place a value is bound to, such as `?3`.
    pub(super) fn bind(&mut self, value: impl Into<Value>) -> String {
        self.arguments.push(value.into());
        format!("?{}", self.arguments.len())
    }
}

/// A text with what is bound in it.
#[derive(Clone, Debug)]
pub(super) struct Sql {
    pub text: String,
    pub arguments: Vec<Value>,
}

impl Sql {
    pub(super) fn statement(self) -> Statement {
        Statement {
            sql: Cow::Owned(self.text),
            arguments: self.arguments,
            want_rows: true,
            require_affected: false,
        }
    }

    /// Of a page: only its ids.
    pub(super) fn select_ids(self) -> Statement {
        Self { text: format!("SELECT id FROM ({})", self.text), ..self }.statement()
    }
}

/// What is asked of `booking_viewer v`.
#[derive(Debug)]
pub(super) struct Query<'a> {
    pub filter: &'a Filter<'a>,
    organization: OrganizationNumber,
    /// Rows of `viewer`; more or less than one: what any of them sees, each once.
    pub viewers: Vec<i64>,
    kinds: [Wanted; KINDS],
}

impl<'a> Query<'a> {
    pub(super) fn of(organization: OrganizationNumber, filter: &'a Filter<'a>) -> Self {
        let ours = |id: OrganizationNumber, row: i64| (id == organization).then_some(row);
        let viewers = match &filter.viewer {
            Viewer::Organization => vec![0],
            Viewer::Team(team) => ours(team.organization(), -team.row()).into_iter().collect(),
            Viewer::User(user) => ours(user.organization(), user.row()).into_iter().collect(),
            Viewer::Users(users) => {
                users.iter().filter_map(|user| ours(user.organization(), user.row())).collect()
            }
        };
        Self { filter, organization, viewers, kinds: wanted(&filter.statuses) }
    }

    /// The kinds with one wish, as the inside of `IN (…)`; empty where there are none.
    pub(super) fn kinds(&self, wish: Wanted) -> String {
        let numbers = (0..KINDS).zip(self.kinds).filter(|(_, wanted)| *wanted == wish);
        numbers.map(|(kind, _)| kind.to_string()).collect::<Vec<_>>().join(", ")
    }

    /// Whether only status and time are asked for, of one viewer: then there is a
    /// tally.
    pub(super) fn is_plain(&self) -> bool {
        let Filter { attendee_name, event_types, teams, after_start, before_end, .. } = self.filter;
        self.is_walked()
            && attendee_name.is_none()
            && event_types.is_none()
            && teams.is_none()
            && after_start.is_none()
            && before_end.is_none()
            && !self.filter.created.is_given()
            && !self.filter.updated.is_given()
    }

    /// Whether the index of one viewer leads to the bookings, in their order; else
    /// they are found in another way.
    fn is_walked(&self) -> bool {
        self.viewers.len() == 1 && self.filter.uid.is_none() && self.filter.attendee_email.is_none()
    }

    /// A `SELECT` that yields the ids of the page as `id`. In which order they come
    /// out of whatever it is put into, nobody promises.
    pub(super) fn page(&self) -> Sql {
        let mut binder = Binder::default();
        let (columns, order) = self.keys();
        let selects = if self.is_walked() && self.leads() == Lead::End {
            let within = self.window(&mut binder);
            vec![self.select_all(&columns, &within, &mut binder)]
        } else {
            self.selects(&columns, &mut binder)
        };
        let (limit, offset) = (binder.bind(self.filter.take), binder.bind(self.filter.skip));
        let text = format!(
            "{} ORDER BY {order} LIMIT +{limit} OFFSET +{offset}",
            selects.join(" UNION ALL ")
        );
        Sql { text, arguments: binder.arguments }
    }

    /// What a page is ordered by: columns of the `SELECT`, and the order by them.
    fn keys(&self) -> (String, String) {
        let terms = self.filter.terms();
        let direction = |descending| if descending { " DESC" } else { "" };
        let mut columns = String::new();
        let mut order = String::new();
        for (number, term) in terms.iter().enumerate() {
            columns.push_str(&format!("v.{} AS k{number}, ", term.column()));
            order.push_str(&format!("k{number}{}, ", direction(term.is_descending())));
        }
        columns.push_str("v.booking_id AS id");
        order.push_str("id");
        order.push_str(direction(terms.first().is_some_and(|term| term.is_descending())));
        (columns, order)
    }

    /// One `SELECT` per range of the index, or one for all where no index gives the
    /// order.
    pub(super) fn selects(&self, columns: &str, binder: &mut Binder) -> Vec<String> {
        if !self.is_walked() {
            return vec![self.select_all(columns, "", binder)];
        }
        let viewer = binder.bind(self.viewers.first().copied());
        let rest = self.conditions(binder);
        let index = self.leads().index();
        let times =
            Wanted::EVERY.map(|wish| (wish, self.has(wish).then(|| self.time(wish, binder))));
        let mut selects = Vec::new();
        for (kind, wish) in (0..KINDS).zip(self.kinds) {
            let time = times.iter().find(|(known, _)| *known == wish);
            if let Some((_, Some(time))) = time {
                selects.push(format!(
                    "SELECT {columns} FROM booking_viewer v{index} \
                     WHERE v.viewer = {viewer} AND v.kind = {kind}{time}{rest}"
                ));
            }
        }
        selects
    }

    fn has(&self, wish: Wanted) -> bool {
        self.kinds.contains(&wish)
    }

    /// One `SELECT` of everything.
    fn select_all(&self, columns: &str, within: &str, binder: &mut Binder) -> String {
        let from = self.from(binder);
        let distinct = if self.viewers.len() == 1 { "" } else { "DISTINCT " };
        let viewers = match self.viewers.as_slice() {
            [viewer] => format!("= {}", binder.bind(*viewer)),
            several => format!("IN (SELECT value FROM json_each({}))", binder.bind(json(several))),
        };
        let mut wishes = Vec::new();
        for wish in Wanted::EVERY.into_iter().filter(|wish| self.has(*wish)) {
            wishes.push(format!("v.kind IN ({}){}", self.kinds(wish), self.time(wish, binder)));
        }
        let rest = self.conditions(binder);
        let any = Wanted::EVERY.map(|wish| self.kinds(wish));
        let any: Vec<&str> =
            any.iter().map(String::as_str).filter(|kinds| !kinds.is_empty()).collect();
        format!(
            "SELECT {distinct}{columns} FROM {from} WHERE v.viewer {viewers} \
             AND v.kind IN ({}) AND ({}){within}{rest}",
            any.join(", "),
            wishes.join(" OR ")
        )
    }

    /// What leads to the bookings where it is not the viewer's index.
    fn from(&self, binder: &mut Binder) -> String {
        const ITS_PLACE: &str = "CROSS JOIN booking_viewer v ON v.kind = b.kind \
            AND v.start_at = b.start_at AND v.booking_id = b.id";
        if let Some(uid) = self.filter.uid {
            let uid = binder.bind(uid);
            format!("(SELECT id, kind, start_at FROM booking WHERE uid = {uid}) b {ITS_PLACE}")
        } else if let Some(email) = self.filter.attendee_email {
            let email = binder.bind(email);
            format!(
                "(SELECT DISTINCT booking_id FROM attendee WHERE email = {email}) a \
                 CROSS JOIN booking b ON b.id = a.booking_id {ITS_PLACE}"
            )
        } else {
            "booking_viewer v".to_owned()
        }
    }

    /// Bounds of the start, which the index is walked between, and what they leave.
    fn time(&self, wish: Wanted, binder: &mut Binder) -> String {
        let Filter { after_start, before_end, now, .. } = *self.filter;
        let (ahead, over) = (wish == Wanted::AHEAD, wish == Wanted::OVER);
        let from = after_start.max(ahead.then(|| now.plus_millis(-REACH)));
        let bounds = [before_end, over.then_some(now)];
        let to: Option<Instant> = bounds.into_iter().flatten().min();
        let mut text = String::new();
        let mut and = |condition: &str, value: Option<Instant>| {
            if let Some(value) = value {
                text.push_str(&format!(" AND {condition} {}", binder.bind(value)));
            }
        };
        and("v.start_at >=", from);
        and("v.start_at <", to);
        and("v.end_at >=", ahead.then_some(now));
        and("v.end_at <", over.then_some(now));
        text
    }

    /// What else is asked for.
    fn conditions(&self, binder: &mut Binder) -> String {
        let Filter { event_types, teams, before_end, created, updated, .. } = self.filter;
        let mut text = String::new();
        let mut and = |condition: &str, value: Option<Value>, end: &str| {
            if let Some(value) = value {
                text.push_str(&format!(" AND {condition} {}{end}", binder.bind(value)));
            }
        };
        let instant = |value: Option<Instant>| value.map(Value::from);
        let event_types = event_types.as_deref().map(|ids| self.ours(ids));
        and("v.event_type_id IN (SELECT value FROM json_each(", event_types, "))");
        let teams = teams.as_deref().map(|ids| self.ours(ids));
        and("v.team_id IN (SELECT value FROM json_each(", teams, "))");
        and("v.end_at <=", instant(*before_end), "");
        and("v.created_at >=", instant(created.from), "");
        and("v.created_at <=", instant(created.to), "");
        and("v.updated_at >=", instant(updated.from), "");
        and("v.updated_at <=", instant(updated.to), "");
        let of_it = "EXISTS (SELECT 1 FROM attendee n WHERE n.booking_id = v.booking_id AND";
        and(&format!("{of_it} n.name ="), self.filter.attendee_name.map(Value::from), ")");
        // Where something else led to the booking, its address was not asked for yet.
        let email = self.filter.uid.and(self.filter.attendee_email);
        and(&format!("{of_it} n.email ="), email.map(Value::from), ")");
        text
    }

    /// The rows of those ids that are this organisation's, as JSON.
    fn ours<I: WireId>(&self, ids: &[I]) -> Value {
        let ours = ids.iter().filter(|id| id.organization() == self.organization);
        json(&ours.map(|id| id.row()).collect::<Vec<i64>>()).into()
    }

    /// Ends have no index. But a booking ends after it starts and within [`REACH`]:
    /// of as many as are wanted by start, the one that ends last bounds the starts
    /// among which those must be that end first; and so backwards.
    fn window(&self, binder: &mut Binder) -> String {
        let many = self.filter.skip.saturating_add(self.filter.take);
        let columns = "v.start_at AS s, v.end_at AS e, v.booking_id AS id";
        let by_start = self.selects(columns, binder).join(" UNION ALL ");
        let many = binder.bind(many);
        let descending = self.filter.terms().first().is_some_and(|term| term.is_descending());
        if descending {
            format!(
                " AND v.start_at >= (SELECT min(e) - {REACH} FROM \
                 ({by_start} ORDER BY s DESC, id DESC LIMIT +{many}))"
            )
        } else {
            format!(
                " AND v.start_at <= (SELECT max(e) FROM \
                 ({by_start} ORDER BY s, id LIMIT +{many}))"
            )
        }
    }

    /// The index that leads: that of a bounded time where there is one, for all that
    /// is within must be counted anyway; else that of the order.
    fn leads(&self) -> Lead {
        if self.filter.updated.is_given() {
            return Lead::Updated;
        }
        if self.filter.created.is_given() {
            return Lead::Created;
        }
        match self.filter.terms().first() {
            Some(Order::Created { .. }) => Lead::Created,
            Some(Order::Updated { .. }) => Lead::Updated,
            Some(Order::End { .. }) => Lead::End,
            Some(Order::Start { .. }) | None => Lead::Start,
        }
    }
}

/// What the index that leads is sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lead {
    Start,
    End,
    Created,
    Updated,
}

impl Lead {
    const fn index(self) -> &'static str {
        match self {
            Self::Start | Self::End => "",
            Self::Created => " INDEXED BY booking_viewer_created",
            Self::Updated => " INDEXED BY booking_viewer_updated",
        }
    }
}

fn json(rows: &[i64]) -> String {
    serde_json::json!(rows).to_string()
}

/// Which bookings of each kind any of the statuses wants; without one, all.
fn wanted(statuses: &[StatusFilter]) -> [Wanted; KINDS] {
    const LIVE: [usize; 4] = [ACCEPTED, PENDING, ACCEPTED_OF_SERIES, PENDING_OF_SERIES];
    if statuses.is_empty() {
        return [Wanted::ALL; KINDS];
    }
    let mut kinds = [Wanted::default(); KINDS];
    for status in statuses {
        let (of, wish): (&[usize], Wanted) = match status {
            StatusFilter::Upcoming => (&LIVE, Wanted::AHEAD),
            StatusFilter::Recurring => (&[ACCEPTED_OF_SERIES, PENDING_OF_SERIES], Wanted::AHEAD),
            StatusFilter::Past => (&LIVE, Wanted::OVER),
            StatusFilter::Cancelled => (&[CALLED_OFF], Wanted::ALL),
            StatusFilter::Unconfirmed => (&[PENDING, PENDING_OF_SERIES], Wanted::AHEAD),
        };
        for (kind, wanted) in kinds.iter_mut().enumerate() {
            if of.contains(&kind) {
                wanted.ahead |= wish.ahead;
                wanted.over |= wish.over;
            }
        }
    }
    kinds
}
