//! Open files cost descriptors, of which a process may have few by default.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Descriptors of a connection: the database, its log, and its shared memory.
const PER_CONNECTION: u64 = 3;

/// Raises what this process may have to what the system lets it, and says how many
/// connections fit into half of that; the rest is for sockets.
pub(crate) fn connections_that_fit() -> usize {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    let allowed = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => limit.maximum,
        Err(_) => limit.current,
    };
    // None: as many as it likes.
    let fit = allowed.map_or(u64::MAX, |allowed| allowed / 2 / PER_CONNECTION);
    usize::try_from(fit).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_raised_as_far_as_it_goes() {
        let fit = connections_that_fit();
        let limit = getrlimit(Resource::Nofile);
        assert_eq!(limit.current, limit.maximum);
        assert!(fit > 0);
    }
}
