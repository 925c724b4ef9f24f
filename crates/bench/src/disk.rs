//! What the data lies on: commits to memory would cost nothing.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// The device below a folder.
pub struct Device {
    /// `major:minor`
    number: String,
}

impl Device {
    /// The one a folder is on.
    pub fn of(folder: &Path) -> anyhow::Result<Self> {
        let device = fs::metadata(folder)?.dev();
        // As Linux packs them.
        let major = ((device >> 8) & 0xfff) | ((device >> 32) & !0xfff);
        let minor = (device & 0xff) | ((device >> 12) & !0xff);
        Ok(Self { number: format!("{major}:{minor}") })
    }

    /// What is mounted from it: `ext4`, `tmpfs`.
    pub fn file_system(&self) -> String {
        let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
        let of_device = |line: &&str| line.split(' ').nth(2) == Some(self.number.as_str());
        let kind = |line: &str| line.split_once(" - ")?.1.split(' ').next().map(str::to_owned);
        mounts.lines().find(of_device).and_then(kind).unwrap_or_else(|| "unknown".to_owned())
    }

    /// How often it was told to make what it had been given last, whoever asked for
    /// it; `None` where the system does not count.
    pub fn flushes(&self) -> Option<u64> {
        let path = PathBuf::from("/sys/dev/block").join(&self.number).join("stat");
        fs::read_to_string(path).ok()?.split_whitespace().nth(15)?.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_file_systems_are_told_from_others() {
        let shared = Path::new("/dev/shm");
        if shared.exists() {
            assert_eq!(Device::of(shared).unwrap().file_system(), "tmpfs");
        }
        let here = Device::of(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
        assert_ne!(here.file_system(), "tmpfs");
    }
}
