use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::str;

use memchr::{memchr, memchr_iter, memrchr};
use rtest_core::Span;

use super::error::{FeederError, FeederErrorKind};
use super::format::{Format, Found, Malformed, Stretch};
use super::index::{Block, Index};
use super::row::Row;

/// The longest row that is read.
const LONGEST_ROW: usize = 16 * 1024 * 1024;

/// What is read at once when the whole file is.
const READ: usize = 256 * 1024;

/// How much of a line before the place that is at fault is looked at to show it.
const SHOWN_BEFORE: u64 = 8 * 1024;

/// And after it.
const SHOWN_AFTER: usize = 512;

/// A byte order mark.
const BOM: &[u8] = b"\xef\xbb\xbf";

/// A file of rows, with an index of where they are.
#[derive(Debug)]
pub(super) struct RowFile {
    file: File,
    format: Box<dyn Format>,
    index: Index,
}

impl RowFile {
    /// Opens a file, and reads every row of it once. `open` is shown its beginning and says how
    /// the rows are written and where they begin, or that it needs to see more.
    ///
    /// # Errors
    /// The file cannot be read, or not all of it is rows.
    pub(super) fn open<F: Format + 'static>(
        path: &Path,
        open: impl Fn(Stretch<'_>) -> Result<Option<(F, usize)>, Malformed>,
    ) -> Result<Self, FeederError> {
        let name = path.display().to_string();
        let unreadable = |error| FeederError::new(FeederErrorKind::Unreadable(error), &name);
        let file = File::open(path).map_err(unreadable)?;
        if !file.metadata().map_err(unreadable)?.is_file() {
            return Err(FeederError::new(FeederErrorKind::NotAFile, &name));
        }
        let mut window = Window::new(&file);
        match window.index(open) {
            Ok((format, index)) => Ok(Self {
                format: Box::new(format),
                index,
                file,
            }),
            Err(Trouble::Unreadable(error)) => Err(unreadable(error)),
            Err(Trouble::Malformed(malformed)) => Err(FeederError {
                place: Some(window.place(&name, malformed.at)),
                hint: malformed.hint,
                ..FeederError::new(FeederErrorKind::Malformed(malformed.reason), &name)
            }),
        }
    }

    /// How the rows are written.
    pub(super) fn format(&self) -> &dyn Format {
        &*self.format
    }

    /// Where the rows are.
    pub(super) const fn index(&self) -> &Index {
        &self.index
    }

    /// Reads a block into a buffer.
    ///
    /// # Errors
    /// The file is shorter than it was, or cannot be read any more.
    pub(super) fn read(&self, block: Block, into: &mut Vec<u8>) -> io::Result<()> {
        let len = usize::try_from(block.to - block.from).map_err(io::Error::other)?;
        into.resize(len, 0);
        self.file.read_exact_at(into, block.from)
    }
}

/// Finds the next row and takes it apart. Returns where to look for the one after it; nothing where
/// more bytes are needed, or, of a whole stretch, where there are no more rows.
fn next_row(format: &dyn Format, stretch: Stretch<'_>, row: &mut Row) -> Result<Step, Malformed> {
    let (text, next) = match format.find(stretch)? {
        Found::Row { text, next } => (text, next),
        Found::Incomplete => return Ok(Step::NeedsMore),
        Found::End => return Ok(Step::End),
    };
    parse(format, &stretch.bytes[text.clone()], row)
        .map_err(|malformed| malformed.after(text.start))?;
    Ok(Step::Row {
        begins: text.start,
        next,
    })
}

enum Step {
    Row { begins: usize, next: usize },
    NeedsMore,
    End,
}

/// Takes a row apart.
///
/// # Errors
/// It is not UTF-8, or breaks the format's rules.
pub(super) fn parse(format: &dyn Format, bytes: &[u8], row: &mut Row) -> Result<(), Malformed> {
    let text = str::from_utf8(bytes)
        .map_err(|error| Malformed::new(error.valid_up_to(), "this is not UTF-8"))?;
    format.parse(text, row)
}

enum Trouble {
    Unreadable(io::Error),
    /// At a byte of the window.
    Malformed(Malformed),
}

impl From<Malformed> for Trouble {
    fn from(malformed: Malformed) -> Self {
        Self::Malformed(malformed)
    }
}

