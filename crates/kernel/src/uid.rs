//! Opaque texts that carry the organisation number, so that a public request
//! names its database without a look-up.
//!
//! The number is mixed with the random part: an uid tells nobody how many
//! organisations there are, and still decodes without a key. It is an address,
//! not a proof: what it names is looked up in that organisation's database.

use std::fmt;

use crate::{OrganizationNumber, Secret};

/// Digits and letters without those that look alike (0 O I l 1): the alphabet of
/// short uuids.
const ALPHABET: &[u8; 57] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// 57^22 is just above 2^128.
const SHORT_LENGTH: usize = 22;

/// Fills an array from the operating system's randomness.
fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    // The only failure is a machine without any source of randomness, on which
    // no secret could be made either; a fixed uid then collides and is refused.
    let _ = getrandom::fill(&mut bytes);
    bytes
}

/// A 32-bit mask taken from the random part, to hide the number in.
fn mask(random: u128) -> u32 {
    let folded = (random ^ (random >> 32) ^ (random >> 64)) as u32;
    folded.wrapping_mul(0x9E37_79B1) ^ 0x4D45_5249
}

/// A booking uid: 22 characters, 96 random bits and the organisation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ShortUid(String);

impl ShortUid {
    /// A new one that lives in that organisation.
    pub fn generate(organization: OrganizationNumber) -> Self {
        let bytes: [u8; 12] = random();
        let random = bytes.iter().fold(0_u128, |sum, byte| (sum << 8) | u128::from(*byte));
        let hidden = u128::from(organization.get() ^ mask(random));
        Self(encode((hidden << 96) | random))
    }

    /// `None` where the text cannot be one of ours.
    pub fn parse(text: &str) -> Option<Self> {
        let uid = Self(text.to_owned());
        uid.decode().map(|_| uid)
    }

    /// Whose database holds what it names.
    pub fn organization(&self) -> OrganizationNumber {
        self.decode().unwrap_or(OrganizationNumber::NONE)
    }

