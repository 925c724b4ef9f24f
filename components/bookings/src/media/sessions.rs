//! `GET /v2/bookings/:bookingUid/conferencing-sessions`

use meridian_edge::video;
use meridian_gateway::{ApiError, Reply, Request};
use meridian_video::{Participant, Session};
use serde::Serialize;

use super::{Call, untold};

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct CalMeetingSession {
    id: String,
    room: String,
    start_time: i64,
    duration: u32,
    ongoing: bool,
    max_participants: u32,
    participants: Vec<CalMeetingParticipant>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct CalMeetingParticipant {
    user_id: Option<String>,
    user_name: Option<String>,
    join_time: i64,
    duration: u32,
}

/// Who was in one booking's call, when and for how long.
pub async fn list_conferencing_sessions(request: Request) -> Result<Reply, ApiError> {
    let Some(call) = Call::of(&request, "conferencing sessions").await? else {
        return Reply::ok(&[(); 0]);
    };
    let asked = call.provider.sessions(&call.room);
    let read = |status, body: &[u8]| Session::read_all(status, body, &call.room);
    let sessions = video::ask(asked, read).await.map_err(untold)?;
    let sessions: Vec<_> = sessions.into_iter().map(CalMeetingSession::from).collect();
    Reply::ok(&sessions)
}

impl From<Session> for CalMeetingSession {
    fn from(session: Session) -> Self {
        Self {
            id: session.id,
            room: session.room,
            start_time: session.start_time,
            duration: session.duration,
            ongoing: session.ongoing,
            max_participants: session.max_participants,
            participants: session.participants.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<Participant> for CalMeetingParticipant {
    fn from(participant: Participant) -> Self {
        Self {
            user_id: participant.user_id,
            user_name: participant.user_name,
            join_time: participant.join_time,
            duration: participant.duration,
        }
    }
}