/// The part of a file that is looked at, from its beginning to its end.
#[derive(Debug)]
struct Window<'a> {
    file: &'a File,
    bytes: Vec<u8>,
    /// Where in the file its first byte is.
    offset: u64,
    /// Line feeds before it.
    lines: u64,
    /// What of it was taken.
    taken: usize,
    /// Whether the file ends with it.
    whole: bool,
}

impl<'a> Window<'a> {
    fn new(file: &'a File) -> Self {
        Self {
            file,
            bytes: Vec::with_capacity(READ),
            offset: 0,
            lines: 0,
            taken: 0,
            whole: false,
        }
    }

    fn index<F: Format>(
        &mut self,
        open: impl Fn(Stretch<'_>) -> Result<Option<(F, usize)>, Malformed>,
    ) -> Result<(F, Index), Trouble> {
        while self.bytes.len() < BOM.len() && !self.whole {
            self.read_on()?;
        }
        if self.bytes.starts_with(BOM) {
            self.taken = BOM.len();
        }
        let format = loop {
            match open(self.rest(true)).map_err(|malformed| malformed.after(self.taken))? {
                Some((format, next)) => {
                    self.taken += next;
                    break format;
                }
                None if self.is_too_long() => return Err(self.too_long()),
                None => self.read_on()?,
            }
        };
        let mut index = Index::default();
        let mut row = Row::default();
        loop {
            let first = index.rows() == 0;
            let found = next_row(&format, self.rest(first), &mut row);
            match found.map_err(|malformed| malformed.after(self.taken))? {
                Step::Row { begins, next } => {
                    index.add(self.offset + (self.taken + begins) as u64);
                    self.taken += next;
                }
                Step::NeedsMore if self.is_too_long() => {
                    // As if the file ended here: what keeps the row from ending may be told.
                    let whole = Stretch {
                        whole: true,
                        ..self.rest(first)
                    };
                    next_row(&format, whole, &mut row)
                        .map_err(|malformed| malformed.after(self.taken))?;
                    return Err(self.too_long());
                }
                Step::NeedsMore => self.read_on()?,
                Step::End => {
                    index.finish(self.offset + self.bytes.len() as u64);
                    return Ok((format, index));
                }
            }
        }
    }

    fn rest(&self, first: bool) -> Stretch<'_> {
        Stretch {
            bytes: &self.bytes[self.taken..],
            first,
            whole: self.whole,
        }
    }

    fn is_too_long(&self) -> bool {
        self.bytes.len() - self.taken > LONGEST_ROW
    }

    fn too_long(&self) -> Trouble {
        let reason = format!("this row is longer than {} MiB", LONGEST_ROW >> 20);
        Malformed::new(self.taken, reason).into()
    }

    /// Lets go of what was taken, and reads as much again as is left, or more.
    fn read_on(&mut self) -> Result<(), Trouble> {
        self.lines += memchr_iter(b'\n', &self.bytes[..self.taken]).count() as u64;
        self.offset += self.taken as u64;
        self.bytes.drain(..self.taken);
        self.taken = 0;
        let wanted = self.bytes.len().max(READ) as u64;
        let read = self.file.take(wanted).read_to_end(&mut self.bytes);
        self.whole = read.map_err(Trouble::Unreadable)? == 0;
        Ok(())
    }

    /// Where in the file a byte of the window is, with the line around it as far as it can be
    /// shown.
    fn place(&self, name: &str, at: usize) -> Span {
        let lines = self.lines + memchr_iter(b'\n', &self.bytes[..at]).count() as u64;
        let at = self.offset + at as u64;
        let from = at.saturating_sub(SHOWN_BEFORE);
        let before = usize::try_from(at - from).unwrap_or(0);
        let mut around = vec![0; before + SHOWN_AFTER];
        let read = self.file.read_at(&mut around, from).unwrap_or(0);
        around.truncate(read);
        let before = before.min(read);
        let begins = memrchr(b'\n', &around[..before]).map_or(0, |end| end + 1);
        let ends = memchr(b'\n', &around[before..]).map_or(read, |end| before + end);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let column = text(&around[begins..before]).chars().count();
        Span {
            file: name.into(),
            line: u32::try_from(lines + 1).unwrap_or(u32::MAX),
            column: column as u32 + 1,
            len: 1,
            text: text(&around[begins..ends]).trim_end_matches('\r').into(),
            text_column: 1,
        }
    }
}
