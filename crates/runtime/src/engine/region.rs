//! The memory of one engine: a region of addresses that can be put back, byte for byte, to what
//! it was at an earlier moment.

use std::ptr::NonNull;

use memmap2::{MmapMut, MmapOptions};
use rquickjs::allocator::Allocator;

/// A region of memory that an engine allocates from. Pages that were never used cost nothing.
pub(crate) struct Region {
    base: NonNull<u8>,
    /// Keeps the addresses.
    _map: MmapMut,
}

/// What a region held at a moment.
pub(crate) struct Snapshot {
    bytes: Vec<u8>,
}

impl Snapshot {
    /// Bytes.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }
}

/// At the base of the region: what is free and what is taken is put back with everything else.
#[repr(C)]
struct Header {
    /// Bytes of the region; nothing beyond is ours.
    size: usize,
    /// Where nothing was allocated yet; a header short of an aligned place.
    unused: usize,
    /// The furthest that this has ever been.
    furthest: usize,
    /// Bytes of blocks that are taken, and how many may be.
    taken: usize,
    limit: usize,
    /// Whether a block was refused.
    refused: bool,
    /// The first free block of each class, as its place; 0 for none.
    free: [usize; CLASSES],
}

impl Header {
    /// Counts a block for `size` bytes as taken, if it may be; its class and how much it holds.
    fn take(&mut self, size: usize) -> Option<(usize, usize)> {
        if size <= self.limit {
            let (class, capacity) = class_of(size);
            if self.taken + capacity <= self.limit {
                self.taken += capacity;
                return Some((class, capacity));
            }
        }
        self.refused = true;
        None
    }

    /// Everything before `place` may be in use now.
    fn reach(&mut self, place: usize) {
        self.unused = place;
        self.furthest = self.furthest.max(place);
    }

    /// Takes back what [`Self::take`] counted: there is no place for it.
    fn refuse(&mut self, capacity: usize) {
        self.taken -= capacity;
        self.refused = true;
    }
}

/// In front of each block: how many bytes it has for its user. Blocks are aligned to
/// [`ALIGNMENT`], their headers lie in what is left over.
const BLOCK_HEADER: usize = size_of::<usize>();

/// That of the strictest type.
const ALIGNMENT: usize = 16;

/// A block with its header is one of the multiples of [`ALIGNMENT`] up to here, each a class of its own:
/// most of what an engine allocates is a few words long. Beyond, four classes to each power of two.
const MOST_EXACT: usize = 1024;

const EXACT_CLASSES: usize = MOST_EXACT / ALIGNMENT + 1;
const CLASSES: usize = EXACT_CLASSES + 4 * (usize::BITS - MOST_EXACT.ilog2()) as usize;

/// The class of blocks that have room for `size` bytes, and how many they have room for. A free block
/// holds the place of the next one, so each has room for that.
fn class_of(size: usize) -> (usize, usize) {
    let whole = (size + BLOCK_HEADER).next_multiple_of(ALIGNMENT);
    if whole <= MOST_EXACT {
        let whole = whole.max(2 * ALIGNMENT);
        return (whole / ALIGNMENT, whole - BLOCK_HEADER);
    }
    let power = whole.ilog2();
    let quarter = 1_usize << (power - 2);
    let steps = (whole - (1 << power)).div_ceil(quarter);
    let whole = (1 << power) + steps * quarter;
    let class = EXACT_CLASSES + 4 * (power - MOST_EXACT.ilog2()) as usize + steps;
    (class, whole - BLOCK_HEADER)
}

#[allow(unsafe_code)] // an allocator is
impl Region {
    /// A region of which `limit` bytes can be taken at a time; none where the machine has no
    /// room for it. There are `spread` times as many addresses, for what lies between blocks.
    pub(crate) fn new(limit: usize, spread: usize) -> Option<Self> {
        let size = limit.checked_mul(spread)?.checked_add(1 << 20)?;
        let mut map = MmapOptions::new()
            .len(size)
            .no_reserve_swap()
            .map_anon()
            .ok()?;
        // Where a million objects live, half of the time is spent on finding their pages. Where
        // the system has no large ones, nothing is lost.
        #[cfg(target_os = "linux")]
        let _ = map.advise(memmap2::Advice::HugePage);
        let base = NonNull::new(map.as_mut_ptr())?;
        let header = Header {
            size,
            unused: size_of::<Header>().next_multiple_of(ALIGNMENT) + ALIGNMENT - BLOCK_HEADER,
            furthest: 0,
            taken: 0,
            limit,
            refused: false,
            free: [0; CLASSES],
        };
        assert!(header.unused <= size, "a region holds its own header");
        // SAFETY: the region is aligned to a page and longer than the header.
        unsafe { base.cast::<Header>().write(header) };
        Some(Self { base, _map: map })
    }

