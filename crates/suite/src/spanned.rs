use rtest_core::Span;

/// A value, and where in the suite it stands.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Spanned<T> {
    /// The value.
    pub(crate) value: T,
    /// Its place.
    pub(crate) span: Span,
}

impl<T> Spanned<T> {
    /// Puts a value in its place.
    pub(crate) fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

/// From the start of `first` to the end of `last` where both stand on one line in that order, as
/// a key and its value mostly do; else `first` alone.
pub(crate) fn join(first: &Span, last: &Span) -> Span {
    let mut joined = first.clone();
    if first.line == last.line && last.column >= first.column {
        joined.len = last.column + last.len - first.column;
    }
    joined
}
