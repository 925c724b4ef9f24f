//! Built-in calls that are to be looked at for who did not come.

use meridian_domain::jobs::{CALL_CHECK, CallCheck, MAX_CALL_CHECK_ATTEMPTS};
use meridian_edge::{WitDatabase, video};
use meridian_gateway::ApiError;
use meridian_kernel::Instant;
use meridian_store::Scope;
use meridian_store::bookings::calls;
use meridian_store::jobs::{NewJob, Payload, Priority, TooLong};

/// How many are turned into jobs at a time.
const AT_A_TIME: u32 = 100;

/// Makes a job of each call that began a while ago, until none is left or until
/// `stop_at`. Where nobody runs rooms they are passed over: nobody can be asked.
pub(crate) async fn look(
    scope: &Scope<'_, WitDatabase>,
    now: Instant,
    stop_at: Instant,
) -> Result<(), ApiError> {
    while Instant::now() < stop_at {
        let Some(due) = calls::due(scope, now, AT_A_TIME).await? else { break };
        let jobs = match video::provider().await {
            Some(_) => due.due.iter().map(|uid| job(uid, now)).collect::<Result<Vec<_>, _>>(),
            None => Ok(Vec::new()),
        };
        if !calls::look(scope, &due, &jobs.map_err(ApiError::internal)?, now).await? {
            break;
        }
    }
    Ok(())
}

fn job(booking_uid: &str, now: Instant) -> Result<NewJob, TooLong> {
    let payload = CallCheck { booking_uid: booking_uid.to_owned() }.payload();
    let job = NewJob::new(CALL_CHECK, Payload::Plain(payload), now, MAX_CALL_CHECK_ATTEMPTS)?;
    Ok(job.priority(Priority::Background))
}
