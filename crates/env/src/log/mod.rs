//! What a service prints: redacted line by line into a file, its last lines kept at hand.

mod capture;
mod lines;
mod window;

pub(crate) use capture::ServiceLog;
pub(crate) use window::LogFolder;
