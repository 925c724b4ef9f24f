//! `limits` of an organisation or a key: whole numbers by name, and rate limits.

use meridian_gateway::validate::{Fields, Violation, count};
use meridian_kernel::Rate;
use meridian_store::organizations::RATE_LIMITS;
use serde_json::{Map, Value, json};

/// How many numbers there are at most.
const MAX_LIMITS: usize = 50;

/// How many windows there are at most: each is counted with every request.
const MAX_RATES: usize = 5;

/// How long the block is where nothing else is said, in milliseconds.
const DEFAULT_BLOCK: u32 = 60_000;

/// `limits` of an organisation: what a number limits is its own feature's matter.
pub fn read(fields: &mut Fields<'_>) -> Map<String, Value> {
    let rates = read_rates(fields);
    let mut limits = Map::new();
    for name in fields.names() {
        if name == RATE_LIMITS {
            continue;
        }
        let number = fields.optional(name, count(0, u32::MAX));
        limits.extend(number.map(|number| (name.to_owned(), Value::from(number))));
        if limits.len() > MAX_LIMITS {
            let text = format!("is one number too many: there may be {MAX_LIMITS}");
            fields.refuse(name, &Violation::new("isLimits", text));
            break;
        }
    }
    if !rates.is_empty() {
        limits.insert(RATE_LIMITS.to_owned(), json!(rates));
    }
    limits
}

/// `rateLimits`: how often credentials may ask, as `{name, limit, ttl, blockDuration}`
/// in milliseconds, each name once.
pub fn read_rates(fields: &mut Fields<'_>) -> Vec<Rate> {
    let rates = fields.objects(RATE_LIMITS, MAX_RATES, |rate| Rate {
        name: rate.required("name", name).into(),
        limit: rate.required("limit", count(1, Rate::MAX_LIMIT)),
        period: rate.required("ttl", count(1, Rate::MAX_PERIOD)),
        block: rate.optional("blockDuration", count(0, Rate::MAX_PERIOD)).unwrap_or(DEFAULT_BLOCK),
    });
    let rates = rates.unwrap_or_default();
    let is_again = |(index, rate): (usize, &Rate)| {
        rates.iter().take(index).any(|other| other.name.eq_ignore_ascii_case(&rate.name))
    };
    if rates.iter().enumerate().any(is_again) {
        fields.refuse(RATE_LIMITS, &Violation::new("arrayUnique", "must have each name once"));
    }
    rates
}

/// What can be part of the name of a header.
fn name(value: &Value) -> Result<String, Violation> {
    let rule = "must be 1 to 32 of the characters A-Z, a-z, 0-9, - and _";
    let name = value.as_str().unwrap_or_default();
    let plain = |c: u8| c.is_ascii_alphanumeric() || c == b'-' || c == b'_';
    let fits = (1..=Rate::MAX_NAME).contains(&name.len()) && name.bytes().all(plain);
    if fits { Ok(name.to_owned()) } else { Err(Violation::new("isRateName", rule)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rates(value: &Value) -> Result<Vec<Rate>, String> {
        let mut fields = Fields::of(value);
        let rates = read_rates(&mut fields);
        fields.finish().map(|()| rates).map_err(|error| error.message)
    }

    #[test]
    fn rate_limits_are_read_with_their_block() {
        let given = json!({"rateLimits": [
            {"name": "burst", "limit": 10, "ttl": 1000, "blockDuration": 0},
            {"name": "Hour", "limit": 1000, "ttl": 3_600_000}]});
        let read = rates(&given).unwrap();
        let burst = Rate::new("burst", 10, 1000);
        assert_eq!(read, [burst, Rate::new("Hour", 1000, 3_600_000).blocking(60_000)]);
        assert_eq!(rates(&json!({})), Ok(Vec::new()));
    }

    #[test]
    fn a_name_comes_once_and_fits_a_header() {
        let row = |name: &str| json!({"name": name, "limit": 1, "ttl": 1});
        let twice = rates(&json!({"rateLimits": [row("a"), row("A")]})).unwrap_err();
        assert!(twice.contains("each name once"), "{twice}");
        for name in ["", "a b", "ä", "a:b", &"x".repeat(33)] {
            assert!(rates(&json!({"rateLimits": [row(name)]})).is_err(), "{name}");
        }
        let many: Vec<Value> = ["a", "b", "c", "d", "e", "f"].map(row).to_vec();
        assert!(rates(&json!({"rateLimits": many})).is_err());
    }
}
