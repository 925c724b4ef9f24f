//! Strict reading of TOML tables: every key is asked for by name, and what
//! nobody asked for is a mistake.

use std::collections::BTreeMap;

use toml::de::{DeTable, DeValue};

use crate::problem::Problems;

/// A value and the byte of the manifest it begins at.
#[derive(Clone, Debug)]
pub(crate) struct At<T> {
    pub(crate) at: usize,
    pub(crate) value: T,
}

/// A table that is being read.
pub(crate) struct Section<'t> {
    /// Where the table is, as one would write it in TOML.
    pub(crate) path: String,
    pub(crate) at: usize,
    entries: BTreeMap<&'t str, Entry<'t>>,
    asked: Vec<&'static str>,
}

#[derive(Clone, Copy)]
struct Entry<'t> {
    at: usize,
    value: &'t DeValue<'t>,
}

impl<'t> Section<'t> {
    pub(crate) fn new(path: String, at: usize, table: &'t DeTable<'t>) -> Self {
        let entries = table
            .iter()
            .map(|(key, value)| {
                let entry = Entry { at: key.span().start, value: value.get_ref() };
                (key.get_ref().as_ref(), entry)
            })
            .collect();
        Self { path, at, entries, asked: Vec::new() }
    }

    /// The path of a key in this table.
    pub(crate) fn key(&self, name: &str) -> String {
        join(&self.path, name)
    }

    fn take(&mut self, name: &'static str) -> Option<Entry<'t>> {
        self.asked.push(name);
        self.entries.remove(name)
    }

    /// Takes a value without looking into it.
    pub(crate) fn ignore(&mut self, name: &'static str) {
        self.take(name);
    }

    pub(crate) fn string(
        &mut self,
        name: &'static str,
        problems: &mut Problems<'_>,
    ) -> Option<At<String>> {
        let entry = self.take(name)?;
        text(entry, &self.key(name), problems)
    }

    pub(crate) fn required_string(
        &mut self,
        name: &'static str,
        problems: &mut Problems<'_>,
    ) -> Option<At<String>> {
        if !self.entries.contains_key(name) {
            problems.add(self.at, self.key(name), "is missing");
        }
        self.string(name, problems)
    }

    pub(crate) fn boolean(&mut self, name: &'static str, problems: &mut Problems<'_>) -> bool {
        match self.take(name) {
            None => false,
            Some(Entry { value: DeValue::Boolean(value), .. }) => *value,
            Some(entry) => {
                wrong_type(entry, &self.key(name), "true or false", problems);
                false
            }
        }
    }

    pub(crate) fn integer(
        &mut self,
        name: &'static str,
        problems: &mut Problems<'_>,
    ) -> Option<At<String>> {
        let entry = self.take(name)?;
        let DeValue::Integer(value) = entry.value else {
            wrong_type(entry, &self.key(name), "an integer", problems);
            return None;
        };
        Some(At { at: entry.at, value: value.to_string() })
    }

    pub(crate) fn strings(
        &mut self,
        name: &'static str,
        problems: &mut Problems<'_>,
    ) -> Vec<At<String>> {
        match self.take(name) {
            None => Vec::new(),
            Some(entry) => texts(entry, &self.key(name), problems),
        }
    }

    /// One string, or a list of them: Spin takes either for a build command.
    pub(crate) fn string_or_strings(&mut self, name: &'static str, problems: &mut Problems<'_>) {
        if let Some(entry) = self.take(name)
            && !matches!(entry.value, DeValue::String(_))
        {
            texts(entry, &self.key(name), problems);
        }
    }

    /// True, false, or a list of words. A missing key is `None`.
    pub(crate) fn boolean_or_strings(
        &mut self,
        name: &'static str,
        problems: &mut Problems<'_>,
    ) -> Option<Result<bool, Vec<At<String>>>> {
        let entry = self.take(name)?;
        Some(match entry.value {
            DeValue::Boolean(value) => Ok(*value),
            _ => Err(texts(entry, &self.key(name), problems)),
        })
    }

    pub(crate) fn table(
        &mut self,
        name: &'static str,
        problems: &mut Problems<'_>,
    ) -> Option<Section<'t>> {
        let entry = self.take(name)?;
        into_section(entry, self.key(name), problems)
    }

