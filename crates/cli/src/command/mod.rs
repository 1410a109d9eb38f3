//! One file for each subcommand.

pub(crate) mod chaos;
pub(crate) mod completions;
pub(crate) mod contract;
pub(crate) mod ctl;
pub(crate) mod doctor;
pub(crate) mod env;
pub(crate) mod explain;
pub(crate) mod init;
pub(crate) mod load;
pub(crate) mod merge;
pub(crate) mod proxy;
pub(crate) mod reaper;
pub(crate) mod report;
pub(crate) mod run;
pub(crate) mod sample;
pub(crate) mod schema;
pub(crate) mod sim;
pub(crate) mod validate;

mod judge;
