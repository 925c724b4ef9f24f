//! Strict reading: whatever is not understood is a mistake, and all are listed.

#![cfg(test)]

mod common;

use common::{Application, text};
use meridian_manifest::DatabaseMode;

const HANDLER: &str = "wasi:http/handler@0.3.0";

const MANIFEST: &str = r#"
spin_manifest_version = 2

[application]
name = "test"
version = "1.0.0"
description = "An application"
authors = ["a@example.com"]
[application.tool.other]
anything = 1

[variables]
secret = { required = true, secret = true, description = "A secret" }
host = { default = "example.com" }
private = { default = "" }

[[trigger.http]]
id = "one"
route = "/a/..."
component = "one-component"

[[trigger.http]]
route = { private = true }
component = "two"

[component.one-component]
source = "one.wasm"
description = "The first"
key_value_stores = ["default"]
allowed_outbound_hosts = ["https://{{ host }}", "http://two.spin.internal"]
variables = { token = "{{ secret }}", url = "https://{{ host }}/" }
environment = { LEVEL = "info" }
[component.one-component.build]
command = "cargo build"
workdir = "."
watch = ["src/**"]
[component.one-component.tool.meridian]
private_targets = "{{ private }}"

[component.two]
source = "one.wasm"
build.command = ["a", "b"]
tool.other.x = 1

[component.part]
source = "missing-but-nobody-serves-it.wasm"
"#;

fn application(manifest: &str) -> Application {
    Application::new(manifest).with("one", &[], &[HANDLER])
}

fn secret(name: &str) -> Option<String> {
    (name == "secret").then(|| "s3cret".to_owned())
}

#[test]
fn a_manifest_is_read_whole() {
    let app = application(MANIFEST).load(DatabaseMode::Native, &secret).unwrap();
    assert_eq!(app.name, "test");
    assert_eq!(app.variables["secret"], "s3cret");
    assert_eq!(app.components.len(), 2);
    let one = &app.components[0];
    assert_eq!(one.id, "one-component");
    assert!(one.key_value_stores.contains("default"));
    assert_eq!(one.variables["token"], "s3cret");
    assert_eq!(one.variables["url"], "https://example.com/");
    assert_eq!(one.environment["LEVEL"], "info");
    assert!(one.allowed_outbound_hosts.allows("https", "example.com", None));
    assert!(one.allowed_outbound_hosts.allows("http", "two.spin.internal", None));
    assert!(one.refuse_private_targets);
    let two = &app.components[1];
    assert!(two.variables.is_empty());
    assert!(!two.allowed_outbound_hosts.allows("https", "example.com", None));
    assert!(!two.refuse_private_targets);
    assert_eq!(app.routes.find("/a/b").unwrap().component, "one-component");
    assert_eq!(app.routes.find("/b"), None);
}

#[test]
fn a_given_value_counts_before_the_default() {
    let app = application(MANIFEST)
        .load(DatabaseMode::Native, &|name| match name {
            "private" => Some("allow".to_owned()),
            "host" => Some("other.example".to_owned()),
            other => secret(other),
        })
        .unwrap();
    assert!(!app.components[0].refuse_private_targets);
    assert_eq!(app.components[0].variables["url"], "https://other.example/");
}

#[test]
fn a_required_variable_without_a_value_is_a_mistake() {
    let problems = application(MANIFEST).native().unwrap_err();
    assert_eq!(text(&problems), "line 13: variables.secret: is required, and not set\n");
}

/// Puts lines into the manifest and expects exactly these problems.
fn refused(change: impl Fn(&str) -> String, expected: &[&str]) {
    let problems = application(&change(MANIFEST))
        .load(DatabaseMode::Native, &secret)
        .expect_err("the manifest is wrong");
    let found: Vec<String> = problems.iter().map(|p| format!("{}: {}", p.key, p.message)).collect();
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for expected in expected {
        assert!(found.iter().any(|found| found.starts_with(expected)), "{expected} in {found:#?}");
    }
    assert!(problems.iter().all(|problem| problem.line.is_some()));
}

fn after(manifest: &str, line: &str, added: &str) -> String {
    assert!(manifest.contains(line));
    manifest.replace(line, &format!("{line}\n{added}\n"))
}

#[test]
fn unknown_keys_are_named_everywhere_at_once() {
    refused(
        |manifest| {
            let manifest = after(manifest, "spin_manifest_version = 2", "extra = 1");
            let manifest = after(&manifest, "name = \"test\"", "nmae = \"x\"");
            let manifest = after(&manifest, "id = \"one\"", "methods = [\"GET\"]");
            let manifest = after(&manifest, "workdir = \".\"", "wrokdir = \".\"");
            manifest.replace("host = { default", "host = { defualt = 1, default")
        },
        &[
            "extra: unknown key",
            "application.nmae: unknown key; known here: name, version",
            "trigger.http[0].methods: unknown key",
            "component.one-component.build.wrokdir: unknown key",
            "variables.host.defualt: unknown key",
        ],
    );
}

