//! What is measured, as directly as it can be done.

use anyhow::Context;
use bytes::Bytes;
use http::request::Parts;
use http::{Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use meridian_database::Databases;
use meridian_gateway::Pagination;
use meridian_kernel::{ApiKey, EventTypeId, Instant, WireId, Zone};
use meridian_scheduling::{EventRules, Host, Interval, Question, Schedule};
use meridian_store::api_keys::find_holder;
use meridian_store::availability::{self, Availability, Range, Selector};
use meridian_store::bookings::{self, Filter, Viewer};
use meridian_store::holders::Holder;
use meridian_store::{PLATFORM_DATABASE, Scope, users};
use serde::Serialize;

use super::booking_view::BookingView;
use super::me_view::MeView;
use super::{Answer, create_booking, slots_text};

/// A database of one organisation.
pub type OpenScope = Scope<'static, Databases>;

/// Answers a request.
pub async fn handle(databases: &'static Databases, request: Request<Incoming>) -> Answer {
    let (parts, body) = request.into_parts();
    match (&parts.method, parts.uri.path()) {
        (&Method::GET, "/healthz") => reply(StatusCode::OK, &Success::of(Health { alive: true })),
        (&Method::GET, "/durability") => durability(databases).await,
        (&Method::GET, "/v2/me") => me(databases, &parts).await,
        (&Method::GET, "/v2/slots") => slots(databases, &parts).await,
        (&Method::GET, "/v2/bookings") => list_bookings(databases, &parts).await,
        (&Method::POST, "/v2/bookings") => {
            let body: Bytes = body.collect().await?.to_bytes();
            create_booking::create_booking(databases, &body).await
        }
        _ => Ok((StatusCode::NOT_FOUND, Vec::new())),
    }
}

#[derive(Serialize)]
struct Health {
    alive: bool,
}

/// Its own connections are opened as the host opens its own.
async fn durability(databases: &'static Databases) -> Answer {
    let found = databases.durability(PLATFORM_DATABASE).await?;
    let said = format!("synchronous={}, journal_mode={}", found.synchronous, found.journal_mode);
    reply(StatusCode::OK, &Success::of(said))
}

/// What every answer is wrapped in.
#[derive(Serialize)]
pub struct Success<T> {
    status: &'static str,
    data: T,
    #[serde(skip_serializing_if = "Option::is_none")]
    pagination: Option<Pagination>,
}

impl<T> Success<T> {
    /// Without pages.
    pub fn of(data: T) -> Self {
        Self { status: "success", data, pagination: None }
    }
}

/// JSON with a status.
pub fn reply<T: Serialize>(status: StatusCode, body: &T) -> Answer {
    Ok((status, serde_json::to_vec(body)?))
}

async fn me(databases: &'static Databases, parts: &Parts) -> Answer {
    let (scope, holder) = caller(databases, parts).await?;
    let user = users::find(&scope, holder.user_id).await?.context("no such user")?;
    reply(StatusCode::OK, &Success::of(MeView::of(&user)))
}

async fn list_bookings(databases: &'static Databases, parts: &Parts) -> Answer {
    let (scope, holder) = caller(databases, parts).await?;
    let take = parameter(parts, "take").and_then(|take| take.parse().ok()).unwrap_or(100);
    let filter = Filter::of(Viewer::User(holder.user_id), take, 0, Instant::now());
    let page = bookings::list(&scope, &filter).await?;
    let data: Vec<_> = page.bookings.iter().map(BookingView::of).collect();
    let pagination = Pagination::of(page.total, data.len(), 0, take);
    reply(StatusCode::OK, &Success { status: "success", data, pagination: Some(pagination) })
}

/// Who holds the key, and the database it lives in.
async fn caller(
    databases: &'static Databases,
    parts: &Parts,
) -> anyhow::Result<(OpenScope, Holder)> {
    let value = parts.headers.get(header::AUTHORIZATION).context("no key")?;
    let text = value.to_str()?.strip_prefix("Bearer ").context("no bearer")?;
    let key = ApiKey::parse(text).context("no key of ours")?;
    let scope = Scope::open(databases, key.organization()).await?;
    let found = find_holder(&scope, &key.hash()).await?.context("an unknown key")?;
    Ok((scope, found.holder))
}

async fn slots(databases: &'static Databases, parts: &Parts) -> Answer {
    let wanted = |name| parameter(parts, name).context("a parameter is missing");
    let id = EventTypeId::parse(wanted("eventTypeId")?)?;
    let zone = Zone::parse(wanted("timeZone")?)?;
    // An end without a time stands for its whole day.
    let end = Instant::parse(wanted("end")?)?.plus_minutes(24 * 60);
    let window = Interval::new(Instant::parse(wanted("start")?)?, end);
    let scope = Scope::open(databases, id.organization()).await?;
    let host = load(&scope, id, window).await?;
    let question = host.question(host.length, Instant::now());
    let slots = meridian_scheduling::slots(&question, window, zone);
    let starts: Vec<Instant> = slots.iter().map(|slot| slot.start).collect();
    Ok((StatusCode::OK, slots_text::body(&starts, zone).into_bytes()))
}

fn parameter<'a>(parts: &'a Parts, name: &str) -> Option<&'a str> {
    let pairs = parts.uri.query()?.split('&').filter_map(|pair| pair.split_once('='));
    pairs.into_iter().find(|(known, _)| *known == name).map(|(_, value)| value)
}

/// What the engine needs to know.
pub struct Loaded {
    length: u32,
    rules: EventRules,
    hosts: Vec<Host>,
}

impl Loaded {
    /// The engine's question.
    pub fn question(&self, length: u32, now: Instant) -> Question<'_> {
        Question::new(now, length, &self.rules, &self.hosts)
    }
}

/// Loads what the engine needs for a range.
pub async fn load(scope: &OpenScope, id: EventTypeId, range: Interval) -> anyhow::Result<Loaded> {
    let range = Range {
        from: range.start,
        to: range.end,
        now: Instant::now(),
        ignoring_booking: None,
        ignoring_reservation: None,
    };
    let found = availability::load(scope, Selector::Id(id), &range).await?;
    let Availability { rules, hosts, .. } = found.context("no such event type")?;
    let host = hosts.into_iter().next().context("an event type without hosts")?;
    let hours = host.hours.context("a host without hours")?;
    let schedule = Schedule {
        zone: hours.time_zone,
        rules: serde_json::from_str(&hours.availability)?,
        overrides: serde_json::from_str(&hours.overrides)?,
    };
    anyhow::ensure!(rules.booking_window.is_none(), "the floor knows no booking windows");
    let busy = host.taken.iter().map(|taken| Interval::new(taken.start, taken.end)).collect();
    Ok(Loaded {
        length: rules.length_minutes,
        rules: EventRules {
            before_buffer: rules.before_event_buffer,
            after_buffer: rules.after_event_buffer,
            minimum_notice: rules.minimum_booking_notice,
            slot_interval: rules.slot_interval,
            offset_start: rules.offset_start,
            first_slot_only: rules.first_slot_only,
            ..EventRules::default()
        },
        hosts: vec![Host { busy, ..Host::working(schedule) }],
    })
}
