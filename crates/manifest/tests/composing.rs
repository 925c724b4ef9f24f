//! Composition and what a dependency may use.

#![cfg(test)]

mod common;

use common::{Application, text, world};

const DATABASE: &str = "meridian:platform/database@0.1.0";
const IDENTITY: &str = "meridian:platform/identity@0.1.0";
const HANDLER: &str = "wasi:http/handler@0.3.0";
const CLIENT: &str = "wasi:http/client@0.3.0";
const KEY_VALUE: &str = "spin:key-value/key-value@3.0.0";

/// A database adapter, an identity provider on top of it, and a consumer of both.
const MANIFEST: &str = r#"
spin_manifest_version = 2
[application]
name = "test"

[[trigger.http]]
route = "/..."
component = "consumer"

[component.libsql]
source = "libsql.wasm"

[component.auth]
source = "auth.wasm"
[component.auth.tool.meridian]
composed = "composed/auth.wasm"
[component.auth.dependencies]
"meridian:platform/database@0.1.0" = { component = "libsql", inherit_configuration = ["allowed_outbound_hosts"] }

[component.consumer]
source = "consumer.wasm"
[component.consumer.dependencies]
"meridian:platform@0.1.0" = { path = "composed/auth.wasm", inherit_configuration = ["allowed_outbound_hosts", "key_value_stores"] }
"#;

fn application(manifest: &str) -> Application {
    Application::new(manifest)
        .with("libsql", &[CLIENT], &[DATABASE])
        .with("auth", &[DATABASE, KEY_VALUE], &[IDENTITY, HANDLER])
        .with("consumer", &[DATABASE, IDENTITY], &[HANDLER])
}

#[test]
fn a_composed_file_exports_its_own_and_its_dependencies_interfaces() {
    let application = application(MANIFEST);
    let written = application.write_composed().unwrap();
    assert_eq!(written, [application.path("composed/auth.wasm")]);
    let (imports, exports) = world(&std::fs::read(&written[0]).unwrap());
    assert_eq!(imports, [KEY_VALUE, CLIENT]);
    assert_eq!(exports, [DATABASE, IDENTITY]);
}

#[test]
fn with_remote_databases_the_files_are_taken_as_they_are() {
    let application = application(MANIFEST);
    let problems = text(&application.remote().unwrap_err());
    assert!(problems.contains("composed/auth.wasm: cannot be read"), "{problems}");

    application.write_composed().unwrap();
    let app = application.remote().unwrap();
    let (imports, exports) = world(&app.components[0].wasm);
    assert_eq!(imports, [KEY_VALUE, CLIENT]);
    assert_eq!(exports, [HANDLER]);
}

#[test]
fn with_native_databases_the_host_provides_them_to_the_consumer_and_its_dependencies() {
    let app = application(MANIFEST).native().unwrap();
    assert_eq!(app.components.len(), 1);
    assert_eq!(app.components[0].id, "consumer");
    let (imports, exports) = world(&app.components[0].wasm);
    assert_eq!(imports, [DATABASE, KEY_VALUE]);
    assert_eq!(exports, [HANDLER]);
}

#[test]
fn a_component_without_dependencies_is_served_byte_for_byte() {
    let manifest = r#"
        spin_manifest_version = 2
        application = { name = "test" }
        trigger = { http = [{ route = "/", component = "a" }] }
        component.a.source = "a.wasm"
    "#;
    let application = Application::new(manifest).with("a", &[CLIENT], &[HANDLER]);
    let app = application.native().unwrap();
    assert_eq!(app.components[0].wasm, std::fs::read(application.path("a.wasm")).unwrap());
}

#[test]
fn a_grant_that_is_not_inherited_is_named_in_both_modes() {
    let manifest = MANIFEST.replace(
        r#"inherit_configuration = ["allowed_outbound_hosts", "key_value_stores"]"#,
        "inherit_configuration = false",
    );
    let application = application(&manifest);
    application.write_composed().unwrap();
    for problems in [application.native().unwrap_err(), application.remote().unwrap_err()] {
        let problems = text(&problems);
        for (interface, word) in
            [(KEY_VALUE, "key_value_stores"), (CLIENT, "allowed_outbound_hosts")]
        {
            let expected = format!(
                "component.consumer.dependencies.\"meridian:platform@0.1.0\": the dependency \
                 meridian:platform@0.1.0 of component consumer imports {interface}: \
                 inherit_configuration needs \"{word}\""
            );
            assert!(problems.contains(&expected), "{problems}");
        }
    }
}

