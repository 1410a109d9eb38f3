//! How fast the runtime is: `cargo run --release -p rtest-runtime --example speed`.

#![allow(clippy::print_stdout, clippy::disallowed_methods)] // it measures real time

use std::path::Path;
use std::time::Instant;

use rtest_core::Seed;
use rtest_runtime::{ProgramOptions, run_program, run_seeds};

const TIMERS: &str = "let n = 0; for (let i = 0; i < 10000; i++) setTimeout(function again() { \
                      if (++n < 1_000_000) setTimeout(again, Math.random() * 100); }, i % 100);";
const IMMEDIATES: &str =
    "let n = 0; function again() { if (++n < 500_000) setImmediate(again); } again();";
const TICKS: &str =
    "let n = 0; function again() { if (++n < 1_000_000) process.nextTick(again); } again();";
const AWAITS: &str = "(async () => { for (let i = 0; i < 1_000_000; i++) await null; })();";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::temp_dir().join("rtest-runtime-speed");
    std::fs::create_dir_all(&folder)?;
    for (name, text) in [
        ("timers, 10,000 live", TIMERS),
        ("immediates", IMMEDIATES),
        ("ticks", TICKS),
        ("awaits", AWAITS),
    ] {
        let path = folder.join("program.js");
        std::fs::write(&path, text)?;
        let begun = Instant::now();
        let outcome = run_program(&path, &ProgramOptions::new(Seed::new(1)))?;
        let seconds = begun.elapsed().as_secs_f64();
        println!(
            "{name:<20} {:>9.0} callbacks/s ({} in {seconds:.2} s)",
            outcome.callbacks as f64 / seconds,
            outcome.callbacks
        );
    }
    let empty = folder.join("empty.js");
    std::fs::write(&empty, "")?;
    let sim = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/sims");
    for path in [empty, sim.join("retry-with-breaker.mjs")] {
        let begun = Instant::now();
        let options = ProgramOptions::new(Seed::new(0));
        let seeds = run_seeds(&path, Seed::new(0), 500, &options, &|| false)?;
        let seconds = begun.elapsed().as_secs_f64();
        println!(
            "{:<20} {:>9.0} seeds/s ({} failed)",
            path.file_name().unwrap_or_default().to_string_lossy(),
            f64::from(seeds.seeds_run) / seconds,
            seeds.seeds_failed
        );
    }
    Ok(())
}
