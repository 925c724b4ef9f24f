//! A platform client of a test, and the users it manages.

use serde_json::{Value, json};

use crate::{Client, Organization, Server};

/// A platform client of an organisation.
#[derive(Clone, Debug)]
pub struct PlatformClient {
    /// Its id.
    pub id: String,
    /// Its secret.
    pub secret: String,
    /// A client that proves itself with both.
    pub client: Client,
    /// A client without credentials.
    pub public: Client,
}

/// A user whom a platform client manages.
#[derive(Clone, Debug)]
pub struct ManagedUser {
    /// Their id.
    pub id: i64,
    /// Their address in the form it is kept in.
    pub email: String,
    /// Their newest tokens.
    pub access: String,
    /// Their newest tokens.
    pub refresh: String,
    /// A client with their access token.
    pub client: Client,
    /// All of what their client was told.
    pub data: Value,
}

impl Server {
    /// Provisions an organisation that may have platform clients.
    #[track_caller]
    pub fn platform_organization(&self) -> Organization {
        let organization = self.organization();
        let change = json!({"isPlatform": true, "plan": "ENTERPRISE"});
        let path = format!("/platform/organizations/{}", organization.slug);
        self.platform().patch(&path, &change).data(200);
        organization
    }
}

impl Organization {
    /// Makes a platform client with those fields beside the usual ones.
    #[track_caller]
    pub fn platform_client(&self, more: &Value) -> PlatformClient {
        let mut body = json!({"name": "A platform", "permissions": ["*"],
                              "redirectUris": ["https://platform.test/callback"]});
        for (name, value) in more.as_object().expect("an object") {
            body[name] = value.clone();
        }
        let made = self.client.post("/v2/oauth-clients", &body).data(201);
        let text = |name: &str| made[name].as_str().expect("a text").to_owned();
        PlatformClient::with(&self.public, text("clientId"), text("clientSecret"))
    }
}

impl PlatformClient {
    /// The same id with any secret.
    pub fn with(public: &Client, id: String, secret: String) -> Self {
        let client = public.with("x-cal-client-id", &id).with("x-cal-secret-key", &secret);
        Self { id, secret, client, public: public.clone() }
    }

    /// The path of its users.
    pub fn users(&self) -> String {
        format!("/v2/oauth-clients/{}/users", self.id)
    }

    /// Makes a user of an address.
    #[track_caller]
    pub fn user(&self, email: &str) -> ManagedUser {
        self.user_with(email, &json!({}))
    }

    /// The same with more fields.
    #[track_caller]
    pub fn user_with(&self, email: &str, more: &Value) -> ManagedUser {
        let mut body = json!({"email": email, "name": "Mia Managed"});
        for (name, value) in more.as_object().expect("an object") {
            body[name] = value.clone();
        }
        let data = self.client.post(&self.users(), &body).data(201);
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let access = text(&data["accessToken"]);
        ManagedUser {
            id: data["user"]["id"].as_i64().expect("an id"),
            email: text(&data["user"]["email"]),
            refresh: text(&data["refreshToken"]),
            client: self.public.bearer(&access),
            access,
            data,
        }
    }

    /// Refreshes with a token.
    pub fn refresh(&self, token: &str) -> crate::Answer {
        let path = format!("/v2/oauth/{}/refresh", self.id);
        self.client.post(&path, &json!({ "refreshToken": token }))
    }
}