    /// What allocates from this region. It must not be used once the region is gone.
    pub(crate) fn allocator(&self) -> RegionAllocator {
        RegionAllocator { base: self.base }
    }

    /// What tells how much is in use. It must not be asked once the region is gone.
    pub(crate) fn meter(&self) -> Meter {
        Meter { base: self.base }
    }

    /// Keeps what the region holds now.
    pub(crate) fn snapshot(&self) -> Snapshot {
        // SAFETY: all bytes up to there belong to the region, and were written when they were.
        let bytes = unsafe {
            let unused = self.base.cast::<Header>().as_ref().unused;
            std::slice::from_raw_parts(self.base.as_ptr(), unused)
        };
        Snapshot {
            bytes: bytes.to_vec(),
        }
    }

    /// Puts back what the region held at a moment: every block that was there then is there
    /// again, and no other.
    ///
    /// # Safety
    /// The snapshot is of this region. Nothing outside the region points at a block that was not
    /// there then, or owns anything that one of its blocks was to release.
    pub(crate) unsafe fn restore(&self, snapshot: &Snapshot) {
        // SAFETY: the snapshot is of this region, so it is no longer; and by the caller's word
        // nothing else looks at it.
        unsafe {
            std::ptr::copy_nonoverlapping(
                snapshot.bytes.as_ptr(),
                self.base.as_ptr(),
                snapshot.bytes.len(),
            );
        }
    }
}

/// How much of a [`Region`] is in use, and whether that was enough, on its thread.
#[derive(Clone)]
pub(crate) struct Meter {
    base: NonNull<u8>,
}

#[allow(unsafe_code)]
impl Meter {
    /// Bytes of blocks that are taken.
    pub(crate) fn taken(&self) -> usize {
        // SAFETY: the header was written when the region was made, and the region is there.
        unsafe { self.base.cast::<Header>().as_ref() }.taken
    }

    /// Bytes that were in use at some time, since the region was new or put back to what it was.
    pub(crate) fn used(&self) -> usize {
        // SAFETY: as above.
        unsafe { self.base.cast::<Header>().as_ref() }.furthest
    }

    /// Whether a block was refused since the region was new or put back.
    pub(crate) fn refused(&self) -> bool {
        // SAFETY: as above.
        unsafe { self.base.cast::<Header>().as_ref() }.refused
    }
}

/// Allocates from a [`Region`], on its thread.
pub(crate) struct RegionAllocator {
    base: NonNull<u8>,
}

#[allow(unsafe_code)]
impl RegionAllocator {
    fn header(&mut self) -> &mut Header {
        // SAFETY: the header was written when the region was made, and only this looks at it
        // while an allocation is under way.
        unsafe { self.base.cast::<Header>().as_mut() }
    }

    /// SAFETY: `block` was allocated here.
    unsafe fn capacity(block: *mut u8) -> *mut usize {
        // SAFETY: each block has its header in front of it.
        unsafe { block.sub(BLOCK_HEADER) }.cast()
    }
}

// SAFETY: blocks are aligned to 16 bytes, do not overlap, and are at least as long as asked for.
#[allow(unsafe_code)]
unsafe impl Allocator for RegionAllocator {
    fn alloc(&mut self, size: usize) -> *mut u8 {
        let base = self.base.as_ptr();
        let header = self.header();
        let Some((class, capacity)) = header.take(size) else {
            return std::ptr::null_mut();
        };
        let place = header.free[class];
        if place != 0 {
            // SAFETY: a free block holds the place of the next one.
            unsafe {
                header.free[class] = base.add(place).cast::<usize>().read();
                return base.add(place);
            }
        }
        let place = header.unused + BLOCK_HEADER;
        if place + capacity > header.size {
            header.refuse(capacity);
            return std::ptr::null_mut();
        }
        header.reach(place + capacity);
        // SAFETY: the block lies within the region.
        unsafe {
            let block = base.add(place);
            Self::capacity(block).write(capacity);
            block
        }
    }

    fn calloc(&mut self, count: usize, size: usize) -> *mut u8 {
        let Some(bytes) = count.checked_mul(size) else {
            return std::ptr::null_mut();
        };
        let block = self.alloc(bytes);
        if !block.is_null() {
            // SAFETY: the block is as long.
            unsafe { block.write_bytes(0, bytes) };
        }
        block
    }

