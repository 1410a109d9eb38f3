use std::path::PathBuf;

use crate::span::Span;

/// A program to run in the reference runtime.
#[derive(Clone, Debug)]
pub struct SimPlan {
    /// The program's file.
    pub program: PathBuf,
    /// The path from where rtest was started, for reports and for the command that replays it.
    pub shown: String,
    /// Under how many seeds; at least 1. Each must end with exit code 0.
    pub seeds: u32,
    /// Its entry in the suite.
    pub span: Span,
}
