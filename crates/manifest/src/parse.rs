//! From text to [`Manifest`].

use toml::de::DeTable;

use crate::{
    interface::{CAPABILITIES, InterfaceName, is_kebab, is_snake},
    manifest::{
        ComponentEntry, Dependency, DependencySource, Inherit, Manifest, Trigger, Variable,
    },
    problem::Problems,
    section::{At, Section},
};

/// Reads what can be read, and notes what cannot.
pub(crate) fn parse(text: &str, problems: &mut Problems<'_>) -> Manifest {
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let at = error.span().map_or(0, |span| span.start);
        problems.add(at, "", error.message());
    }
    let mut root = Section::new(String::new(), 0, table.get_ref());
    version(&mut root, problems);
    let mut manifest = Manifest {
        name: application(&mut root, problems),
        variables: root
            .tables("variables", problems)
            .into_iter()
            .map(|(name, section)| (name, variable(section, problems)))
            .collect(),
        triggers: triggers(&mut root, problems),
        ..Manifest::default()
    };
    for name in manifest.variables.keys().filter(|name| !is_snake(name)) {
        problems.add(root.at, format!("variables.{name}"), "must be lower_snake_case");
    }
    for (id, section) in root.tables("component", problems) {
        if !is_kebab(&id) {
            problems.add(section.at, section.path.as_str(), "the id must be kebab-case");
        }
        if let Some(entry) = component(section, problems) {
            manifest.components.insert(id, entry);
        }
    }
    root.finish(problems);
    manifest
}

fn version(root: &mut Section<'_>, problems: &mut Problems<'_>) {
    const KEY: &str = "spin_manifest_version";
    match root.integer(KEY, problems) {
        Some(version) if version.value == "2" => {}
        Some(version) => problems.add(version.at, KEY, "must be 2"),
        None => problems.add(root.at, KEY, "must be there and be 2"),
    }
}

fn application(root: &mut Section<'_>, problems: &mut Problems<'_>) -> String {
    let Some(mut section) = root.table("application", problems) else {
        problems.add(root.at, "application", "is missing");
        return String::new();
    };
    let name = section.required_string("name", problems);
    section.string("version", problems);
    section.string("description", problems);
    section.strings("authors", problems);
    section.strings("targets", problems);
    section.ignore("tool");
    section.finish(problems);
    name.map(|name| name.value).unwrap_or_default()
}

fn variable(mut section: Section<'_>, problems: &mut Problems<'_>) -> Variable {
    let default = section.string("default", problems).map(|default| default.value);
    let required = section.boolean("required", problems);
    section.boolean("secret", problems);
    section.string("description", problems);
    if default.is_none() && !required {
        let message = "needs a default, or required = true";
        problems.add(section.at, section.path.as_str(), message);
    } else if default.is_some() && required {
        let message = "has a default and is required; one of them is meant";
        problems.add(section.at, section.path.as_str(), message);
    }
    let at = section.at;
    section.finish(problems);
    Variable { at, default }
}

fn triggers(root: &mut Section<'_>, problems: &mut Problems<'_>) -> Vec<Trigger> {
    let Some(mut section) = root.table("trigger", problems) else { return Vec::new() };
    let list = section.table_list("http", problems);
    section.finish(problems);
    list.into_iter().filter_map(|trigger| http_trigger(trigger, problems)).collect()
}

fn http_trigger(mut section: Section<'_>, problems: &mut Problems<'_>) -> Option<Trigger> {
    section.string("id", problems);
    let component = match section.string_or_table("component", problems) {
        Some(Ok(id)) => Some(id),
        Some(Err(inline)) => {
            let message = "inline components are not supported: name a [component.<id>]";
            problems.add(inline.at, inline.path.as_str(), message);
            None
        }
        None => {
            problems.add(section.at, section.key("component"), "is missing");
            None
        }
    };
    let route = route(&mut section, problems);
    section.refuse("dependencies", "middleware is not supported", problems);
    section.refuse("components", "only `component` is supported", problems);
    section.refuse("executor", "only the default executor is supported", problems);
    let path = section.path.clone();
    section.finish(problems);
    Some(Trigger { route: route?, component: component?, path })
}

/// A path, or `{ private = true }`. The outer `None` means neither.
#[expect(clippy::option_option, reason = "wrong, private and a path are three things")]
fn route(section: &mut Section<'_>, problems: &mut Problems<'_>) -> Option<Option<At<String>>> {
    match section.string_or_table("route", problems) {
        Some(Ok(path)) => Some(Some(path)),
        Some(Err(mut table)) => {
            let private = table.boolean("private", problems);
            if !private {
                problems.add(table.at, table.path.as_str(), "must be a path or { private = true }");
            }
            table.finish(problems);
            private.then_some(None)
        }
        None => {
            problems.add(section.at, section.key("route"), "is missing");
            None
        }
    }
}