    fn decode(&self) -> Option<OrganizationNumber> {
        let number = decode(&self.0)?;
        let random = number & ((1 << 96) - 1);
        OrganizationNumber::new((number >> 96) as u32 ^ mask(random))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ShortUid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn encode(mut number: u128) -> String {
    let base = ALPHABET.len() as u128;
    let mut digits = [0_u8; SHORT_LENGTH];
    for digit in digits.iter_mut().rev() {
        *digit = ALPHABET.get((number % base) as usize).copied().unwrap_or(b'2');
        number /= base;
    }
    digits.iter().map(|digit| char::from(*digit)).collect()
}

fn decode(text: &str) -> Option<u128> {
    if text.len() != SHORT_LENGTH {
        return None;
    }
    text.bytes().try_fold(0_u128, |sum, byte| {
        let digit = ALPHABET.iter().position(|letter| *letter == byte)?;
        sum.checked_mul(ALPHABET.len() as u128)?.checked_add(digit as u128)
    })
}

/// A version 4 uuid with 90 random bits and the organisation: webhooks,
/// reservations, seats, recurring series.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UuidUid(String);

impl UuidUid {
    /// A new one that lives in that organisation.
    pub fn generate(organization: OrganizationNumber) -> Self {
        let mut bytes: [u8; 16] = random();
        // Version 4, variant 1: the fixed bits of RFC 9562.
        bytes[6] = (bytes[6] & 0x0f) | 0x40;
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
        let hidden = organization.get() ^ mask(Self::random_part(&bytes));
        bytes[..4].copy_from_slice(&hidden.to_be_bytes());
        let number = u128::from_be_bytes(bytes);
        let hex = format!("{number:032x}");
        let mut text = String::with_capacity(36);
        for (index, digit) in hex.chars().enumerate() {
            if matches!(index, 8 | 12 | 16 | 20) {
                text.push('-');
            }
            text.push(digit);
        }
        Self(text)
    }

    fn random_part(bytes: &[u8; 16]) -> u128 {
        u128::from_be_bytes(*bytes) & ((1 << 96) - 1)
    }

    /// `None` where the text cannot be one of ours.
    pub fn parse(text: &str) -> Option<Self> {
        let lower = text.to_ascii_lowercase();
        let dashes_right = lower.len() == 36
            && lower.char_indices().all(|(at, c)| (c == '-') == matches!(at, 8 | 13 | 18 | 23));
        if !dashes_right {
            return None;
        }
        let uid = Self(lower);
        uid.decode().map(|_| uid)
    }

    fn decode(&self) -> Option<OrganizationNumber> {
        let hex: String = self.0.chars().filter(|c| *c != '-').collect();
        let bytes = u128::from_str_radix(&hex, 16).ok()?.to_be_bytes();
        let hidden = u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        OrganizationNumber::new(hidden ^ mask(Self::random_part(&bytes)))
    }

    /// Whose database holds what it names.
    pub fn organization(&self) -> OrganizationNumber {
        self.decode().unwrap_or(OrganizationNumber::NONE)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UuidUid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The id of a private link: whoever has it may book, so it cannot be guessed. A
/// [`ShortUid`] that names the organisation, then 22 more random characters: 224
/// random bits together.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LinkId(String);

impl LinkId {
    /// A new one that lives in that organisation.
    pub fn generate(organization: OrganizationNumber) -> Self {
        let head = ShortUid::generate(organization);
        let tail = encode(u128::from_be_bytes(random()));
        Self(format!("{head}{tail}"))
    }

    /// `None` where the text cannot be one of ours.
    pub fn parse(text: &str) -> Option<Self> {
        (text.len() == 2 * SHORT_LENGTH && text.is_ascii()).then_some(())?;
        ShortUid::parse(text.get(..SHORT_LENGTH)?)?;
        Some(Self(text.to_owned()))
    }

    /// Whose database holds what it names.
    pub fn organization(&self) -> OrganizationNumber {
        let head = self.0.get(..SHORT_LENGTH).and_then(ShortUid::parse);
        head.map_or(OrganizationNumber::NONE, |uid| uid.organization())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LinkId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The id of a platform client, in the form of the ids clients know (cuid): `c` and 24
/// of a-z and 0-9. 92 random bits and the organisation. All lower case, because it
/// becomes part of e-mail addresses.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ClientId(String);

impl ClientId {
    /// Characters behind the `c`; 36^24 is just above 2^124.
    const DIGITS: usize = 24;

    /// Random bits below the organisation.
    const RANDOM_BITS: u32 = 92;

    /// A new one that lives in that organisation.
    pub fn generate(organization: OrganizationNumber) -> Self {
        let random = u128::from_be_bytes(random()) & ((1 << Self::RANDOM_BITS) - 1);
        let hidden = u128::from(organization.get() ^ mask(random));
        let mut number = (hidden << Self::RANDOM_BITS) | random;
        let mut digits = [0_u8; Self::DIGITS];
        for digit in digits.iter_mut().rev() {
            let value = (number % 36) as u8;
            *digit = if value < 10 { b'0' + value } else { b'a' + value - 10 };
            number /= 36;
        }
        Self(std::iter::once('c').chain(digits.iter().map(|digit| char::from(*digit))).collect())
    }

    /// `None` where the text cannot be one of ours.
    pub fn parse(text: &str) -> Option<Self> {
        let id = Self(text.to_owned());
        id.decode().map(|_| id)
    }

    fn decode(&self) -> Option<OrganizationNumber> {
        let digits = self.0.strip_prefix('c').filter(|digits| digits.len() == Self::DIGITS)?;
        let number = digits.bytes().try_fold(0_u128, |sum, byte| {
            let digit = match byte {
                b'0'..=b'9' => byte - b'0',
                b'a'..=b'z' => byte - b'a' + 10,
                _ => return None,
            };
            Some(sum * 36 + u128::from(digit))
        })?;
        let random = number & ((1 << Self::RANDOM_BITS) - 1);
        let hidden = u32::try_from(number >> Self::RANDOM_BITS).ok()?;
        OrganizationNumber::new(hidden ^ mask(random))
    }

    /// Whose database holds what it names.
    pub fn organization(&self) -> OrganizationNumber {
        self.decode().unwrap_or(OrganizationNumber::NONE)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A new secret that nobody guesses: 44 letters and digits, about 256 random bits.
pub fn random_secret() -> Secret {
    let half = || encode(u128::from_be_bytes(random()));
    Secret::new(half() + &half())
}

/// A code that somebody reads in an e-mail and types: six digits and capital letters
/// without those that look alike, about 30 random bits.
pub fn random_code() -> Secret {
    const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let letters = random::<6>().map(|byte| LETTERS.get(usize::from(byte % 32)).copied());
    Secret::new(letters.iter().flatten().map(|byte| char::from(*byte)).collect::<String>())
}

/// Whether a key is for real use or for tests: only its prefix differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyMode {
    /// `cal_live_…`
    Live,
    /// `cal_test_…`
    Test,
}

/// An API key in clear text, which exists only while it is shown or checked.
///
/// `cal_live_` or `cal_test_`, then a [`ShortUid`] that names the organisation,
/// then 22 more random characters: about 220 random bits together.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey(String);

impl ApiKey {
    /// What every key begins with; anything else in `Authorization` is a token.
    pub const PREFIX: &str = "cal_";

    /// A new key of that organisation.
    pub fn generate(organization: OrganizationNumber, mode: KeyMode) -> Self {
        let prefix = match mode {
            KeyMode::Live => "cal_live_",
            KeyMode::Test => "cal_test_",
        };
        let head = ShortUid::generate(organization);
        let tail = encode(u128::from_be_bytes(random()));
        Self(format!("{prefix}{head}{tail}"))
    }

    /// `None` where the text cannot be a key of ours.
    pub fn parse(text: &str) -> Option<Self> {
        let body = text.strip_prefix("cal_live_").or_else(|| text.strip_prefix("cal_test_"))?;
        (body.len() == 2 * SHORT_LENGTH && body.is_ascii()).then_some(())?;
        ShortUid::parse(body.get(..SHORT_LENGTH)?)?;
        Some(Self(text.to_owned()))
    }

    /// Whose database holds its hash.
    pub fn organization(&self) -> OrganizationNumber {
        let body = self.0.get("cal_live_".len()..).unwrap_or_default();
        body.get(..SHORT_LENGTH)
            .and_then(ShortUid::parse)
            .map_or(OrganizationNumber::NONE, |uid| uid.organization())
    }

    /// Whether it is for real use or for tests.
    pub fn mode(&self) -> KeyMode {
        if self.0.starts_with("cal_test_") { KeyMode::Test } else { KeyMode::Live }
    }

    /// SHA-256 of the key without its `cal_` prefix: what is stored.
    pub fn hash(&self) -> String {
        crate::hash_hex(self.0.strip_prefix(Self::PREFIX).unwrap_or(&self.0).as_bytes())
    }

    /// The clear text, to be shown once.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The first characters, by which a person knows a key in a list.
    pub fn hint(&self) -> &str {
        self.0.get(.."cal_live_".len() + 4).unwrap_or_default()
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn organizations() -> impl Iterator<Item = OrganizationNumber> {
        [0, 1, 17, OrganizationNumber::LIMIT - 1].into_iter().filter_map(OrganizationNumber::new)
    }

    #[test]
    fn a_booking_uid_names_its_organisation() {
        for organization in organizations() {
            let uid = ShortUid::generate(organization);
            assert_eq!(uid.as_str().len(), 22);
            assert_eq!(ShortUid::parse(uid.as_str()).unwrap().organization(), organization);
            assert_ne!(uid, ShortUid::generate(organization));
        }
    }

    #[test]
    fn a_link_names_its_organisation_and_nothing_shorter_is_one() {
        for organization in organizations() {
            let link = LinkId::generate(organization);
            assert_eq!(LinkId::parse(link.as_str()).unwrap().organization(), organization);
            assert_ne!(link, LinkId::generate(organization));
            assert_eq!(LinkId::parse(link.as_str().get(..22).unwrap()), None);
        }
    }

    #[test]
    fn a_client_id_names_its_organisation_in_lower_case() {
        for organization in organizations() {
            let id = ClientId::generate(organization);
            assert_eq!((id.as_str().len(), id.as_str().to_lowercase()), (25, id.to_string()));
            assert_eq!(ClientId::parse(id.as_str()).unwrap().organization(), organization);
            assert_ne!(id, ClientId::generate(organization));
            assert_eq!(ClientId::parse(&id.as_str().to_uppercase()), None);
            assert_eq!(ClientId::parse(id.as_str().get(..24).unwrap()), None);
        }
        for text in ["", "c", "zzzzzzzzzzzzzzzzzzzzzzzzz", "czzzzzzzzzzzzzzzzzzzzzzzz", "cé"] {
            assert_eq!(ClientId::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_code_is_six_letters_that_nobody_confuses() {
        let code = random_code();
        let is_plain = |c: char| c.is_ascii_digit() || c.is_ascii_uppercase();
        assert!(code.reveal().len() == 6 && code.reveal().chars().all(is_plain));
        assert!(!code.reveal().contains(['0', 'O', '1', 'I']));
        assert_ne!((random_code(), random_code()), (random_code(), random_code()));
    }

    #[test]
    fn a_secret_is_never_made_twice() {
        let secret = random_secret();
        assert_eq!(secret.reveal().len(), 44);
        assert_ne!(secret, random_secret());
    }

    #[test]
    fn a_uuid_is_version_four_and_names_its_organisation() {
        for organization in organizations() {
            let uid = UuidUid::generate(organization);
            let text = uid.as_str();
            assert_eq!(text.as_bytes()[14], b'4', "{text}");
            assert!(b"89ab".contains(&text.as_bytes()[19]), "{text}");
            assert_eq!(UuidUid::parse(&text.to_uppercase()).unwrap().organization(), organization);
        }
    }

    #[test]
    fn a_key_names_its_organisation_and_is_stored_hashed() {
        for organization in organizations() {
            let key = ApiKey::generate(organization, KeyMode::Live);
            assert!(key.reveal().starts_with("cal_live_"));
            let parsed = ApiKey::parse(key.reveal()).unwrap();
            assert_eq!(parsed.organization(), organization);
            assert_eq!(parsed.hash(), crate::hash_hex(&key.reveal().as_bytes()[4..]));
            assert_eq!(format!("{key:?}"), "ApiKey(…)");
            for mode in [KeyMode::Live, KeyMode::Test] {
                assert_eq!(ApiKey::generate(organization, mode).mode(), mode);
            }
        }
    }

    #[test]
    fn foreign_texts_are_refused() {
        for text in
            ["", "mg3EVprisqeBSLKZey4rK", "mg3EVprisqeBSLKZey4rKI", "zzzzzzzzzzzzzzzzzzzzzz"]
        {
            assert_eq!(ShortUid::parse(text), None, "{text}");
        }
        for text in ["", "not-a-uuid", "00000000-0000-0000-0000-00000000000g"] {
            assert_eq!(UuidUid::parse(text), None, "{text}");
        }
        for text in ["cal_", "cal_live_short", "cal_other_aaaaaaaaaaaaaaaaaaaaaa"] {
            assert_eq!(ApiKey::parse(text), None, "{text}");
        }
    }
}
