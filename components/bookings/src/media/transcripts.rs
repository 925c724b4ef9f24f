//! `GET /v2/bookings/:bookingUid/transcripts`

use meridian_edge::video;
use meridian_gateway::{ApiError, Reply, Request};
use meridian_video::{Room, Transcript, read_link};

use super::links::links;
use super::{Call, untold};

/// Links to the transcripts of one booking's call, which last an hour or so. The contract
/// has no place for a transcript without a link, so one that should have a link and has
/// none is an error of the whole; one that is gone is left out.
pub async fn list_transcripts(request: Request) -> Result<Reply, ApiError> {
    let Some(call) = Call::of(&request, "transcripts").await? else { return Reply::ok(&[(); 0]) };
    let read = |status, body: &[u8]| Room::read(status, body, &call.room);
    let room = video::ask(call.provider.room(&call.room), read).await.map_err(untold)?;
    let Some(room) = room else { return Reply::ok(&[(); 0]) };
    let read = |status, body: &[u8]| Transcript::read_all(status, body, &room);
    let transcripts = video::ask(call.provider.transcripts(&room), read).await.map_err(untold)?;

    let finished = transcripts.iter().filter(|transcript| transcript.is_finished());
    let finished: Vec<&str> = finished.map(|transcript| transcript.id.as_str()).collect();
    let ask = |id| video::ask(call.provider.transcript_link(id), read_link);
    let links = links(&finished, call.links_until, ask).await;
    let links: Result<Vec<Option<String>>, String> = links.into_iter().collect();
    let links: Vec<String> = links.map_err(untold)?.into_iter().flatten().collect();
    Reply::ok(&links)
}
