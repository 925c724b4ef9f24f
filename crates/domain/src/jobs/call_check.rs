//! Calls that are looked at for who did not come.

use serde::{Deserialize, Serialize};

/// The kind of job that looks at one.
pub const CALL_CHECK: &str = "call_check";

/// How often whoever runs the rooms is asked: over seven hours.
pub const MAX_ATTEMPTS: u32 = 8;

/// A look at a booking's call. Nothing of it is secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CallCheck {
    /// The booking.
    pub booking_uid: String,
}

impl CallCheck {
    /// The payload of its job.
    pub fn payload(&self) -> String {
        serde_json::json!(self).to_string()
    }

    /// From the payload of its job; `None` where it is none.
    pub fn from_payload(payload: &str) -> Option<Self> {
        serde_json::from_str(payload).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_comes_back_from_its_payload() {
        let check = CallCheck { booking_uid: "mg3EVprisqeBSLKZey4rKf".to_owned() };
        assert_eq!(check.payload(), r#"{"bookingUid":"mg3EVprisqeBSLKZey4rKf"}"#);
        assert_eq!(CallCheck::from_payload(&check.payload()), Some(check));
        assert_eq!(CallCheck::from_payload("{}"), None);
    }
}
