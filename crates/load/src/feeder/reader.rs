use std::sync::Arc;

use super::error::{FeederError, FeederErrorKind};
use super::file::{RowFile, parse};
use super::format::{Found, Stretch};
use super::index::Block;
use super::row::Row;
use super::{Feeder, Rows};

/// Reads the rows of a feeder, for the virtual users of one worker.
#[derive(Debug)]
pub(super) struct RowReader {
    feeder: Arc<Feeder>,
    cursor: Cursor,
}

impl RowReader {
    /// Has read nothing yet.
    pub(super) fn new(feeder: Arc<Feeder>) -> Self {
        Self {
            feeder,
            cursor: Cursor::default(),
        }
    }

    /// Reads the row of an iteration into `row`: of the iteration `iteration` of the scenario,
    /// from 0, by its virtual user `vu`, from 0.
    ///
    /// # Errors
    /// There is no row left, or its file was changed since it was opened.
    pub(super) fn feed(
        &mut self,
        iteration: u64,
        vu: u64,
        row: &mut Row,
    ) -> Result<(), FeederError> {
        let number = self.feeder.pick(iteration, vu)?;
        let read = match &self.feeder.rows {
            Rows::File(file) => self.cursor.read(file, number, row),
            Rows::Inline(rows) => copy(rows, number, row),
        };
        read.ok_or_else(|| {
            self.cursor = Cursor::default();
            FeederError::new(FeederErrorKind::Changed { row: number }, &self.feeder.name)
        })
    }
}

fn copy(rows: &[Vec<String>], number: u64, row: &mut Row) -> Option<()> {
    let values = rows.get(usize::try_from(number).ok()?)?;
    row.reset(values.len());
    for (column, value) in values.iter().enumerate() {
        row.set(column, value);
    }
    Some(())
}

/// Holds the block of the file that was last read: rows in ascending order are taken from memory,
/// with one read for each block.
#[derive(Debug, Default)]
struct Cursor {
    block: Option<Block>,
    bytes: Vec<u8>,
    /// The next row of the block, and where in it to look for it.
    next: u64,
    at: usize,
}

impl Cursor {
    /// Reads a row; nothing where it is not where it was when the file was indexed.
    fn read(&mut self, file: &RowFile, number: u64, row: &mut Row) -> Option<()> {
        match self.block {
            Some(block) if (self.next..block.next_row).contains(&number) => {}
            Some(block) if (block.row..self.next).contains(&number) => self.rewind(block),
            _ => {
                let block = file.index().block_of(number)?;
                self.block = None;
                file.read(block, &mut self.bytes).ok()?;
                self.rewind(block);
            }
        }
        loop {
            let stretch = Stretch {
                bytes: &self.bytes[self.at..],
                first: self.at == 0,
                whole: true,
            };
            let Found::Row { text, next } = file.format().find(stretch).ok()? else {
                return None;
            };
            let found = &stretch.bytes[text];
            let is_it = self.next == number;
            self.next += 1;
            self.at += next;
            if is_it {
                return parse(file.format(), found, row).ok();
            }
        }
    }

    fn rewind(&mut self, block: Block) {
        (self.block, self.next, self.at) = (Some(block), block.row, 0);
    }
}
