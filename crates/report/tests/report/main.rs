//! Reports of runs made by hand, and of runs recorded in `fixtures/records`.

mod golden;
mod html;
mod json;
mod junit;
mod scenes;
mod terminal;
mod traffic;
