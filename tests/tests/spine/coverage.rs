//! How much of the documented API is built, said honestly.

use std::collections::BTreeMap;

use meridian_tests::Server;

/// Method, path, operation id and tag of each documented operation.
const OPERATIONS: &str = include_str!("../../../crates/gateway/src/operations.tsv");

/// The version under which each resource is documented.
fn version_of(path: &str) -> &'static str {
    match path.split('/').nth(2) {
        Some("bookings") => "2024-08-13",
        Some("event-types") => "2024-06-14",
        Some("schedules") => "2024-06-11",
        Some("slots") => "2024-09-04",
        _ => "2024-04-15",
    }
}

/// The path with something in place of each parameter.
fn filled(path: &str) -> String {
    let segments =
        path.split('/').map(|segment| if segment.starts_with('{') { "1" } else { segment });
    segments.collect::<Vec<_>>().join("/")
}

#[test]
fn every_documented_operation_answers_and_the_readme_tells_how_many_are_built() {
    let server = Server::start();
    let mut tags: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    let mut operations = 0;
    for line in OPERATIONS.lines() {
        let [method, path, _, tag] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("four columns: {line}")
        };
        operations += 1;
        let body = matches!(method, "POST" | "PATCH" | "PUT").then(|| "{}".to_owned());
        let answer = server.client().version(version_of(path)).send(method, &filled(path), body);
        let counts = tags.entry(tag).or_default();
        counts.1 += 1;
        match answer.status {
            501 => assert!(answer.error(501).contains("not built yet"), "{}", answer.text),
            // Without credentials and with made-up ids a built operation refuses or finds nothing.
            200 | 400 | 401 | 404 => counts.0 += 1,
            other => panic!("{method} {path} answers {other}: {}", answer.text),
        }
    }
    assert_eq!(operations, 272);
    let built: u32 = tags.values().map(|(built, _)| built).sum();
    println!("{built} of {operations} documented operations are built:");
    for (tag, (built, all)) in &tags {
        println!("{built:>4} of {all:>3}  {tag}");
    }
    let readme =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md")).unwrap();
    let figure = format!("{built} of {operations}");
    assert!(readme.contains(&figure), "README.md should say that {figure} operations are built");
}
