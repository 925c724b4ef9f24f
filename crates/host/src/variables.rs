//! Values for the manifest's variables: the environment, and secrets of the data
//! folder where it has none.

use std::net::SocketAddr;

use crate::data_dir::DataDir;

/// Where variables get their values from.
#[derive(Debug)]
pub struct Variables {
    platform_secret: String,
    encryption_key: String,
    private_targets: &'static str,
}

impl Variables {
    /// Reads the environment's secrets, or the data folder's, making them where
    /// there are none.
    pub fn new(data: &DataDir, listen: SocketAddr) -> anyhow::Result<Self> {
        let secret = |variable: &str, file: &str| match from_environment(variable) {
            Some(secret) => Ok(secret),
            None => data.secret(file),
        };
        Ok(Self {
            platform_secret: secret("platform_secret", "platform-secret")?,
            encryption_key: secret("encryption_key", "encryption-key")?,
            private_targets: private_targets(listen),
        })
    }

    /// The secret of the platform's own API.
    pub fn platform_secret(&self) -> &str {
        &self.platform_secret
    }

    /// The value of a variable; `None`: its default counts.
    pub fn get(&self, name: &str) -> Option<String> {
        match name {
            "platform_secret" => Some(self.platform_secret.clone()),
            "encryption_key" => Some(self.encryption_key.clone()),
            _ => from_environment(name).or_else(|| {
                (name == "webhook_private_targets" && !self.private_targets.is_empty())
                    .then(|| self.private_targets.to_owned())
            }),
        }
    }
}

/// While only this machine can reach us, webhooks may go to this machine.
fn private_targets(listen: SocketAddr) -> &'static str {
    if listen.ip().is_loopback() { "allow" } else { "" }
}

/// `MERIDIAN_X` is the value of variable `x`. Set but empty counts as unset.
fn from_environment(name: &str) -> Option<String> {
    let key = format!("MERIDIAN_{}", name.to_ascii_uppercase());
    std::env::var(key).ok().filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn webhooks_may_go_to_private_addresses_only_while_nobody_else_can_reach_us() {
        assert_eq!(private_targets("127.0.0.1:3000".parse().unwrap()), "allow");
        assert_eq!(private_targets("[::1]:3000".parse().unwrap()), "allow");
        assert_eq!(private_targets("0.0.0.0:3000".parse().unwrap()), "");
    }

    #[test]
    fn secrets_come_from_the_data_folder_and_the_rest_has_defaults() {
        let folder = tempfile::tempdir().unwrap();
        let data = DataDir::open(folder.path()).unwrap();
        let variables = Variables::new(&data, "0.0.0.0:1".parse().unwrap()).unwrap();
        let secret = data.secret("platform-secret").unwrap();
        assert_eq!(variables.get("platform_secret"), Some(secret));
        assert_eq!(variables.get("webhook_private_targets"), None);
        assert_eq!(variables.get("rate_limit_that_nobody_sets"), None);
    }
}
