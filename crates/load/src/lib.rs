//! rtest-load
