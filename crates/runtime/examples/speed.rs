//! How fast the runtime is: `cargo run --release -p rtest-runtime --example speed [NAME…]`. With
//! names only those measurements are made.
//!
//! All figures are of one core, by its time on the CPU where the system tells it.

#![allow(clippy::print_stdout, clippy::disallowed_methods)] // it measures real time

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rtest_core::Seed;
use rtest_runtime::{ProgramOptions, SearchOptions, Strategy, run_program, search};

/// One long program each: what is counted is callbacks.
const LONG: &[(&str, &str)] = &[
    (
        "timers",
        "let n = 0; for (let i = 0; i < 10000; i++) setTimeout(function again() { \
         if (++n < 1_000_000) setTimeout(again, Math.random() * 100); }, i % 100);",
    ),
    (
        "timers-million",
        "let n = 0; for (let i = 0; i < 1_000_000; i++) setTimeout(() => { n++; }, i % 1000);",
    ),
    (
        "immediates",
        "let n = 0; function again() { if (++n < 500_000) setImmediate(again); } again();",
    ),
    (
        "ticks",
        "let n = 0; function again() { if (++n < 1_000_000) process.nextTick(again); } again();",
    ),
    (
        "awaits",
        "(async () => { for (let i = 0; i < 1_000_000; i++) await null; })();",
    ),
    (
        "thens",
        "let p = Promise.resolve(); for (let i = 0; i < 200_000; i++) p = p.then(() => {});",
    ),
];

/// About 100 events: timers, ticks, promises and immediates around a counter.
const SHORT: &str = "let n = 0; \
    const work = async (i) => { await null; process.nextTick(() => { n++; }); \
    await new Promise((r) => setTimeout(r, i)); setImmediate(() => { n++; }); }; \
    for (let i = 0; i < 12; i++) work(i); \
    process.on('exit', () => { if (n !== 24) throw new Error('lost'); });";

/// About 10,000 events: clients that ask a service with a bounded pool, and try again.
const SERVICE: &str = "let free = 4; const waiting = []; let done = 0; \
    const sleep = (ms) => new Promise((r) => setTimeout(r, ms)); \
    const take = () => (free > 0 ? (free--, Promise.resolve()) : new Promise((r) => waiting.push(r))); \
    const give = () => (waiting.length > 0 ? waiting.shift()() : free++); \
    async function serve(id) { await take(); try { await sleep(1 + id % 5); \
    if (Math.random() < 0.1) throw new Error('busy'); return id * 2; } finally { give(); } } \
    async function client(id) { for (let i = 0; i < 10; i++) { for (;;) { \
    try { await serve(id); break; } catch { await sleep(10); } } done++; } } \
    for (let id = 0; id < 200; id++) client(id); \
    process.on('exit', () => { if (done !== 2000) throw new Error('lost'); });";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|one| one == name);
    let folder = std::env::temp_dir().join("rtest-runtime-speed");
    std::fs::create_dir_all(&folder)?;
    let write = |name: &str, text: &str| -> std::io::Result<PathBuf> {
        let path = folder.join(format!("{name}.js"));
        std::fs::write(&path, text)?;
        Ok(path)
    };
    for (name, text) in LONG.iter().filter(|(name, _)| is_wanted(name)) {
        let path = write(name, text)?;
        let mut options = ProgramOptions::new(Seed::new(1));
        options.limits.memory = 1 << 30;
        let begun = cpu_time();
        let outcome = run_program(&path, &options)?;
        let seconds = (cpu_time() - begun).as_secs_f64();
        println!(
            "{name:<24} {:>9.0} callbacks/s ({} in {seconds:.2} s)",
            outcome.callbacks as f64 / seconds,
            outcome.callbacks
        );
    }
    let sims = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/sims");
    for (name, path) in [
        ("empty", write("empty", "")?),
        ("short", write("short", SHORT)?),
        ("service", write("service", SERVICE)?),
        ("retry-with-breaker", sims.join("retry-with-breaker.mjs")),
        ("http-shutdown", sims.join("http-shutdown.fixed.mjs")),
        ("http-retry-storm", sims.join("http-retry-storm.fixed.mjs")),
    ] {
        if is_wanted(name) {
            seeds(name, &path)?;
        }
    }
    Ok(())
}

/// Runs seeds for two seconds.
fn seeds(name: &str, path: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let options = ProgramOptions::new(Seed::new(0));
    let once = run_program(path, &options)?;
    let begun = cpu_time();
    let mut first = 0;
    while cpu_time() - begun < Duration::from_secs(2) {
        let options = SearchOptions {
            program: ProgramOptions::new(Seed::new(first)),
            runs: 100,
            strategy: Strategy::Random,
            shrink: false,
        };
        let results = search(path, &options, &|| false)?;
        assert!(results.deterministic, "{name}");
        // The first of them is run twice.
        first += 101;
    }
    println!(
        "{name:<24} {:>9.0} seeds/s ({} callbacks, {:.1} MB each)",
        first as f64 / (cpu_time() - begun).as_secs_f64(),
        once.callbacks,
        once.memory as f64 / 1e6
    );
    Ok(())
}

/// What this process has used of the CPU, in hundredths of a second; the time that passed where
/// the system does not tell.
fn cpu_time() -> Duration {
    static BEGUN: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // Behind the name, which may hold blanks: user and system time are fields 14 and 15.
    let fields = stat.rsplit(") ").next().unwrap_or_default().split(' ');
    let ticks: Vec<u64> = fields.skip(11).take(2).flat_map(str::parse).collect();
    match ticks[..] {
        [user, system] => Duration::from_millis((user + system) * 10),
        _ => BEGUN.elapsed(),
    }
}
