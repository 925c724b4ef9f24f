//! Guesses at a secret: passwords, codes, tokens. They are counted per account, so
//! that many addresses cannot share the work, and per address, so that one address
//! cannot try many accounts.
//!
//! An attempt is counted *before* it is made, so a hundred at once are no way
//! around it, and taken back where it turns out right.
//!
//! ```text
//! let attempt = throttle::attempt(&SpinServices, request.now, &[
//!     Guess::by_address(&SIGN_INS_BY_ADDRESS, request.client_address()),
//!     Guess::at_account(&SIGN_INS_BY_ACCOUNT, &email),
//! ]).await?;
//! if !password_is_right { return Err(…) }
//! attempt.succeeded().await;
//! ```

use meridian_kernel::{Instant, Rate, hash_hex};

use super::counter::{self, Counter};
use super::{hash_of_address, too_many};
use crate::{ApiError, Services};

const QUARTER_OF_AN_HOUR: u32 = 15 * 60_000;

/// Wrong passwords for one account.
pub static SIGN_INS_BY_ACCOUNT: Rate = Rate::new("sign-in-account", 5, QUARTER_OF_AN_HOUR);

/// Wrong passwords from one address.
pub static SIGN_INS_BY_ADDRESS: Rate = Rate::new("sign-in-address", 20, QUARTER_OF_AN_HOUR);

/// Wrong tokens, authorisation codes and client secrets from one address, which may
/// be a server with many users.
pub static TOKENS_BY_ADDRESS: Rate = Rate::new("token-address", 100, QUARTER_OF_AN_HOUR);

/// Codes and links sent to one mailbox.
pub static MAILS_TO_TARGET: Rate = Rate::new("mail-target", 5, QUARTER_OF_AN_HOUR);

/// Codes that one address without credentials has sent, to whomever.
pub static MAILS_BY_ADDRESS: Rate = Rate::new("mail-address", 20, QUARTER_OF_AN_HOUR);

/// Wrong codes from one address, beside the tries a code itself allows.
pub static CODES_BY_ADDRESS: Rate = Rate::new("code-address", 50, QUARTER_OF_AN_HOUR);

/// What an attempt counts against.
#[derive(Clone, Debug)]
pub struct Guess {
    rate: &'static Rate,
    key: String,
    is_account: bool,
}

impl Guess {
    /// Against an account, named by whatever tells it apart everywhere, such as the
    /// organisation's number and the e-mail address in lower case. Being right once
    /// clears it.
    pub fn at_account(rate: &'static Rate, account: &str) -> Self {
        let hash = hash_hex(format!("account {account}").as_bytes());
        Self { rate, key: format!("throttle:{}:{hash}", rate.name), is_account: true }
    }

    /// Against the client's address. Being right takes only this attempt back.
    pub fn by_address(rate: &'static Rate, address: &str) -> Self {
        let hash = hash_of_address(address);
        Self { rate, key: format!("throttle:{}:{hash}", rate.name), is_account: false }
    }
}

/// An attempt that was counted, and stays so unless it succeeds.
#[derive(Debug)]
pub struct Attempt<'a, S> {
    services: &'a S,
    counted: Vec<(Guess, Counter)>,
}

/// Counts an attempt; 429 with `Retry-After` where it is one too many, and then it
/// must not be made. Earlier guesses of the list shield the later ones. A store that
/// fails stops nobody.
pub async fn attempt<'a, S: Services>(
    services: &'a S,
    now: Instant,
    guesses: &[Guess],
) -> Result<Attempt<'a, S>, ApiError> {
    let mut counted = Vec::with_capacity(guesses.len());
    for guess in guesses {
        let period = i64::from(guess.rate.period);
        let now = now.millis();
        let Some(counter) = counter::count(services, &guess.key, period, now).await else {
            continue;
        };
        if counter.times() > i64::from(guess.rate.limit) {
            return Err(too_many((counter.ends_at() - now + 999).div_euclid(1000)));
        }
        counted.push((guess.clone(), counter));
    }
    Ok(Attempt { services, counted })
}

impl<S: Services> Attempt<'_, S> {
    /// It was right after all: the account's wrong ones are forgotten, and the
    /// address is not counted for this one.
    pub async fn succeeded(self) {
        for (guess, counter) in &self.counted {
            if guess.is_account {
                counter::clear(self.services, &guess.key).await;
            } else {
                counter::take_back(self.services, &guess.key, *counter).await;
            }
        }
    }
}
