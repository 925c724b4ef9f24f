//! One file per organisation (`tenants/README.md`).

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// An organisation as a file describes it, and as the platform API takes it.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Tenant {
    /// Unique; part of public addresses.
    pub slug: String,
    /// The name people see.
    pub name: String,
    /// Whoever may do everything in it.
    pub owner: Owner,
    /// Its plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    /// Whether it is a platform customer.
    #[serde(rename(serialize = "isPlatform"), skip_serializing_if = "Option::is_none")]
    pub is_platform: Option<bool>,
    /// Host names that stand for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domains: Option<Vec<String>>,
    /// How it looks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand: Option<Brand>,
    /// Bounds of its own, by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limits: Option<Map<String, Value>>,
}

/// Whoever may do everything.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Owner {
    /// The address.
    pub email: String,
    /// The name people see.
    pub name: String,
    /// Part of public addresses.
    pub username: String,
    /// IANA.
    #[serde(rename(serialize = "timeZone"))]
    pub time_zone: String,
    /// Only used when the owner is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
}

/// How an organisation looks.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Brand {
    /// In place of the organisation's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// An address of a picture.
    #[serde(rename(serialize = "logoUrl"), skip_serializing_if = "Option::is_none")]
    pub logo_url: Option<String>,
    /// Such as `#102030`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
    /// The sender of its e-mail.
    #[serde(rename(serialize = "emailFrom"), skip_serializing_if = "Option::is_none")]
    pub email_from: Option<String>,
}

impl Tenant {
    /// What the file says and the organisation is not: the body of a change.
    /// What the file does not say stays as it is, and so does the owner.
    pub fn differences(&self, current: &Value) -> Map<String, Value> {
        let Ok(Value::Object(mut wanted)) = serde_json::to_value(self) else {
            return Map::new();
        };
        wanted.remove("slug");
        wanted.remove("owner");
        wanted.retain(|name, value| !is_as_wanted(value, current.get(name)));
        // The API replaces objects as a whole.
        for (name, value) in &mut wanted {
            keep_unsaid(value, current.get(name));
        }
        wanted
    }
}

/// Objects only need to have what the file says.
fn is_as_wanted(wanted: &Value, current: Option<&Value>) -> bool {
    match (wanted, current) {
        (Value::Object(wanted), Some(Value::Object(current))) => {
            wanted.iter().all(|(name, value)| is_as_wanted(value, current.get(name)))
        }
        (Value::Array(wanted), Some(Value::Array(current))) => {
            let mut both = [wanted.clone(), current.clone()];
            for list in &mut both {
                list.sort_by_key(ToString::to_string);
            }
            let [wanted, current] = both;
            wanted == current
        }
        (wanted, current) => Some(wanted) == current,
    }
}

/// Adds to an object what only the current one has.
fn keep_unsaid(wanted: &mut Value, current: Option<&Value>) {
    if let (Value::Object(wanted), Some(Value::Object(current))) = (wanted, current) {
        for (name, value) in current {
            wanted.entry(name).or_insert_with(|| value.clone());
        }
    }
}

/// Every `.toml` of a folder, by name.
pub fn read_folder(folder: &Path) -> anyhow::Result<Vec<Tenant>> {
    let entries = std::fs::read_dir(folder)
        .with_context(|| format!("the folder {} cannot be read", folder.display()))?;
    let paths: Result<Vec<PathBuf>, _> =
        entries.map(|entry| entry.map(|entry| entry.path())).collect();
    let mut paths = paths?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    if paths.is_empty() {
        bail!("the folder {} has no .toml files", folder.display());
    }
    paths.iter().map(|path| read(path)).collect()
}

fn read(path: &Path) -> anyhow::Result<Tenant> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("{} cannot be read", path.display()))?;
    toml::from_str(&text).with_context(|| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const FILE: &str = r##"
        slug = "acme"
        name = "Acme"
        is_platform = true
        domains = ["cal.acme.example", "meet.acme.example"]

        [owner]
        email = "ada@acme.example"
        name = "Ada"
        username = "ada"
        time_zone = "Europe/London"

        [brand]
        logo_url = "https://acme.example/logo.png"
        color = "#102030"
    "##;

    fn tenant() -> Tenant {
        toml::from_str(FILE).unwrap()
    }

    #[test]
    fn a_file_becomes_the_body_of_the_platform_api() {
        let body = serde_json::to_value(tenant()).unwrap();
        assert_eq!(
            body,
            json!({
                "slug": "acme",
                "name": "Acme",
                "isPlatform": true,
                "domains": ["cal.acme.example", "meet.acme.example"],
                "owner": {
                    "email": "ada@acme.example",
                    "name": "Ada",
                    "username": "ada",
                    "timeZone": "Europe/London",
                },
                "brand": {"logoUrl": "https://acme.example/logo.png", "color": "#102030"},
            })
        );
    }

    #[test]
    fn only_what_differs_is_changed() {
        let current = json!({
            "slug": "acme",
            "name": "Acme Ltd",
            "plan": "enterprise",
            "isPlatform": true,
            "domains": ["meet.acme.example", "cal.acme.example"],
            "brand": {"name": "Acme!", "color": "#000000"},
            "limits": {"users": 5},
        });
        let patch = Value::Object(tenant().differences(&current));
        let logo = "https://acme.example/logo.png";
        let brand = json!({"name": "Acme!", "logoUrl": logo, "color": "#102030"});
        assert_eq!(patch, json!({"name": "Acme", "brand": brand}));
    }

    #[test]
    fn unknown_keys_are_mistakes() {
        let text = FILE.replace("is_platform", "is_plattform");
        assert!(toml::from_str::<Tenant>(&text).unwrap_err().to_string().contains("is_plattform"));
    }
}