    unsafe fn dealloc(&mut self, block: *mut u8) {
        let base = self.base.as_ptr();
        let header = self.header();
        // SAFETY: by the caller's word the block was allocated here.
        unsafe {
            let capacity = Self::capacity(block).read();
            header.taken -= capacity;
            let place = block.offset_from(base) as usize;
            if place + capacity == header.unused {
                header.unused = place - BLOCK_HEADER;
                return;
            }
            let (class, _) = class_of(capacity);
            block.cast::<usize>().write(header.free[class]);
            header.free[class] = place;
        }
    }

    unsafe fn realloc(&mut self, block: *mut u8, new_size: usize) -> *mut u8 {
        if block.is_null() {
            return self.alloc(new_size);
        }
        if new_size == 0 {
            // SAFETY: as for this function.
            unsafe { self.dealloc(block) };
            return std::ptr::null_mut();
        }
        let base = self.base.as_ptr();
        // SAFETY: by the caller's word the block was allocated here; what is copied fits into
        // both blocks, which do not overlap.
        unsafe {
            let capacity = Self::capacity(block).read();
            if new_size <= capacity && new_size * 4 >= capacity {
                return block;
            }
            let header = self.header();
            let place = block.offset_from(base) as usize;
            if place + capacity == header.unused && new_size <= header.size {
                // The last block grows or shrinks where it is.
                header.taken -= capacity;
                let Some((_, wanted)) = header.take(new_size) else {
                    header.taken += capacity;
                    return std::ptr::null_mut();
                };
                if place + wanted > header.size {
                    header.refuse(wanted);
                    header.taken += capacity;
                    return std::ptr::null_mut();
                }
                header.reach(place + wanted);
                Self::capacity(block).write(wanted);
                return block;
            }
            let moved = self.alloc(new_size);
            if !moved.is_null() {
                std::ptr::copy_nonoverlapping(block, moved, capacity.min(new_size));
                self.dealloc(block);
            }
            moved
        }
    }

    unsafe fn usable_size(block: *mut u8) -> usize {
        // SAFETY: by the caller's word the block was allocated here.
        unsafe { Self::capacity(block).read() }
    }
}

#[cfg(test)]
#[allow(unsafe_code)]
mod tests {
    use super::*;

    #[test]
    fn classes_hold_what_they_are_for_and_waste_at_most_a_quarter() {
        for size in (1..5000).chain([1 << 20, (1 << 20) + 1, 77_777_777]) {
            let (class, capacity) = class_of(size);
            assert!(capacity >= size && class < CLASSES, "{size}");
            assert!(
                capacity <= (size + size / 4 + ALIGNMENT).max(24),
                "{size}: {capacity}"
            );
            assert_eq!((capacity + BLOCK_HEADER) % ALIGNMENT, 0, "{size}");
            assert_eq!(class_of(capacity), (class, capacity), "{size}");
            assert!(class_of(capacity + 1).0 > class, "{size}");
        }
    }

    #[test]
    fn a_region_is_put_back_byte_for_byte_and_allocates_the_same_again() {
        let region = Region::new(1 << 20, 2).expect("two megabytes");
        let mut allocator = region.allocator();
        let kept = allocator.alloc(100);
        // SAFETY: the blocks are used within their sizes and freed once.
        unsafe {
            kept.write_bytes(7, 100);
            let freed = allocator.alloc(1000);
            let after = allocator.alloc(10);
            allocator.dealloc(freed);
            let snapshot = region.snapshot();
            let run = |allocator: &mut RegionAllocator| {
                let first = allocator.alloc(1000);
                let small = allocator.alloc(64);
                let grown = allocator.realloc(small, 3000);
                allocator.dealloc(after);
                kept.write_bytes(9, 100);
                (
                    first as usize,
                    grown as usize,
                    allocator.calloc(3, 5) as usize,
                )
            };
            let first = run(&mut allocator);
            assert_eq!(first.0, freed as usize, "a freed block is used again");
            region.restore(&snapshot);
            assert_eq!(*kept, 7);
            assert_eq!(run(&mut allocator), first);
        }
    }

    #[test]
    fn a_full_region_says_so() {
        let region = Region::new(1 << 16, 4).expect("256 kilobytes");
        let mut allocator = region.allocator();
        assert!(allocator.alloc(1 << 20).is_null());
        assert!(allocator.alloc(usize::MAX).is_null());
        assert!(allocator.calloc(usize::MAX, 2).is_null());
        let mut blocks = 0;
        while !allocator.alloc(1000).is_null() {
            blocks += 1;
        }
        assert!((40..=65).contains(&blocks), "{blocks}");
        assert!(region.meter().refused());
    }
}