#[test]
fn inheriting_everything_is_enough() {
    let manifest = MANIFEST.replace(
        r#"inherit_configuration = ["allowed_outbound_hosts", "key_value_stores"]"#,
        "inherit_configuration = true",
    );
    application(&manifest).native().unwrap();
}

#[test]
fn a_dependency_of_a_dependency_is_not_composed_and_said_so() {
    let manifest = MANIFEST.replace(r#"path = "composed/auth.wasm""#, r#"component = "auth""#);
    for problems in
        [application(&manifest).native().unwrap_err(), application(&manifest).remote().unwrap_err()]
    {
        let problems = text(&problems);
        assert!(problems.contains(&format!("imports {DATABASE} itself")), "{problems}");
    }
}

#[test]
fn an_import_that_nothing_provides_is_named() {
    let manifest = MANIFEST.replace("meridian:platform@0.1.0", "meridian:platform/identity@0.1.0");
    let problems = text(&application(&manifest).native().unwrap_err());
    let expected = format!("the component imports {DATABASE}, and no dependency provides it");
    assert!(problems.contains(&expected), "{problems}");
}

#[test]
fn a_dependency_nobody_imports_is_named() {
    let manifest = format!("{MANIFEST}\"other:thing\" = {{ component = \"libsql\" }}\n");
    let problems = text(&application(&manifest).native().unwrap_err());
    assert!(problems.contains("component consumer has no such import"), "{problems}");
    assert!(problems.contains(IDENTITY), "{problems}");
}

#[test]
fn two_dependencies_of_one_package_are_refused_as_spin_does() {
    let manifest = format!("{MANIFEST}\"{DATABASE}\" = {{ component = \"libsql\" }}\n");
    let problems = text(&application(&manifest).native().unwrap_err());
    assert!(problems.contains("Spin takes one dependency per package"), "{problems}");
}

#[test]
fn an_export_of_another_name_can_be_chosen() {
    let manifest = MANIFEST.replace(
        r#"component = "libsql","#,
        r#"component = "libsql", export = "acme:store/data","#,
    );
    let application = application(&manifest).with("libsql", &[CLIENT], &["acme:store/data"]);
    let written = application.write_composed().unwrap();
    let (_, exports) = world(&std::fs::read(&written[0]).unwrap());
    assert_eq!(exports, ["acme:store/data", IDENTITY]);
}

#[test]
fn an_interface_of_another_shape_is_refused() {
    let application = application(MANIFEST).with_text(
        "auth",
        &format!("(component (import \"{DATABASE}\" (instance (export \"g\" (func)))))"),
    );
    let problems = text(&application.write_composed().unwrap_err());
    assert!(problems.contains(&format!("{DATABASE} does not fit")), "{problems}");
}

#[test]
fn components_that_depend_on_themselves_are_refused() {
    let manifest = MANIFEST.replace(
        r#"component = "libsql", inherit_configuration"#,
        r#"path = "composed/auth.wasm", inherit_configuration"#,
    );
    let problems = text(&application(&manifest).native().unwrap_err());
    assert!(problems.contains("lead back to the component itself"), "{problems}");
}

#[test]
fn files_that_are_no_components_are_refused() {
    let application = application(MANIFEST).with_text("consumer", "(module)");
    let problems = text(&application.native().unwrap_err());
    assert!(problems.contains("consumer.wasm: is not a sound WebAssembly component"), "{problems}");
}

#[test]
fn an_import_of_types_alone_needs_nobody_to_provide_it() {
    let manifest = MANIFEST.replace(
        "\"meridian:platform/database@0.1.0\" = { component = \"libsql\"",
        "\"acme:store/data\" = { component = \"libsql\", export = \"meridian:platform/database@0.1.0\"",
    );
    let types = format!(
        "(component
           (import \"{IDENTITY}\" (instance (type $t (record (field \"a\" u32))) (export \"t\" (type (eq $t)))))
           (import \"acme:store/data\" (instance (export \"f\" (func))))
           (core module $module (func (export \"f\")))
           (core instance $core (instantiate $module))
           (func $f (canon lift (core func $core \"f\")))
           (instance $interface (export \"f\" (func $f)))
           (export \"{IDENTITY}\" (instance $interface)))"
    );
    let application =
        application(&manifest).with_text("auth", &types).with("consumer", &[IDENTITY], &[HANDLER]);
    application.native().unwrap();
}
