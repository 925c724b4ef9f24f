//! The whole flow through a client library that is not ours.

use meridian_tests::{Browser, Client};
use oauth2::basic::BasicClient;
use oauth2::{
    AccessToken, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, HttpRequest,
    HttpResponse, IntrospectionUrl, PkceCodeChallenge, RedirectUrl, RevocationUrl, Scope,
    TokenIntrospectionResponse, TokenResponse, TokenUrl,
};

use super::{App, CALLBACK, Person, in_both_modes, parameter};

/// Sends what the library says. It revokes only over https, which a test has not.
fn transport(server: &Client) -> impl Fn(HttpRequest) -> Result<HttpResponse, std::io::Error> + '_ {
    move |request| {
        let path = request.uri().path_and_query().unwrap().as_str().to_owned();
        let mut client = server.clone();
        for (name, value) in request.headers() {
            client = client.with(name.as_str(), value.to_str().unwrap());
        }
        let body = String::from_utf8(request.body().clone()).unwrap();
        let answer = client.send(request.method().as_str(), &path, Some(body));
        let mut response = http::Response::builder().status(answer.status);
        for (name, value) in &answer.headers {
            response = response.header(name, value);
        }
        Ok(response.body(answer.text.into_bytes()).unwrap())
    }
}

#[test]
fn a_library_completes_the_flow_with_what_it_discovers() {
    in_both_modes(|server| {
        let ada = Person::of(server);
        let plain = server.client();
        let app = App::register(&ada, &plain, "CONFIDENTIAL", &["PROFILE_READ", "BOOKING_READ"]);
        let found = plain.get("/.well-known/oauth-authorization-server").json();
        let address = |name: &str| found[name].as_str().unwrap().to_owned();
        assert_eq!(found["issuer"], plain.base());
        let secure = |name: &str| address(name).replace("http://", "https://");
        let client = BasicClient::new(ClientId::new(app.id.clone()))
            .set_client_secret(ClientSecret::new(app.secret.clone()))
            .set_auth_uri(AuthUrl::new(address("authorization_endpoint")).unwrap())
            .set_token_uri(TokenUrl::new(address("token_endpoint")).unwrap())
            .set_introspection_url(
                IntrospectionUrl::new(address("introspection_endpoint")).unwrap(),
            )
            .set_revocation_url(RevocationUrl::new(secure("revocation_endpoint")).unwrap())
            .set_redirect_uri(RedirectUrl::new(CALLBACK.to_owned()).unwrap());
        let send = transport(&plain);

        // The user, signed out, is sent to the page, signs in there and allows.
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (url, state) = client
            .authorize_url(CsrfToken::new_random)
            .add_scope(Scope::new("PROFILE_READ".to_owned()))
            .set_pkce_challenge(challenge)
            .url();
        let mut browser = Browser::new(plain.clone());
        let path = format!("{}?{}", url.path(), url.query().unwrap());
        let answer = browser.open(&path);
        assert_eq!(answer.status, 303, "{}", answer.text);
        let page = browser.open(answer.header("location"));
        let filled = [("email", ada.email.as_str()), ("password", "correct horse battery staple")];
        let answer = browser.submit(&page, &filled);
        assert_eq!(answer.status, 303, "{}", answer.text);
        let page = browser.open(answer.header("location"));
        assert!(page.text.contains("see your profile"), "{}", page.text);
        let answer = browser.submit(&page, &[("decision", "allow")]);
        assert_eq!(parameter(&answer, "state"), *state.secret());

        // The application exchanges the code.
        let code = AuthorizationCode::new(parameter(&answer, "code"));
        let tokens = client.exchange_code(code).set_pkce_verifier(verifier);
        let tokens = tokens.request(&send).unwrap();
        assert_eq!(tokens.expires_in().unwrap().as_secs(), 1_800);
        assert_eq!(tokens.scopes().unwrap().len(), 1);
        let access = tokens.access_token().secret().as_str();
        assert_eq!(plain.bearer(access).get("/v2/me").data(200)["id"], ada.id);

        // It refreshes, asks what it has, and gives it back.
        let again = client.exchange_refresh_token(tokens.refresh_token().unwrap());
        let again = again.request(&send).unwrap();
        assert_ne!(again.access_token().secret(), access);
        let known = client.introspect(again.access_token()).request(&send).unwrap();
        assert!(known.active());
        assert_eq!(known.sub(), Some(ada.id.to_string().as_str()));
        let made_up = AccessToken::new("made-up".to_owned());
        assert!(!client.introspect(&made_up).request(&send).unwrap().active());
        let refresh = again.refresh_token().unwrap().clone();
        client.revoke_token(refresh.into()).unwrap().request(&send).unwrap();
        let known = client.introspect(again.access_token()).request(&send).unwrap();
        assert!(!known.active());
        for token in [access, again.access_token().secret()] {
            plain.bearer(token).get("/v2/me").error(401);
        }
    });
}
