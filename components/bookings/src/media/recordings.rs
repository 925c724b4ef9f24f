//! `GET /v2/bookings/:bookingUid/recordings`

use meridian_edge::video;
use meridian_gateway::{ApiError, Reply, Request};
use meridian_video::{Recording, read_link};
use serde::Serialize;
use serde_json::json;

use super::links::{Link, links};
use super::{Call, untold};

/// What is said of a recording that is finished and has no link.
const NO_LINK: &str = "The video provider gave no link to this recording.";

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct RecordingItem {
    id: String,
    room_name: String,
    start_ts: i64,
    status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_participants: Option<u32>,
    duration: u32,
    share_token: String,
    download_link: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
}

/// The recordings of one booking's call.
pub async fn list_recordings(request: Request) -> Result<Reply, ApiError> {
    let Some(call) = Call::of(&request, "recordings").await? else { return Reply::ok(&[(); 0]) };
    let asked = call.provider.recordings(&call.room);
    let read = |status, body: &[u8]| Recording::read_all(status, body, &call.room);
    let recordings = video::ask(asked, read).await.map_err(untold)?;

    let finished = recordings.iter().filter(|recording| recording.is_finished());
    let finished: Vec<&str> = finished.map(|recording| recording.id.as_str()).collect();
    let ask = |id| video::ask(call.provider.recording_link(id), read_link);
    let links = links(&finished, call.links_until, ask).await;
    log_failures(&request, &links);
    Reply::ok(&present(recordings, links))
}

/// The links are those of the finished ones, in their order.
fn present(recordings: Vec<Recording>, links: Vec<Link>) -> Vec<RecordingItem> {
    let mut links = links.into_iter();
    let item = |recording: Recording| {
        let is_finished = recording.is_finished();
        let link = if is_finished { links.next().and_then(Result::ok).flatten() } else { None };
        RecordingItem {
            error: (is_finished && link.is_none()).then_some(NO_LINK),
            id: recording.id,
            room_name: recording.room_name,
            start_ts: recording.start_ts,
            status: recording.status,
            max_participants: recording.max_participants,
            // The contract has a length and a token for every recording. The provider has
            // no length before the end, and no tokens any more.
            duration: recording.duration.unwrap_or_default(),
            share_token: recording.share_token.unwrap_or_default(),
            download_link: link,
        }
    };
    recordings.into_iter().map(item).collect()
}

/// One line, with the first cause: the rest mostly failed for the same one.
#[allow(clippy::print_stderr, reason = "stderr is a component's log")]
fn log_failures(request: &Request, links: &[Link]) {
    let mut causes = links.iter().filter_map(|link| link.as_ref().err());
    let Some(first) = causes.next() else { return };
    let line = json!({
        "level": "error",
        "message": "links to recordings could not be had",
        "requestId": request.request_id,
        "count": causes.count() + 1,
        "cause": first,
    });
    eprintln!("{line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recording(id: &str, status: &str) -> Recording {
        Recording {
            id: id.to_owned(),
            room_name: "mg3".to_owned(),
            start_ts: 1,
            status: status.to_owned(),
            max_participants: None,
            duration: None,
            share_token: None,
        }
    }

    #[test]
    fn only_finished_recordings_have_a_link_or_an_error() {
        let recordings = vec![
            recording("running", "in-progress"),
            recording("good", "finished"),
            recording("canceled", "canceled"),
            recording("bad", "finished"),
            recording("gone", "finished"),
            recording("last", "finished"),
        ];
        let link = |text: &str| Ok(Some(text.to_owned()));
        let links = vec![link("https://1"), Err("late".to_owned()), Ok(None), link("https://2")];
        let items = present(recordings, links);
        let shown = items.iter().map(|it| (it.id.as_str(), it.download_link.as_deref(), it.error));
        let expected = [
            ("running", None, None),
            ("good", Some("https://1"), None),
            ("canceled", None, None),
            ("bad", None, Some(NO_LINK)),
            ("gone", None, Some(NO_LINK)),
            ("last", Some("https://2"), None),
        ];
        assert_eq!(shown.collect::<Vec<_>>(), expected);
        let item = serde_json::to_value(&items[0]).unwrap();
        let expected = json!({"id": "running", "roomName": "mg3", "startTs": 1,
            "status": "in-progress", "duration": 0, "shareToken": "", "downloadLink": null});
        assert_eq!(item, expected);
    }
}
