//! `GET /v2/timezones`

use std::sync::OnceLock;

use http::{HeaderValue, header};
use meridian_gateway::{ApiError, Reply, Request};
use meridian_kernel::Zone;
use serde::Serialize;

/// The areas of the zone database that name places. What else it has are offsets,
/// abbreviations and countries' old names.
const AREAS: [&str; 10] = [
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
];

/// How long an answer may be kept: the list changes with a release.
const KEEP: HeaderValue = HeaderValue::from_static("public, max-age=86400");

/// A place and its zone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct City {
    city: String,
    timezone: &'static str,
}

/// Every place that gives a zone its name, by its own name, and UTC. Older names of
/// zones are in the list, since they are accepted too.
pub async fn list_time_zones(_request: Request) -> Result<Reply, ApiError> {
    static CITIES: OnceLock<Vec<City>> = OnceLock::new();
    Ok(Reply::ok(CITIES.get_or_init(cities))?.with_header(header::CACHE_CONTROL, KEEP))
}

fn cities() -> Vec<City> {
    let mut cities: Vec<City> = Zone::all().filter_map(city).collect();
    cities.sort();
    cities
}

fn city(zone: Zone) -> Option<City> {
    let timezone = zone.name();
    if timezone == Zone::UTC.name() {
        return Some(City { city: timezone.to_owned(), timezone });
    }
    let (area, place) = timezone.split_once('/')?;
    let (_, city) = place.rsplit_once('/').unwrap_or((area, place));
    AREAS.contains(&area).then(|| City { city: city.replace('_', " "), timezone })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cities_are_sorted_once_each_with_zones_that_are_accepted() {
        let cities = cities();
        assert!(cities.len() > 400, "{}", cities.len());
        assert!(cities.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(cities.iter().all(|city| Zone::parse(city.timezone).is_ok()));
        let has = |name: &str, timezone| cities.contains(&City { city: name.to_owned(), timezone });
        assert!(has("New York", "America/New_York"));
        assert!(has("Buenos Aires", "America/Argentina/Buenos_Aires"));
        assert!(has("UTC", "UTC"));
        assert!(!cities.iter().any(|city| city.timezone.starts_with("Etc/")));
    }
}
