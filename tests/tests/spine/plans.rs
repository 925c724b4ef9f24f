//! What a platform customer's plan covers.

use meridian_tests::in_both_modes;
use serde_json::json;

#[test]
fn a_platform_customer_reaches_what_its_plan_covers_from_the_next_request_on() {
    in_both_modes(|server| {
        let acme = server.organization();
        let members = format!("/v2/organizations/{}/memberships", acme.id);
        let platform = format!("/platform/organizations/{}", acme.slug);
        acme.client.get(&members).data(200);
        for (is_platform, plan, is_covered) in [
            (false, "FREE", true),
            (true, "FREE", false),
            (true, "STARTER", false),
            (true, "ESSENTIALS", true),
            (true, "ENTERPRISE", true),
        ] {
            let change = json!({"isPlatform": is_platform, "plan": plan});
            server.platform().patch(&platform, &change).data(200);
            let answer = acme.client.get(&members);
            if is_covered {
                answer.data(200);
            } else {
                assert_eq!(answer.error(403), "Forbidden resource", "{plan}");
            }
            // What is not about the organisation asks for no plan.
            acme.client.get("/v2/me").data(200);
            acme.client.get("/v2/teams").data(200);
        }
    });
}