fn component(mut section: Section<'_>, problems: &mut Problems<'_>) -> Option<ComponentEntry> {
    let source = component_source(&mut section, problems);
    section.string("description", problems);
    let key_value_stores = section.strings("key_value_stores", problems);
    let variables = section.string_map("variables", problems);
    let environment = section.string_map("environment", problems);
    let allowed_outbound_hosts = section.strings("allowed_outbound_hosts", problems);
    section.strings("targets", problems);
    build(&mut section, problems);
    let (composed, private_targets) = own_tool(&mut section, problems);
    let dependencies = section
        .tables("dependencies", problems)
        .into_iter()
        .filter_map(|(name, entry)| dependency(&name, entry, problems))
        .collect();
    for name in variables.keys().filter(|name| !is_snake(name)) {
        let key = format!("{}.variables.{name}", section.path);
        problems.add(section.at, key, "must be lower_snake_case");
    }
    refuse_other_grants(&mut section, problems);
    section.finish(problems);
    Some(ComponentEntry {
        source: source?,
        key_value_stores,
        variables,
        environment,
        allowed_outbound_hosts,
        dependencies,
        composed,
        private_targets,
    })
}

fn component_source(section: &mut Section<'_>, problems: &mut Problems<'_>) -> Option<At<String>> {
    match section.string_or_table("source", problems) {
        Some(Ok(source)) => Some(source),
        Some(Err(table)) => {
            problems.add(table.at, table.path.as_str(), "must be the path of a file");
            None
        }
        None => {
            problems.add(section.at, section.key("source"), "is missing");
            None
        }
    }
}

fn refuse_other_grants(section: &mut Section<'_>, problems: &mut Problems<'_>) {
    const UNSUPPORTED: &str = "is not supported";
    for name in ["files", "exclude_files", "sqlite_databases", "ai_models", "profile"] {
        section.refuse(name, UNSUPPORTED, problems);
    }
    let message = "is not supported: use allowed_outbound_hosts";
    section.refuse("allowed_http_hosts", message, problems);
    let message = "is not supported: set inherit_configuration for each dependency";
    section.refuse("dependencies_inherit_configuration", message, problems);
}

fn build(section: &mut Section<'_>, problems: &mut Problems<'_>) {
    let Some(mut build) = section.table("build", problems) else { return };
    build.string_or_strings("command", problems);
    build.string("workdir", problems);
    build.strings("watch", problems);
    build.finish(problems);
}

/// `tool.meridian`. Other tools' tables are theirs.
fn own_tool(
    section: &mut Section<'_>,
    problems: &mut Problems<'_>,
) -> (Option<At<String>>, Option<At<String>>) {
    let Some(mut tools) = section.table("tool", problems) else { return (None, None) };
    let Some(mut own) = tools.table("meridian", problems) else { return (None, None) };
    let composed = own.string("composed", problems);
    let private_targets = own.string("private_targets", problems);
    own.finish(problems);
    (composed, private_targets)
}

fn dependency(
    name: &str,
    mut section: Section<'_>,
    problems: &mut Problems<'_>,
) -> Option<Dependency> {
    let (at, path) = (section.at, section.path.clone());
    let file = section.string("path", problems);
    let component = section.string("component", problems);
    let export = section.string("export", problems).map(|export| export.value);
    let inherit = inherit(&mut section, problems);
    for unsupported in ["version", "registry", "package", "url", "digest"] {
        section.refuse(unsupported, "only `path` and `component` are supported", problems);
    }
    section.finish(problems);
    let source = match (file, component) {
        (Some(file), None) => Some(DependencySource::Path(file.value)),
        (None, Some(component)) => Some(DependencySource::Component(component.value)),
        _ => {
            problems.add(at, path.as_str(), "needs either `path` or `component`");
            None
        }
    };
    let parsed = InterfaceName::parse(name);
    match &parsed {
        None => problems.add(at, path.as_str(), "must be namespace:package[/interface][@version]"),
        Some(name) if name.interface.is_none() && export.is_some() => {
            let message = "`export` needs a dependency on one interface, not on a package";
            problems.add(at, path.as_str(), message);
        }
        Some(_) => {}
    }
    Some(Dependency { at, path, name: parsed?, source: source?, export, inherit })
}

fn inherit(section: &mut Section<'_>, problems: &mut Problems<'_>) -> Inherit {
    match section.boolean_or_strings("inherit_configuration", problems) {
        Some(Ok(true)) => Inherit::All,
        Some(Ok(false)) | None => Inherit::Only(Vec::new()),
        Some(Err(words)) => {
            for word in words.iter().filter(|word| !CAPABILITIES.contains(&word.value.as_str())) {
                let message = format!("{:?} is none of {}", word.value, CAPABILITIES.join(", "));
                problems.add(word.at, section.key("inherit_configuration"), message);
            }
            Inherit::Only(words.into_iter().map(|word| word.value).collect())
        }
    }
}
