//! rtest-run
