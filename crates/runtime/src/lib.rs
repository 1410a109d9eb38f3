//! rtest-runtime
