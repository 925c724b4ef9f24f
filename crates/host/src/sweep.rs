//! The timer of due work: components have no clock of their own to wake them, so
//! the host asks the one that owns the route. On Spin a cron trigger does.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use bytes::Bytes;
use http::{Request, header};
use http_body_util::BodyExt;
use meridian_manifest::{RouteMatch, Router};

use crate::front::Drain;
use crate::runtime::{Asked, Body, Components};

const PATH: &str = "/internal/sweep";
const CLIENT: &str = "127.0.0.1:0";

/// The route belongs to whoever took this path for itself; a fallback for all
/// paths does not count.
const OWNED_PREFIX: &str = "/internal";

/// Asks for due work, once in every interval, until told to stop. Does nothing where no
/// component has the route.
pub async fn run(
    components: Arc<Components>,
    routes: Arc<Router>,
    secret: String,
    interval: Duration,
    drain: Drain,
) {
    let Some(route) = routes.find(PATH).filter(|route| route.raw_route.starts_with(OWNED_PREFIX))
    else {
        return;
    };
    let mut ticks = tokio::time::interval(interval);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut failing = false;
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = drain.started() => return,
        }
        match sweep(&components, &route, &secret).await {
            Ok(()) => failing = false,
            // Once per spell: the log is for what changes.
            Err(error) if !failing => {
                failing = true;
                tracing::warn!("due work cannot be looked for: {error:#}");
            }
            Err(_) => {}
        }
    }
}

async fn sweep(
    components: &Components,
    route: &RouteMatch<'_>,
    secret: &str,
) -> anyhow::Result<()> {
    let request = Request::post(format!("http://localhost{PATH}"))
        .header(header::AUTHORIZATION, format!("Bearer {secret}"))
        .body(())?;
    let (parts, ()) = request.into_parts();
    let asked = Asked { parts: &parts, body: Bytes::new(), route, client: CLIENT };
    let response = components.call(asked).await?;
    let status = response.status();
    let body = match response.into_body() {
        Body::Whole(body) => body,
        Body::Streaming(body) => body.collect().await.context("the answer broke off")?.to_bytes(),
    };
    ensure!(status.is_success(), "{} answered {status}: {}", route.component, excerpt(&body));
    Ok(())
}

/// The beginning of an answer, for the log.
fn excerpt(body: &[u8]) -> String {
    String::from_utf8_lossy(body).chars().take(300).collect()
}
