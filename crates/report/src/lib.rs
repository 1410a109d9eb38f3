//! rtest-report