    /// A table whose values are strings.
    pub(crate) fn string_map(
        &mut self,
        name: &'static str,
        problems: &mut Problems<'_>,
    ) -> BTreeMap<String, At<String>> {
        let Some(section) = self.table(name, problems) else { return BTreeMap::new() };
        let mut map = BTreeMap::new();
        for (key, entry) in section.entries {
            if let Some(value) = text(entry, &join(&section.path, key), problems) {
                map.insert(key.to_owned(), value);
            }
        }
        map
    }

    /// A table whose values are tables.
    pub(crate) fn tables(
        &mut self,
        name: &'static str,
        problems: &mut Problems<'_>,
    ) -> Vec<(String, Section<'t>)> {
        let Some(section) = self.table(name, problems) else { return Vec::new() };
        let mut tables = Vec::new();
        for (key, entry) in section.entries {
            if let Some(table) = into_section(entry, join(&section.path, key), problems) {
                tables.push((key.to_owned(), table));
            }
        }
        tables
    }

    /// An array of tables.
    pub(crate) fn table_list(
        &mut self,
        name: &'static str,
        problems: &mut Problems<'_>,
    ) -> Vec<Section<'t>> {
        let Some(entry) = self.take(name) else { return Vec::new() };
        let key = self.key(name);
        let DeValue::Array(items) = entry.value else {
            wrong_type(entry, &key, "an array of tables", problems);
            return Vec::new();
        };
        let mut tables = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let entry = Entry { at: item.span().start, value: item.get_ref() };
            if let Some(table) = into_section(entry, format!("{key}[{index}]"), problems) {
                tables.push(table);
            }
        }
        tables
    }

    /// A key that may hold a string or a table.
    pub(crate) fn string_or_table(
        &mut self,
        name: &'static str,
        problems: &mut Problems<'_>,
    ) -> Option<Result<At<String>, Section<'t>>> {
        let entry = self.take(name)?;
        let key = self.key(name);
        match entry.value {
            DeValue::Table(_) => into_section(entry, key, problems).map(Err),
            _ => text(entry, &key, problems).map(Ok),
        }
    }

    /// Refuses a key that Spin knows and the embedded host does not offer.
    pub(crate) fn refuse(&mut self, name: &'static str, why: &str, problems: &mut Problems<'_>) {
        if let Some(entry) = self.entries.remove(name) {
            problems.add(entry.at, self.key(name), why);
        }
    }

    /// Whatever is left was not understood.
    pub(crate) fn finish(self, problems: &mut Problems<'_>) {
        for (name, entry) in &self.entries {
            let known = self.asked.join(", ");
            problems.add(entry.at, self.key(name), format!("unknown key; known here: {known}"));
        }
    }
}

fn join(path: &str, name: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let name = if !name.is_empty() && name.chars().all(bare) {
        name.to_owned()
    } else {
        format!("{name:?}")
    };
    if path.is_empty() { name } else { format!("{path}.{name}") }
}

fn into_section<'t>(
    entry: Entry<'t>,
    path: String,
    problems: &mut Problems<'_>,
) -> Option<Section<'t>> {
    if let DeValue::Table(table) = entry.value {
        return Some(Section::new(path, entry.at, table));
    }
    wrong_type(entry, &path, "a table", problems);
    None
}

fn text(entry: Entry<'_>, key: &str, problems: &mut Problems<'_>) -> Option<At<String>> {
    if let DeValue::String(value) = entry.value {
        return Some(At { at: entry.at, value: value.clone().into_owned() });
    }
    wrong_type(entry, key, "a string", problems);
    None
}

fn texts(entry: Entry<'_>, key: &str, problems: &mut Problems<'_>) -> Vec<At<String>> {
    let DeValue::Array(items) = entry.value else {
        wrong_type(entry, key, "a list of strings", problems);
        return Vec::new();
    };
    let mut values = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let entry = Entry { at: item.span().start, value: item.get_ref() };
        values.extend(text(entry, &format!("{key}[{index}]"), problems));
    }
    values
}

fn wrong_type(entry: Entry<'_>, key: &str, expected: &str, problems: &mut Problems<'_>) {
    let actual = match entry.value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "an integer",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    };
    problems.add(entry.at, key, format!("must be {expected}, is {actual}"));
}
