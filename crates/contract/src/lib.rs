//! rtest-contract
