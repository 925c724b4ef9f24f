//! What a platform client may do, as clients write it and as it is stored.

use meridian_kernel::ClientPermission;

/// The word that stands for all permissions.
const EVERYTHING: &str = "*";

/// The mask of all permissions.
pub const ALL_PERMISSIONS: u32 = {
    let mut mask = 0;
    let mut permissions: &[ClientPermission] = &ClientPermission::ALL;
    while let [first, rest @ ..] = permissions {
        mask |= first.bit();
        permissions = rest;
    }
    mask
};

/// The mask of a list of names, of which `*` is all; the first that is no name
/// where there is one.
pub fn permission_mask<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<u32, &'a str> {
    names.into_iter().try_fold(0, |mask, name| match name {
        EVERYTHING => Ok(ALL_PERMISSIONS),
        _ => ClientPermission::parse(name).map(|known| mask | known.bit()).ok_or(name),
    })
}

/// The names in a mask.
pub fn permission_names(mask: u32) -> Vec<&'static str> {
    let held = ClientPermission::ALL.into_iter().filter(|permission| permission.is_in(mask));
    held.map(ClientPermission::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_is_read_as_it_is_written() {
        let names = ["BOOKING_READ", "PROFILE_WRITE"];
        assert_eq!(permission_mask(names), Ok(4 | 512));
        assert_eq!(permission_names(4 | 512), names);
        assert_eq!(permission_mask(["BOOKING_READ", "BOOKING_READ"]), Ok(4));
        assert_eq!(permission_mask([]), Ok(0));
    }

    #[test]
    fn a_star_is_everything_wherever_it_stands() {
        assert_eq!(permission_mask(["*"]), Ok(1023));
        assert_eq!(permission_mask(["*", "BOOKING_READ"]), Ok(1023));
        assert_eq!(permission_mask(["BOOKING_READ", "*"]), Ok(1023));
        assert_eq!(permission_names(ALL_PERMISSIONS).len(), ClientPermission::ALL.len());
    }

    #[test]
    fn the_first_unknown_name_is_told() {
        assert_eq!(permission_mask(["BOOKING_READ", "ROOT", "SU"]), Err("ROOT"));
        assert_eq!(permission_mask(["booking_read"]), Err("booking_read"));
    }
}
