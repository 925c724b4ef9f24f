//! What operators send, validated.

use std::collections::BTreeSet;

use meridian_gateway::ApiError;
use meridian_gateway::validate::{
    Fields, Violation, array, boolean, color, email, one_of, text, url, username, zone,
};
use meridian_kernel::{Patch, Secret, Zone};
use meridian_store::organizations::{NewOrganization, OrganizationChange, Owner};
use meridian_vault::{MAX_PASSWORD, MIN_PASSWORD};
use serde_json::{Map, Value};

use crate::limits;

const PLANS: &[&str] = &["FREE", "STARTER", "ESSENTIALS", "SCALE", "ENTERPRISE"];
const DEFAULT_PLAN: &str = "FREE";

/// As host names have it: a slug may become one.
const MAX_SLUG: usize = 63;
const MAX_NAME: usize = 255;
const MAX_DOMAINS: usize = 20;
/// RFC 1035, 2.3.4.
const MAX_HOST: usize = 253;
const MAX_LABEL: usize = 63;

/// A new organisation and its first user.
pub struct Provisioning {
    /// What goes to the platform's database.
    pub organization: NewOrganization,
    /// For people.
    pub owner_name: String,
    /// Theirs, and that of their first schedule.
    pub owner_zone: Zone,
    /// In clear, until it is hashed.
    pub owner_password: Option<Secret>,
}

/// Reads the body of `POST /platform/organizations`.
pub fn read_provisioning(body: &Value) -> Result<Provisioning, ApiError> {
    let mut fields = Fields::of(body);
    let slug = fields.required("slug", slug);
    let name = fields.required("name", text(1, MAX_NAME));
    let owner = fields.object("owner", read_owner);
    if !fields.has("owner") {
        fields.refuse("owner", &Violation::new("isObject", "must be an object"));
    }
    let owner = owner.unwrap_or_default();
    let organization = NewOrganization {
        slug,
        name,
        plan: fields.optional("plan", one_of(PLANS)).unwrap_or(DEFAULT_PLAN).to_owned(),
        is_platform: fields.optional("isPlatform", boolean()).unwrap_or(false),
        owner: Owner { id: 0, email: owner.email, username: owner.username },
        brand: fields.object("brand", read_brand).map(Value::Object),
        limits: fields.object("limits", limits::read).map(Value::Object),
        domains: fields.optional("domains", domains).unwrap_or_default(),
    };
    fields.finish()?;
    Ok(Provisioning {
        organization,
        owner_name: owner.name,
        owner_zone: owner.zone.unwrap_or(Zone::UTC),
        owner_password: owner.password,
    })
}

#[derive(Default)]
struct OwnerInput {
    email: String,
    name: String,
    username: String,
    zone: Option<Zone>,
    password: Option<Secret>,
}

fn read_owner(fields: &mut Fields<'_>) -> OwnerInput {
    OwnerInput {
        email: fields.required("email", email()),
        name: fields.required("name", text(1, MAX_NAME)),
        username: fields.required("username", username()),
        zone: fields.required_some("timeZone", zone()),
        password: fields.optional("password", password),
    }
}

fn password(value: &Value) -> Result<Secret, Violation> {
    text(MIN_PASSWORD, MAX_PASSWORD)(value).map(Secret::new)
}

/// Reads the body of `PATCH /platform/organizations/:slug`. `brand`, `limits` and
/// `domains` each take the place of what was there as a whole.
pub fn read_change(body: &Value) -> Result<OrganizationChange, ApiError> {
    let mut fields = Fields::of(body);
    let change = OrganizationChange {
        slug: fields.optional("slug", slug),
        name: fields.optional("name", text(1, MAX_NAME)),
        plan: fields.optional("plan", one_of(PLANS)).map(str::to_owned),
        is_platform: fields.optional("isPlatform", boolean()),
        brand: match fields.raw("brand") {
            Some(Value::Null) => Patch::Null,
            _ => fields
                .object("brand", read_brand)
                .map_or(Patch::Absent, |brand| Patch::Value(Value::Object(brand))),
        },
        limits: match fields.raw("limits") {
            Some(Value::Null) => Patch::Null,
            _ => fields
                .object("limits", limits::read)
                .map_or(Patch::Absent, |limits| Patch::Value(Value::Object(limits))),
        },
        domains: match fields.patch("domains", domains) {
            Patch::Absent => None,
            Patch::Null => Some(Vec::new()),
            Patch::Value(domains) => Some(domains),
        },
    };
    fields.finish()?;
    Ok(change)
}

/// Only what is known is kept, as everywhere.
fn read_brand(fields: &mut Fields<'_>) -> Map<String, Value> {
    let known = [
        ("name", fields.optional("name", text(1, MAX_NAME))),
        ("logoUrl", fields.optional("logoUrl", url())),
        ("color", fields.optional("color", color())),
        ("emailFrom", fields.optional("emailFrom", email())),
    ];
    let given = known.into_iter().filter_map(|(name, value)| Some((name, value?)));
    given.map(|(name, value)| (name.to_owned(), Value::String(value))).collect()
}

