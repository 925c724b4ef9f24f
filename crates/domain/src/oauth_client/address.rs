//! The addresses of managed users: `ada@x.org` is kept as `ada+<client id>@x.org`, so
//! that the same person can be a user of many clients.

use std::borrow::Cow;

use meridian_kernel::ClientId;

/// The address a client's user is kept under. One that is in that form already stays
/// as it is; one without an `@` too, as it is none.
pub fn managed_email(email: &str, client: &ClientId) -> String {
    let Some((local, domain)) = email.rsplit_once('@') else { return email.to_owned() };
    let is_managed = local.rsplit_once('+').is_some_and(|(_, tag)| tag == client.as_str());
    if is_managed { email.to_owned() } else { format!("{local}+{client}@{domain}") }
}

/// How long the id of a platform client is. Those of addresses that came from elsewhere
/// have the same form and need not name an organisation.
const CLIENT_ID_LENGTH: usize = 25;

fn is_client_id(tag: &str) -> bool {
    tag.len() == CLIENT_ID_LENGTH
        && tag.starts_with('c')
        && tag.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

/// An address as people know it: `ada+<client id>@x.org` of a managed user is
/// `ada@x.org`.
pub fn display_email(email: &str) -> Cow<'_, str> {
    // Most have none, and lists show hundreds.
    if !email.as_bytes().contains(&b'+') {
        return Cow::Borrowed(email);
    }
    let parts = email.rsplit_once('@').and_then(|(local, domain)| {
        let (name, tag) = local.rsplit_once('+')?;
        is_client_id(tag).then_some((name, domain))
    });
    parts.map_or(Cow::Borrowed(email), |(name, domain)| Cow::Owned(format!("{name}@{domain}")))
}

/// What the username of a managed user is made of: `ada+<client id>-x-org`.
pub fn managed_username(managed_email: &str) -> String {
    let (local, domain) = managed_email.rsplit_once('@').unwrap_or((managed_email, ""));
    format!("{local}-{}", domain.replace('.', "-"))
}

#[cfg(test)]
mod tests {
    use meridian_kernel::OrganizationNumber;

    use super::*;

    fn client() -> ClientId {
        ClientId::generate(OrganizationNumber::new(7).unwrap())
    }

    #[test]
    fn an_address_of_a_managed_user_is_made_once_and_shown_without_its_client() {
        let client = client();
        for email in ["ada@x.org", "ada+tag@x.org", "Ada@X.org", "ada+@x.org"] {
            let managed = managed_email(email, &client);
            let (local, domain) = email.rsplit_once('@').unwrap();
            assert_eq!(managed, format!("{local}+{client}@{domain}"));
            assert_eq!(managed_email(&managed, &client), managed, "twice");
            assert_eq!(display_email(&managed), email);
        }
    }

    #[test]
    fn the_client_of_another_is_part_of_the_name() {
        let (ours, other) = (client(), client());
        let theirs = managed_email("ada@x.org", &other);
        assert_eq!(managed_email(&theirs, &ours), format!("ada+{other}+{ours}@x.org"));
    }

    #[test]
    fn what_has_no_client_is_shown_as_it_is() {
        let client = client();
        for email in ["ada@x.org", "ada+tag@x.org", "ada", "", "@", &format!("+{client}")] {
            assert_eq!(display_email(email), *email);
        }
        assert_eq!(display_email("ada+tag+clxyz0123456789abcdefghij@x.org"), "ada+tag@x.org");
        assert_eq!(managed_email("ada", &client), "ada");
    }

    #[test]
    fn a_username_is_made_of_the_whole_address() {
        assert_eq!(managed_username("ada+c1@x.co.uk"), "ada+c1-x-co-uk");
    }
}
