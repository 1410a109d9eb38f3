//! rtest-metrics
