//! What a booking is, and when one may be made or ended.
