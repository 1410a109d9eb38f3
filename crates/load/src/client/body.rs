use bytes::{Bytes, BytesMut};
use rtest_core::sample::ErrorKind;

use super::Failure;

/// The most of a body that is kept for checks. A body that nobody looks at is counted and thrown
/// away, whatever its size.
const MAX_KEPT: usize = 16 * 1024 * 1024;

/// A body as it comes in.
#[derive(Debug)]
pub(crate) struct Body {
    keep: bool,
    first: Bytes,
    rest: BytesMut,
}

impl Body {
    /// Keeps what comes, if so asked.
    pub(crate) fn new(keep: bool) -> Self {
        Self {
            keep,
            first: Bytes::new(),
            rest: BytesMut::new(),
        }
    }

    /// Takes a piece in.
    ///
    /// # Errors
    /// It is more than is kept.
    pub(crate) fn push(&mut self, piece: Bytes) -> Result<(), Failure> {
        if !self.keep {
            return Ok(());
        }
        if self.first.len() + self.rest.len() + piece.len() > MAX_KEPT {
            return Err(Failure::new(
                ErrorKind::BodyTooLarge,
                format!("the body is larger than the {MAX_KEPT} bytes that are kept for checks"),
            ));
        }
        // Most bodies come in one piece and need no copy.
        if self.first.is_empty() {
            self.first = piece;
        } else {
            self.rest.extend_from_slice(&piece);
        }
        Ok(())
    }

    /// All that was kept.
    pub(crate) fn whole(self) -> Bytes {
        if self.rest.is_empty() {
            return self.first;
        }
        let mut whole = BytesMut::with_capacity(self.first.len() + self.rest.len());
        whole.extend_from_slice(&self.first);
        whole.extend_from_slice(&self.rest);
        whole.freeze()
    }
}