#[test]
fn what_spin_offers_and_we_do_not_is_refused_by_name() {
    refused(
        |manifest| {
            after(
                manifest,
                "environment = { LEVEL = \"info\" }",
                "files = [\"x\"]\nsqlite_databases = [\"default\"]\nai_models = [\"m\"]\n\
                 dependencies_inherit_configuration = true",
            ) + r#"
[[trigger.redis]]
channel = "c"
component = "two"
[[trigger.http]]
route = "/inline"
component = { source = "one.wasm" }
dependencies.middleware = [{ component = "two" }]
[component.two.dependencies]
"a:b" = ">=1.0"
"c:d" = { version = "1", registry = "x" }
"e:f" = { url = "http://x", digest = "sha256:0" }
"#
        },
        &[
            "component.one-component.files: is not supported",
            "component.one-component.sqlite_databases: is not supported",
            "component.one-component.ai_models: is not supported",
            "component.one-component.dependencies_inherit_configuration: is not supported",
            "trigger.redis: unknown key; known here: http",
            "trigger.http[2].component: inline components are not supported",
            "trigger.http[2].dependencies: middleware is not supported",
            "component.two.dependencies.\"a:b\": must be a table, is a string",
            "component.two.dependencies.\"c:d\".version: only `path` and `component`",
            "component.two.dependencies.\"c:d\".registry: only `path` and `component`",
            "component.two.dependencies.\"c:d\": needs either `path` or `component`",
            "component.two.dependencies.\"e:f\".url: only `path` and `component`",
            "component.two.dependencies.\"e:f\".digest: only `path` and `component`",
            "component.two.dependencies.\"e:f\": needs either `path` or `component`",
        ],
    );
}

#[test]
fn wrong_types_say_what_is_there_and_what_would_be_right() {
    refused(
        |manifest| {
            manifest
                .replace("version = \"1.0.0\"", "version = 1")
                .replace("authors = [\"a@example.com\"]", "authors = [\"a\", 2]")
                .replace("environment = { LEVEL = \"info\" }", "environment = { LEVEL = true }")
                .replace("spin_manifest_version = 2", "spin_manifest_version = 1")
        },
        &[
            "application.version: must be a string, is an integer",
            "application.authors[1]: must be a string, is an integer",
            "component.one-component.environment.LEVEL: must be a string, is true or false",
            "spin_manifest_version: must be 2",
        ],
    );
}

#[test]
fn routes_and_references_that_lead_nowhere_are_named() {
    refused(
        |manifest| {
            manifest.to_owned()
                + r#"
[[trigger.http]]
route = "/a/..."
component = "two"
[[trigger.http]]
route = "/b"
component = "three"
[[trigger.http]]
route = "relative"
component = "two"
[[trigger.http]]
component = "two"
[component.two.dependencies]
"a:b" = { component = "four" }
"#
        },
        &[
            "trigger.http[2].route: \"/a/...\" is there twice",
            "trigger.http[3].component: there is no [component.three]",
            "trigger.http[4].route: must begin with a slash",
            "trigger.http[5].route: is missing",
            "component.two.dependencies.\"a:b\": there is no [component.four]",
            "component.two.dependencies.\"a:b\": component two has no such import",
        ],
    );
}

#[test]
fn variables_and_hosts_that_cannot_be_resolved_are_named() {
    refused(
        |manifest| {
            manifest
                .replace("\"https://{{ host }}\"", "\"https://{{ hots }}\", \"example.com\"")
                .replace("url = \"https://{{ host }}/\"", "url = \"{{ host\"")
                .replace(
                    "host = { default = \"example.com\" }",
                    "host = {}\nBad = { default = \"\" }",
                )
        },
        &[
            "component.one-component.allowed_outbound_hosts: \"hots\" is not one of",
            "component.one-component.allowed_outbound_hosts: \"example.com\" must be scheme://",
            "component.one-component.variables.url: \"{{ host\" has a {{ without",
            "variables.host: needs a default, or required = true",
            "variables.host: is required, and not set",
            "variables.Bad: must be lower_snake_case",
        ],
    );
}

#[test]
fn unknown_inherited_words_are_named() {
    refused(
        |manifest| {
            manifest.to_owned()
                + "[component.part.dependencies]\n\
                   \"a:b/c\" = { component = \"two\", inherit_configuration = [\"key_value\"] }\n"
        },
        &["component.part.dependencies.\"a:b/c\".inherit_configuration: \"key_value\" is none of"],
    );
}

#[test]
fn text_that_is_not_toml_is_named_with_its_line() {
    let problems = application("spin_manifest_version = 2\nx = = 1\n").native().unwrap_err();
    assert!(problems.iter().any(|problem| problem.line == Some(2)), "{problems:?}");
}

#[test]
fn a_missing_manifest_is_one_problem() {
    let folder = tempfile::tempdir().unwrap();
    let options =
        meridian_manifest::LoadOptions { database: DatabaseMode::Remote, variable: &|_| None };
    let problems = meridian_manifest::load(&folder.path().join("spin.toml"), &options).unwrap_err();
    assert!(text(&problems).contains("cannot read"), "{problems:?}");
}
