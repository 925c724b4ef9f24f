//! Memory that compiling took and nobody needs any more.

/// Gives it back to the system. The compiler's threads live as long as the
/// process, and each would keep what it used.
pub fn give_back() {
    rayon::broadcast(|_| collect());
    collect();
}

#[allow(unsafe_code, reason = "a call into the allocator")]
fn collect() {
    // SAFETY: it may be called at any time, from any thread.
    unsafe { libmimalloc_sys::mi_collect(true) };
}
