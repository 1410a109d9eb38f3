//! rtest
fn main() {}
