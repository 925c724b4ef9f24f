//! The project's manifest, with something missing.

use std::path::{Path, PathBuf};

use anyhow::Context;

/// Where the bookings component's variables begin.
const VARIABLES: &str = "[component.bookings.variables]\n";

/// Without it the component cannot have anything delivered: it only queues.
const SECRET: &str = "platform_secret = \"{{ platform_secret }}\"\n";

/// Writes a manifest by which bookings queue what webhooks are told, and leave it at
/// that.
pub fn without_deliveries(root: &Path, folder: &Path) -> anyhow::Result<PathBuf> {
    let text = std::fs::read_to_string(root.join("spin.toml"))?;
    let path = folder.join("without-deliveries.toml");
    let text = changed(&text, root).context("spin.toml is not as it was")?;
    std::fs::write(&path, text)?;
    Ok(path)
}

fn changed(text: &str, root: &Path) -> Option<String> {
    let (before, after) = text.split_once(VARIABLES)?;
    let (kept, rest) = after.split_once(SECRET)?;
    // Of this very section.
    if kept.contains('[') {
        return None;
    }
    let text = format!("{before}{VARIABLES}{kept}{rest}");
    // It lies in another folder than what it names.
    Some(text.replace("\"target/", &format!("\"{}/target/", root.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_bookings_lose_the_secret() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let text = std::fs::read_to_string(root.join("spin.toml")).unwrap();
        let changed = changed(&text, Path::new("/elsewhere")).unwrap();
        let count = |text: &str| text.matches(SECRET).count();
        assert_eq!(count(&changed), count(&text) - 1);
        assert!(!changed.contains("\"target/"));
    }
}
