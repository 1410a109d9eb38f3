//! rtest-proxy
