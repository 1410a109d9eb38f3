/// Entries at most: 1 MiB of them.
const MOST_ENTRIES: usize = 65_536;

/// Bytes between two entries at least, as long as there is room: about what one read of a block
/// and the parsing of half of it cost next to nothing.
const FIRST_STRIDE: u64 = 4096;

/// Where in a file the first row of every so many bytes begins. When it is full, every other entry
/// makes room: a file of 250 MB has blocks of 4 KiB, one of 1 GB blocks of 16 KiB.
#[derive(Debug)]
pub(super) struct Index {
    entries: Vec<Entry>,
    stride: u64,
    rows: u64,
    /// Where the last block ends.
    end: u64,
    most_entries: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Entry {
    row: u64,
    offset: u64,
}

/// A stretch of a file that begins with a row and ends where another begins, or with the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Block {
    /// Its first row.
    pub(super) row: u64,
    /// The first row after it.
    pub(super) next_row: u64,
    /// Its first byte.
    pub(super) from: u64,
    /// The first byte after it.
    pub(super) to: u64,
}

impl Default for Index {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            stride: FIRST_STRIDE,
            rows: 0,
            end: 0,
            most_entries: MOST_ENTRIES,
        }
    }
}

impl Index {
    /// The next row begins at `offset`.
    pub(super) fn add(&mut self, offset: u64) {
        while self.is_due(offset) {
            if self.entries.len() < self.most_entries {
                let row = self.rows;
                self.entries.push(Entry { row, offset });
                break;
            }
            self.thin_out();
        }
        self.rows += 1;
    }

    /// There are no more rows; the file ends at `end`.
    pub(super) fn finish(&mut self, end: u64) {
        self.end = end;
        self.entries.shrink_to_fit();
    }

    /// How many rows there are.
    pub(super) const fn rows(&self) -> u64 {
        self.rows
    }

    /// The block that a row is in; nothing where there is no such row.
    pub(super) fn block_of(&self, row: u64) -> Option<Block> {
        if row >= self.rows {
            return None;
        }
        let next = self.entries.partition_point(|entry| entry.row <= row);
        let entry = self.entries[next - 1];
        let end = Entry {
            row: self.rows,
            offset: self.end,
        };
        let next = self.entries.get(next).unwrap_or(&end);
        Some(Block {
            row: entry.row,
            next_row: next.row,
            from: entry.offset,
            to: next.offset,
        })
    }

    fn is_due(&self, offset: u64) -> bool {
        let last = self.entries.last();
        last.is_none_or(|last| offset - last.offset >= self.stride)
    }

    fn thin_out(&mut self) {
        self.stride = self.stride.saturating_mul(2);
        let mut kept: Option<u64> = None;
        self.entries.retain(|entry| {
            let keep = kept.is_none_or(|kept| entry.offset - kept >= self.stride);
            if keep {
                kept = Some(entry.offset);
            }
            keep
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows of 1 to 9,000 bytes, after a head of 20.
    fn offsets(rows: u64) -> Vec<u64> {
        let mut at = 20;
        (0..rows)
            .map(|row| {
                let begins = at;
                at += 1 + row * 7919 % 9000 / (1 + row % 50);
                begins
            })
            .collect()
    }

    #[test]
    fn every_row_is_in_its_block_however_often_the_index_was_thinned_out() {
        for most_entries in [1, 2, 7, 100_000] {
            let offsets = offsets(5000);
            let mut index = Index {
                most_entries,
                ..Index::default()
            };
            offsets.iter().for_each(|offset| index.add(*offset));
            let end = offsets.last().expect("rows") + 1;
            index.finish(end);
            assert!(index.entries.len() <= most_entries);
            for (row, offset) in (0..).zip(&offsets) {
                let block = index.block_of(row).expect("a row");
                assert!(block.row <= row && row < block.next_row, "{row}: {block:?}");
                assert!(block.from <= *offset && *offset < block.to);
                assert_eq!(block.from, offsets[usize::try_from(block.row).unwrap()]);
                let next = usize::try_from(block.next_row).unwrap();
                assert_eq!(block.to, offsets.get(next).copied().unwrap_or(end));
            }
            assert_eq!(index.block_of(5000), None);
        }
    }

    #[test]
    fn blocks_stay_small_where_there_is_room() {
        let mut index = Index::default();
        let offsets = offsets(5000);
        offsets.iter().for_each(|offset| index.add(*offset));
        index.finish(u64::MAX);
        for row in 0..4990 {
            let block = index.block_of(row).expect("a row");
            assert!(block.to - block.from < 4096 + 9000, "{block:?}");
        }
    }
}