fn slug(value: &Value) -> Result<String, Violation> {
    let rule = "must be 1 to 63 of the characters a-z, 0-9 and -";
    let slug = value.as_str().unwrap_or_default();
    let plain = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
    let fits = (1..=MAX_SLUG).contains(&slug.len()) && slug.bytes().all(plain);
    if fits { Ok(slug.to_owned()) } else { Err(Violation::new("isSlug", rule)) }
}

/// Host names in lower case, each once.
fn domains(value: &Value) -> Result<Vec<String>, Violation> {
    let hosts = array(MAX_DOMAINS, host)(value)?;
    Ok(hosts.into_iter().collect::<BTreeSet<_>>().into_iter().collect())
}

fn host(value: &Value) -> Result<String, Violation> {
    let rule = "must be a host name without a port, such as meet.example.org";
    let host = value.as_str().unwrap_or_default().to_ascii_lowercase();
    let plain = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
    let is_label = |label: &str| {
        (1..=MAX_LABEL).contains(&label.len())
            && label.bytes().all(plain)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let is_address = host.parse::<std::net::IpAddr>().is_ok();
    let fits = host.len() <= MAX_HOST
        && host.contains('.')
        && host.split('.').all(is_label)
        && !is_address;
    if fits { Ok(host) } else { Err(Violation::new("isFqdn", rule)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn minimal() -> Value {
        json!({
            "slug": "acme", "name": "Acme",
            "owner": {"email": "ada@acme.org", "name": "Ada", "username": "ada", "timeZone": "europe/rome"},
        })
    }

    #[test]
    fn the_least_and_the_most_that_can_be_said() {
        let least = read_provisioning(&minimal()).unwrap();
        assert_eq!(least.organization.plan, "FREE");
        assert_eq!(least.owner_zone.name(), "Europe/Rome");
        assert!(least.organization.brand.is_none() && least.organization.domains.is_empty());

        let mut body = minimal();
        body["plan"] = json!("SCALE");
        body["isPlatform"] = json!(true);
        body["domains"] = json!(["Meet.Acme.org", "meet.acme.org", "a.acme.org"]);
        body["brand"] = json!({"name": "Acme", "color": "#1a2b3c", "logoUrl": "https://acme.org/l.png", "emailFrom": "hi@acme.org", "other": 1});
        body["limits"] = json!({"users": 10});
        body["owner"]["password"] = json!("correct horse");
        let most = read_provisioning(&body).unwrap();
        assert_eq!(most.organization.domains, ["a.acme.org", "meet.acme.org"]);
        assert!(most.organization.is_platform);
        assert!(most.owner_password.is_some());
        let brand = most.organization.brand.unwrap();
        assert_eq!(brand["color"], "#1a2b3c");
        assert!(brand.get("other").is_none());
    }

    #[test]
    fn every_mistake_is_named_with_its_path() {
        let body = json!({
            "slug": "Acme!", "owner": {"email": "x", "username": "A b", "timeZone": "Mars", "password": "short"},
            "plan": "GOLD", "domains": ["localhost"], "brand": {"color": "red"}, "limits": {"users": -1, "rateLimits": [{"name": "a b", "limit": 0}]},
        });
        let error = read_provisioning(&body).err().unwrap();
        assert_eq!(error.status, http::StatusCode::BAD_REQUEST);
        for path in [
            "slug",
            "name",
            "owner.email",
            "owner.name",
            "owner.username",
            "owner.timeZone",
            "owner.password",
            "plan",
            "domains",
            "brand.color",
            "limits.users",
            "limits.rateLimits.0.name",
            "limits.rateLimits.0.limit",
            "limits.rateLimits.0.ttl",
        ] {
            assert!(error.message.contains(&format!("{path} ")), "{path}: {}", error.message);
        }
        assert!(read_provisioning(&json!({})).err().unwrap().message.contains("owner must be"));
    }

    #[test]
    fn slugs_and_hosts_have_one_form() {
        for good in ["a", "a-1", &"x".repeat(63)] {
            assert!(slug(&json!(good)).is_ok(), "{good}");
        }
        for bad in ["", "A", "a.b", "a b", "ä", &"x".repeat(64)] {
            assert!(slug(&json!(bad)).is_err(), "{bad}");
        }
        for bad in ["", "localhost", "a..b", "-a.b", "a.b:80", "127.0.0.1", "http://a.b", "a.b/c"] {
            assert!(host(&json!(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_change_tells_absent_from_null() {
        let change = read_change(&json!({"name": "New", "brand": null, "domains": null})).unwrap();
        assert_eq!(change.name.as_deref(), Some("New"));
        assert_eq!(change.brand, Patch::Null);
        assert_eq!(change.limits, Patch::Absent);
        assert_eq!(change.domains, Some(Vec::new()));
        assert!(change.plan.is_none());
    }
}
