//! rtest-suite
