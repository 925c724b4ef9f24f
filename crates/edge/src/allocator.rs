//! Memory of a component: small blocks from lists of free ones.
//!
//! A request makes and drops hundreds of short texts. The allocator that comes with
//! the target looks for the best fitting hole each time, which in a guest costs more
//! than what is then written into it. Here a small block is taken from, and given
//! back to, the list of its size; everything else goes where it went before. Blocks
//! are never given back to the system: an instance lives for some hundred requests.
#![allow(unsafe_code, reason = "an allocator is; every block says why it is sound")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::UnsafeCell;
use std::ptr::{self, NonNull};

/// Sizes are rounded up to a multiple of this; it is also the greatest alignment.
const STEP: usize = 16;

/// The greatest block that is small.
const MOST: usize = 512;

/// How much is asked of the system at once.
const CHUNK: usize = 32 * 1024;

/// The allocator of components. They have one thread.
#[derive(Debug)]
pub struct SmallBlocks(UnsafeCell<Lists>);

#[derive(Debug)]
struct Lists {
    /// The first free block of each size; each block holds the address of the next.
    free: [Option<NonNull<u8>>; MOST / STEP],
    /// What is left of the last chunk.
    next: *mut u8,
    left: usize,
}

// SAFETY: only ever the allocator of a guest, and a guest has one thread.
unsafe impl Sync for SmallBlocks {}

impl SmallBlocks {
    /// With nothing in its lists.
    pub const fn new() -> Self {
        let free = [None; MOST / STEP];
        Self(UnsafeCell::new(Lists { free, next: ptr::null_mut(), left: 0 }))
    }

    /// The lists.
    ///
    /// # Safety
    /// Nobody else holds them: they are let go before a method of this file returns,
    /// and none calls another while it holds them.
    #[allow(clippy::mut_from_ref, reason = "one thread, and one holder at a time")]
    unsafe fn lists(&self) -> &mut Lists {
        // SAFETY: the caller's promise.
        unsafe { &mut *self.0.get() }
    }
}

impl Default for SmallBlocks {
    fn default() -> Self {
        Self::new()
    }
}

/// Which list has blocks for a layout; `None`: it is not small.
fn list_of(layout: Layout) -> Option<usize> {
    let is_small = layout.size() <= MOST && layout.size() > 0 && layout.align() <= STEP;
    is_small.then(|| (layout.size() - 1) / STEP)
}

impl Lists {
    fn take(&mut self, list: usize) -> *mut u8 {
        let Some(first) = self.free.get_mut(list) else { return ptr::null_mut() };
        match *first {
            Some(block) => {
                // SAFETY: a free block holds the address of the next, see `put`.
                *first = unsafe { block.cast::<Option<NonNull<u8>>>().read() };
                block.as_ptr()
            }
            None => self.cut((list + 1) * STEP),
        }
    }

    /// A block of the chunk. What is left of an old one is lost: less than a block.
    fn cut(&mut self, size: usize) -> *mut u8 {
        if self.left < size {
            let Ok(layout) = Layout::from_size_align(CHUNK, STEP) else { return ptr::null_mut() };
            // SAFETY: the layout has a size.
            let chunk = unsafe { System.alloc(layout) };
            if chunk.is_null() {
                return chunk;
            }
            (self.next, self.left) = (chunk, CHUNK);
        }
        let block = self.next;
        // SAFETY: `size` bytes are left of the chunk behind `next`.
        self.next = unsafe { block.add(size) };
        self.left -= size;
        block
    }

    /// # Safety
    /// The block came from that list, and nobody uses it any more.
    unsafe fn put(&mut self, list: usize, block: *mut u8) {
        if let (Some(first), Some(block)) = (self.free.get_mut(list), NonNull::new(block)) {
            // SAFETY: a block has at least 16 bytes, aligned to as many.
            unsafe { block.cast::<Option<NonNull<u8>>>().write(*first) };
            *first = Some(block);
        }
    }
}

