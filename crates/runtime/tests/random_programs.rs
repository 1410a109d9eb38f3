//! Generated programs of ticks, promises, microtasks and immediates, whose order Node fixes
//! wholly: ours must be the same. Each batch is one file and one Node process; its programs run
//! one after another.

mod node;

use std::fmt::Write as _;

use rand::RngExt;
use rtest_core::{Seed, Stream};
use rtest_runtime::{ProgramOptions, run_program};

const BATCHES: u64 = 4;
const PROGRAMS_PER_BATCH: u32 = 40;
/// Turns of the loop after which a program is certainly over: more than immediates can nest.
const TURNS: u32 = 8;

struct Generator {
    stream: Stream,
    next_label: u32,
    text: String,
}

impl Generator {
    fn label(&mut self) -> u32 {
        self.next_label += 1;
        self.next_label
    }

    /// A few statements; `depth` bounds how far callbacks nest.
    fn block(&mut self, depth: u32) {
        for _ in 0..self.stream.random_range(1..4_u32) {
            self.statement(depth);
        }
    }

    fn callback(&mut self, opening: &str, depth: u32, closing: &str) {
        let label = self.label();
        let _ = write!(self.text, "{opening}log({label}); ");
        if depth > 0 {
            self.block(depth - 1);
        }
        self.text.push_str(closing);
    }

    fn statement(&mut self, depth: u32) {
        match self.stream.random_range(0..12_u32) {
            0 | 1 => self.callback("process.nextTick(() => { ", depth, "}); "),
            2 | 3 => self.callback("queueMicrotask(() => { ", depth, "}); "),
            4 => self.callback("Promise.resolve().then(() => { ", depth, "}); "),
            5 => {
                self.callback("Promise.resolve().then(() => { ", depth, "})");
                self.callback(".then(() => { ", depth.min(1), "})");
                self.callback(".finally(() => { ", 0, "}); ");
            }
            6 => {
                self.callback("(async () => { ", 0, "await null; ");
                self.callback("{ ", depth.min(1), "} await { then(f) { f(); } }; ");
                self.callback("{ ", 0, "} })(); ");
            }
            7 => self.callback(
                "Promise.reject(new Error('x')).catch(() => { ",
                depth,
                "}); ",
            ),
            8 => self.callback("setImmediate(() => { ", depth, "}); "),
            9 => {
                self.callback(
                    "{ const i = setImmediate(() => { ",
                    0,
                    "}); process.nextTick(() => clearImmediate(i)); } ",
                );
            }
            10 => self.callback(
                "(async () => { try { await (async () => { throw 1; })(); } catch { ",
                depth,
                "} })(); ",
            ),
            _ => {
                self.callback(
                    "Promise.all([Promise.resolve().then(() => { ",
                    0,
                    "}), new Promise((r) => process.nextTick(r))]).then(() => { ",
                );
                self.callback("", depth.min(1), "}); ");
            }
        }
    }
}

/// A file that runs its programs one after another, each in a check phase of its own.
fn batch(seed: u64) -> String {
    let mut generator = Generator {
        stream: Seed::new(seed).stream("random programs"),
        next_label: 0,
        text: String::from("const log = (x) => console.log(x);\nconst programs = [\n"),
    };
    for _ in 0..PROGRAMS_PER_BATCH {
        generator.text.push_str("() => { ");
        generator.block(3);
        generator.text.push_str("},\n");
    }
    let _ = write!(
        generator.text,
        "];\nfunction wait(turns, then) {{ if (turns === 0) then(); else setImmediate(wait, turns - 1, then); }}\n\
         function next(i) {{ if (i < programs.length) {{ console.log('program', i); programs[i](); wait({TURNS}, () => next(i + 1)); }} }}\n\
         next(0);\n"
    );
    generator.text
}

#[test]
fn generated_programs_run_in_nodes_order() {
    if !node::is_present("random programs") {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    for seed in 0..BATCHES {
        let program = folder.path().join(format!("batch-{seed}.js"));
        std::fs::write(&program, batch(seed)).expect("written");
        let (expected, _) = node::run(&program);
        assert!(expected.len() > 1000, "the batch does something");
        for under in [seed, 1000 + seed] {
            let outcome = run_program(&program, &ProgramOptions::new(Seed::new(under)))
                .unwrap_or_else(|error| panic!("{error}"));
            let (ours, theirs) = (
                String::from_utf8_lossy(&outcome.stdout),
                String::from_utf8_lossy(&expected),
            );
            let line = ours.lines().zip(theirs.lines()).position(|(a, b)| a != b);
            assert!(
                ours == theirs,
                "batch {seed} under seed {under} differs at output line {line:?}:\n{}",
                batch(seed)
            );
        }
    }
}
