//! rtest-env
