//! Organisations as files.

use std::path::Path;
use std::process::Command;

use meridian_tests::{PLATFORM_SECRET, Server, binary, in_both_modes};

fn apply(server: &Server, folder: &Path) -> (bool, String) {
    let output = Command::new(binary())
        .args(["tenants", "apply"])
        .arg(folder)
        .args(["--url", &format!("http://127.0.0.1:{}", server.port())])
        .args(["--secret", PLATFORM_SECRET])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    (output.status.success(), text)
}

#[test]
fn files_are_applied_as_often_as_one_likes() {
    in_both_modes(|server| {
        let slug = format!("{}-file", server.organization().slug);
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str| {
            let text = format!(
                "slug = \"{slug}\"\nname = \"{name}\"\nplan = \"FREE\"\n\
                 [owner]\nemail = \"o@example.com\"\nname = \"O\"\nusername = \"o\"\ntime_zone = \"UTC\"\n"
            );
            std::fs::write(folder.path().join("one.toml"), text).unwrap();
        };
        let name = || {
            let path = format!("/platform/organizations/{slug}");
            server.platform().get(&path).data(200)["name"].as_str().unwrap().to_owned()
        };
        write("First");
        let (succeeded, text) = apply(server, folder.path());
        assert!(succeeded, "{text}");
        assert_eq!(name(), "First");
        let (succeeded, text) = apply(server, folder.path());
        assert!(succeeded, "{text}");
        write("Second");
        let (succeeded, text) = apply(server, folder.path());
        assert!(succeeded, "{text}");
        assert_eq!(name(), "Second");
        std::fs::write(folder.path().join("two.toml"), "slug = \"x\"\ncolour = \"red\"\n").unwrap();
        let (succeeded, text) = apply(server, folder.path());
        assert!(!succeeded && text.contains("two.toml") && text.contains("colour"), "{text}");
    });
}
