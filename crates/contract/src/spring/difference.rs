/// How a value differs from what the contract asks for.
#[derive(Debug, PartialEq)]
pub(super) struct Difference {
    pub(super) expected: String,
    pub(super) actual: String,
    /// In one sentence.
    pub(super) message: String,
}
