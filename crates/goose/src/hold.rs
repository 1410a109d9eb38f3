use log::{LevelFilter, Log, Metadata, Record};

/// Takes what goose would take: Ctrl-C and the logger of the process. To be called before whoever
/// else handles Ctrl-C does so, for this takes it from them; they are asked as ever afterwards.
///
/// goose would end the process at the second Ctrl-C with a code of its own, and write a line for
/// each failed request to the terminal.
pub fn hold_process() {
    // An error is that of the second call.
    let _ = ctrlc::set_handler(|| {});
    // Where the process has a logger, goose cannot become another.
    if log::set_logger(&Silent).is_ok() {
        log::set_max_level(LevelFilter::Off);
    }
}

#[derive(Debug)]
struct Silent;

impl Log for Silent {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        false
    }

    fn log(&self, _: &Record<'_>) {}

    fn flush(&self) {}
}