// SAFETY: a block is one of a list's size, which is no smaller than the layout's, at an
// address that is a multiple of 16; it is in no list while it is in use. All else is the
// system's, and a layout tells the same way each time whose it is.
unsafe impl GlobalAlloc for SmallBlocks {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        match list_of(layout) {
            // SAFETY: held for this call only.
            Some(list) => unsafe { self.lists() }.take(list),
            // SAFETY: the caller's promise.
            None => unsafe { System.alloc(layout) },
        }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        match list_of(layout) {
            // SAFETY: the same layout has led to the same list; held for this call only.
            Some(list) => unsafe { self.lists().put(list, block) },
            // SAFETY: the caller's promise.
            None => unsafe { System.dealloc(block, layout) },
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller promises a size that makes a layout.
        let wanted = unsafe { Layout::from_size_align_unchecked(size, layout.align()) };
        match (list_of(layout), list_of(wanted)) {
            // SAFETY: the caller's promise, of a block of the system's.
            (None, None) => unsafe { System.realloc(block, layout, size) },
            (from, to) if from == to => block,
            // SAFETY: both blocks are valid for the smaller of the two sizes and apart.
            _ => unsafe {
                let moved = self.alloc(wanted);
                if !moved.is_null() {
                    ptr::copy_nonoverlapping(block, moved, layout.size().min(size));
                    self.dealloc(block, layout);
                }
                moved
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Block {
        at: *mut u8,
        layout: Layout,
        mark: u8,
    }

    fn fill(block: &Block) {
        // SAFETY: as much was asked for.
        unsafe { block.at.write_bytes(block.mark, block.layout.size()) };
    }

    fn is_whole(block: &Block, size: usize) -> bool {
        // SAFETY: written by `fill`, and as long.
        let bytes = unsafe { std::slice::from_raw_parts(block.at, size) };
        bytes.iter().all(|byte| *byte == block.mark)
    }

    #[test]
    fn no_block_is_given_to_two_and_each_keeps_what_is_written_into_it() {
        let allocator = SmallBlocks::new();
        let mut seed = 1_u64;
        let mut roll = move |sides: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            usize::try_from(seed >> 33).unwrap() % sides
        };
        let mut blocks: Vec<Block> = Vec::new();
        for round in 0..100_000_usize {
            let mark = u8::try_from(round % 251).unwrap();
            match roll(3) {
                0 if !blocks.is_empty() => {
                    let block = blocks.swap_remove(roll(blocks.len()));
                    assert!(is_whole(&block, block.layout.size()));
                    // SAFETY: allocated below, once.
                    unsafe { allocator.dealloc(block.at, block.layout) };
                }
                1 if !blocks.is_empty() => {
                    let index = roll(blocks.len());
                    let block = &mut blocks[index];
                    let (old, size) = (block.layout.size(), 1 + roll(1_200));
                    // SAFETY: allocated below with that layout.
                    block.at = unsafe { allocator.realloc(block.at, block.layout, size) };
                    assert!(is_whole(block, old.min(size)));
                    let layout = Layout::from_size_align(size, block.layout.align());
                    (block.layout, block.mark) = (layout.unwrap(), mark);
                    fill(block);
                }
                _ if blocks.len() < 2_000 => {
                    let layout = Layout::from_size_align(1 + roll(700), 1 << roll(6)).unwrap();
                    // SAFETY: the layout has a size.
                    let at = unsafe { allocator.alloc(layout) };
                    assert!(!at.is_null() && (at as usize).is_multiple_of(layout.align()));
                    blocks.push(Block { at, layout, mark });
                    fill(blocks.last().unwrap());
                }
                _ => {}
            }
        }
        for block in blocks {
            assert!(is_whole(&block, block.layout.size()));
            // SAFETY: allocated above, once.
            unsafe { allocator.dealloc(block.at, block.layout) };
        }
    }
}
