//! The end of a write-ahead log that is not in its file yet.
//!
//! The engine writes every page of a transaction by itself, and what stands before it by
//! itself too: some fifty calls for a booking, which is a tenth of its cost. They follow each
//! other in the file, so they are put together until the transaction commits.

use std::ffi::c_int;

use libsql::ffi::SQLITE_OK;

/// What precedes each page in the log. No page is this short, so a write of this length is
/// such a header.
const FRAME_HEADER_BYTES: usize = 24;

/// Where in a header the size of the database stands that a commit leaves behind; zeroes: no
/// commit.
const COMMIT_SIZE: std::ops::Range<usize> = 4..8;

/// What waits at most: some thirty pages, more than most transactions change.
pub(super) const MOST_WAITING_BYTES: usize = 64 * 1024;

/// What was written at the end of the log, and waits. Nothing of a transaction that has
/// committed does.
#[derive(Debug, Default)]
pub(super) struct Tail {
    /// Where what waits begins in the file; where the last write ended, if nothing does.
    /// `None`: nothing was written.
    start: Option<i64>,
    waiting: Vec<u8>,
    /// Whether the newest header is a commit's.
    commits: bool,
}

impl Tail {
    /// Takes a write. `put` writes to the file, and says how it went in the engine's codes;
    /// so does this.
    ///
    /// What does not go on where the last write ended goes to the file at once, behind what
    /// waits: the engine sometimes corrects what it wrote.
    pub(super) fn write(
        &mut self,
        bytes: &[u8],
        offset: i64,
        mut put: impl FnMut(&[u8], i64) -> c_int,
    ) -> c_int {
        let is_header = bytes.len() == FRAME_HEADER_BYTES;
        if let Some(size) = bytes.get(COMMIT_SIZE).filter(|_| is_header) {
            self.commits = size.iter().any(|byte| *byte != 0);
        }
        if self.end() != Some(offset) {
            let code = self.flush(&mut put);
            if code != SQLITE_OK {
                return code;
            }
            self.start = Some(offset.saturating_add_unsigned(bytes.len() as u64));
            return put(bytes, offset);
        }
        self.waiting.extend_from_slice(bytes);
        // Behind the last page of a commit the engine tells other connections of it, which
        // read the file.
        let is_whole = self.commits && !is_header;
        if is_whole || self.waiting.len() >= MOST_WAITING_BYTES {
            return self.flush(put);
        }
        SQLITE_OK
    }

    /// Whether something waits that belongs before this place.
    pub(super) fn begins_before(&self, offset: i64) -> bool {
        !self.waiting.is_empty() && self.start.is_some_and(|start| start < offset)
    }

    /// Writes what waits. Where that fails it waits on, so that nothing is missing if the
    /// engine goes on nevertheless.
    pub(super) fn flush(&mut self, mut put: impl FnMut(&[u8], i64) -> c_int) -> c_int {
        let Some(start) = self.start.filter(|_| !self.waiting.is_empty()) else {
            return SQLITE_OK;
        };
        let code = put(&self.waiting, start);
        if code == SQLITE_OK {
            self.start = self.end();
            self.waiting.clear();
        }
        code
    }

    /// Where the next write is expected.
    fn end(&self) -> Option<i64> {
        Some(self.start?.saturating_add_unsigned(self.waiting.len() as u64))
    }
}

#[cfg(test)]
mod tests {
    use libsql::ffi::SQLITE_FULL;

    use super::*;

    const PAGE: usize = 512;
    const FRAME: i64 = (FRAME_HEADER_BYTES + PAGE) as i64;

    /// A log, its file, and the calls that it took to write it.
    #[derive(Default)]
    struct Log {
        tail: Tail,
        file: Vec<u8>,
        calls: usize,
        is_full: bool,
    }

    impl Log {
        fn do_with(
            &mut self,
            act: impl FnOnce(&mut Tail, &mut dyn FnMut(&[u8], i64) -> c_int) -> c_int,
        ) -> c_int {
            let Self { tail, file, calls, is_full } = self;
            act(tail, &mut |bytes, offset| {
                if *is_full {
                    return SQLITE_FULL;
                }
                let start = usize::try_from(offset).unwrap();
                file.resize(file.len().max(start + bytes.len()), 0);
                file[start..start + bytes.len()].copy_from_slice(bytes);
                *calls += 1;
                SQLITE_OK
            })
        }

