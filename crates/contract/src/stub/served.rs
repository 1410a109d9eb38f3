use std::fmt;

/// A request to a stub, and what it was answered: a line for whoever watches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Served {
    /// The request in one line: `GET /users/7`.
    pub request: String,
    /// The status that was answered.
    pub status: u16,
    /// The interaction that it matches, or why there is none, with what comes nearest.
    pub because: String,
}

impl fmt::Display for Served {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            request,
            status,
            because,
        } = self;
        write!(f, "{status}  {request}  {because}")
    }
}
