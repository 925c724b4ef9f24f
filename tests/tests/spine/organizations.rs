//! The platform's own API: provisioning and the life of an organisation.

use meridian_tests::in_both_modes;
use serde_json::{Value, json};

fn provision(slug: &str, domain: &str) -> Value {
    json!({
        "slug": slug, "name": "Some Organisation", "domains": [domain],
        "owner": {"email": "o@example.com", "name": "O", "username": "o", "timeZone": "UTC"},
    })
}

#[test]
fn a_taken_slug_or_domain_is_a_conflict_and_leaves_nothing() {
    in_both_modes(|server| {
        let taken = server.organization();
        let platform = server.platform();
        let domain = format!("{}.example.com", taken.slug);
        let slug = format!("{}-b", taken.slug);
        platform.post("/platform/organizations", &provision(&slug, &domain)).data(201);
        let message = platform
            .post("/platform/organizations", &provision(&taken.slug, "x.example.com"))
            .error(409);
        assert!(message.contains(&taken.slug), "{message}");
        let other = format!("{}-c", taken.slug);
        let message =
            platform.post("/platform/organizations", &provision(&other, &domain)).error(409);
        assert!(message.contains(&domain), "{message}");
        platform.get(&format!("/platform/organizations/{other}")).error(404);
    });
}

#[test]
fn of_many_provisionings_of_one_slug_one_succeeds() {
    in_both_modes(|server| {
        let slug = format!("{}-race", server.organization().slug);
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|number| {
                    let (client, slug) = (server.platform(), slug.clone());
                    scope.spawn(move || {
                        let body = provision(&slug, &format!("{slug}-{number}.example.com"));
                        client.post("/platform/organizations", &body).status
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
        assert!(statuses.iter().all(|status| matches!(status, 201 | 409)), "{statuses:?}");
    });
}

#[test]
fn a_suspended_organisation_is_refused_everywhere_until_it_is_resumed() {
    in_both_modes(|server| {
        let organization = server.organization();
        let event_type = organization.event_type("kept", 30);
        let slots = format!("/v2/slots?eventTypeId={event_type}&start=2050-09-05&end=2050-09-05");
        organization.slots().get(&slots).data(200);
        let path = format!("/platform/organizations/{}", organization.slug);
        server.platform().post(&format!("{path}/suspend"), &json!({})).data(200);
        for answer in [
            organization.client.get("/v2/me"),
            organization.slots().get(&slots),
            organization.bookings().post(
                "/v2/bookings",
                &organization.booking(event_type, "2050-09-05T07:00:00.000Z"),
            ),
        ] {
            assert!(answer.error(403).contains("suspended"), "{}", answer.text);
        }
        server.platform().post(&format!("{path}/resume"), &json!({})).data(200);
        organization.client.get("/v2/me").data(200);
        organization.slots().get(&slots).data(200);
    });
}

#[test]
fn a_deleted_organisation_frees_its_slug_and_its_ids_name_nothing() {
    in_both_modes(|server| {
        let organization = server.organization();
        let event_type = organization.event_type("gone", 30);
        organization.client.get("/v2/me").data(200);
        let path = format!("/platform/organizations/{}", organization.slug);
        server.platform().delete(&path).data(200);
        server.platform().get(&path).error(404);
        organization.client.get("/v2/me").error(401);
        let slots = format!("/v2/slots?eventTypeId={event_type}&start=2050-09-05&end=2050-09-05");
        assert_eq!(organization.slots().get(&slots).status, 404);
        let body = provision(&organization.slug, "again.example.net");
        let again = server.platform().post("/platform/organizations", &body).data(201);
        assert_ne!(again["id"], organization.id);
        server.platform().delete(&path).data(200);
    });
}

#[test]
fn an_operator_reads_changes_and_makes_keys() {
    in_both_modes(|server| {
        let organization = server.organization();
        let path = format!("/platform/organizations/{}", organization.slug);
        let read = server.platform().get(&path).data(200);
        assert_eq!(read["id"], organization.id);
        let change =
            json!({"name": "Renamed", "plan": "SCALE", "brand": {"name": "B", "color": "#112233"}});
        server.platform().patch(&path, &change).data(200);
        let read = server.platform().get(&path).data(200);
        assert_eq!(read["name"], "Renamed");
        assert_eq!(read["brand"]["color"], "#112233");
        let keys = format!("{path}/api-keys");
        let made = server.platform().post(&keys, &json!({"email": organization.email})).data(201);
        let client = server.client().bearer(made["apiKey"].as_str().unwrap());
        assert_eq!(client.get("/v2/me").data(200)["id"], organization.owner_id);
        server.platform().post(&keys, &json!({"email": "nobody@example.com"})).error(404);
        let listed = server.platform().get("/platform/organizations?take=250").data(200);
        let slugs = listed
            .as_array()
            .unwrap()
            .iter()
            .filter(|row| row["slug"] == organization.slug.as_str());
        assert_eq!(slugs.count(), 1);
    });
}

#[test]
fn the_platform_secret_is_needed_and_a_users_key_is_not_it() {
    in_both_modes(|server| {
        let organization = server.organization();
        for client in
            [server.client(), organization.client.clone(), server.client().bearer("wrong")]
        {
            let answer = client.get("/platform/organizations");
            assert_eq!(answer.status, 401, "{}", answer.text);
        }
        let refused = server
            .platform()
            .post("/platform/organizations", &json!({"slug": "A B", "owner": {"email": "x"}}));
        let message = refused.error(400);
        for field in
            ["slug ", "name ", "owner.email ", "owner.name ", "owner.username ", "owner.timeZone "]
        {
            assert!(message.contains(field), "{field}: {message}");
        }
        let info = server.client().get("/platform/info");
        let versions =
            if info.status == 200 { info } else { server.platform().get("/platform/info") };
        assert_eq!(versions.status, 200, "{}", versions.text);
        assert!(
            versions.text.contains(meridian_kernel::Zone::DATABASE_VERSION),
            "{}",
            versions.text
        );
    });
}