        fn write(&mut self, bytes: &[u8], offset: i64) -> c_int {
            self.do_with(|tail, put| tail.write(bytes, offset, put))
        }

        /// A page filled with `fill`, as the engine writes it.
        fn frame(&mut self, number: i64, fill: u8, is_commit: bool) -> c_int {
            let mut header = [fill; FRAME_HEADER_BYTES];
            header[COMMIT_SIZE].fill(u8::from(is_commit));
            let offset = 32 + number * FRAME;
            let code = self.write(&header, offset);
            if code != SQLITE_OK {
                return code;
            }
            self.write(&[fill; PAGE], offset + FRAME_HEADER_BYTES as i64)
        }

        fn fill_of(&self, number: i64) -> Option<u8> {
            self.file
                .get(usize::try_from(32 + number * FRAME).unwrap() + FRAME_HEADER_BYTES)
                .copied()
        }
    }

    /// A log with the header that stands at its start.
    fn log() -> Log {
        let mut log = Log::default();
        assert_eq!(log.write(&[1; 32], 0), SQLITE_OK);
        assert_eq!((log.calls, log.file.len()), (1, 32));
        log
    }

    #[test]
    fn a_transaction_is_one_call_and_in_the_file_once_it_commits() {
        let mut log = log();
        for number in 0..9 {
            log.frame(number, 7, false);
        }
        assert_eq!((log.calls, log.file.len()), (1, 32));
        log.frame(9, 7, true);
        assert_eq!((log.calls, log.file.len() as i64), (2, 32 + 10 * FRAME));
        // The next one goes on where this one ended.
        log.frame(10, 8, false);
        log.frame(11, 8, true);
        assert_eq!((log.calls, log.fill_of(10), log.fill_of(11)), (3, Some(8), Some(8)));
    }

    #[test]
    fn a_long_transaction_is_written_in_parts() {
        let mut log = log();
        let frames = 3 * MOST_WAITING_BYTES as i64 / FRAME;
        for number in 0..frames {
            log.frame(number, 7, number + 1 == frames);
        }
        assert_eq!(log.calls, 1 + 3);
        assert!((0..frames).all(|number| log.fill_of(number) == Some(7)));
    }

    #[test]
    fn corrections_come_behind_what_they_correct() {
        let mut log = log();
        log.frame(0, 7, false);
        log.frame(1, 7, false);
        // A page that was written already, and another transaction after a rollback.
        assert_eq!(log.write(&[9; PAGE], 32 + FRAME_HEADER_BYTES as i64), SQLITE_OK);
        assert_eq!((log.fill_of(0), log.fill_of(1)), (Some(9), Some(7)));
        log.frame(2, 7, false);
        log.frame(0, 5, false);
        log.frame(1, 5, true);
        assert_eq!([0, 1, 2].map(|number| log.fill_of(number)), [Some(5), Some(5), Some(7)]);
    }

    #[test]
    fn who_reads_beyond_the_file_is_told_that_something_waits() {
        let mut log = log();
        assert!(!log.tail.begins_before(i64::MAX));
        log.frame(0, 7, false);
        assert!(log.tail.begins_before(33) && !log.tail.begins_before(32));
        assert_eq!(log.do_with(|tail, put| tail.flush(put)), SQLITE_OK);
        assert!(!log.tail.begins_before(i64::MAX));
    }

    #[test]
    fn where_the_disk_is_full_the_commit_fails_and_nothing_is_forgotten() {
        let mut log = log();
        log.frame(0, 7, false);
        log.is_full = true;
        assert_eq!(log.frame(1, 7, true), SQLITE_FULL);
        assert_eq!(log.file.len(), 32);
        log.is_full = false;
        // The engine takes it back, and starts at the same place.
        log.frame(0, 8, true);
        assert_eq!(log.fill_of(0), Some(8));
    }
}
