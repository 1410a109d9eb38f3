//! rtest-chaos
