//! Programs from a seed, to compare with Node: what they print is the order of their callbacks.

mod contexts;

use std::fmt::Write as _;

use rand::RngExt;
use rtest_core::{Seed, Stream};

/// What a program is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Ticks, promises, microtasks and immediates: Node fixes their order wholly.
    TimerFree,
    /// Timers and intervals of a few milliseconds among them: their order depends on how long
    /// things take.
    Timers,
    /// Stores of `AsyncLocalStorage` over all that is asynchronous, without timers.
    Contexts,
}

/// The program of a seed; `depth` bounds how far callbacks nest.
pub(crate) fn program(seed: u64, kind: Kind, depth: u32) -> String {
    if kind == Kind::Contexts {
        return contexts::program(seed, depth);
    }
    let mut generator = Generator::new(seed, kind);
    generator
        .text
        .push_str("const log = (x) => console.log(x);\n");
    generator.block(depth);
    generator.text.push('\n');
    generator.text
}

/// Turns of the loop after which a timer-free program is certainly over: more than immediates
/// can nest.
const TURNS: u32 = 8;

/// A file that runs many timer-free programs one after another, each in a check phase of its own.
#[allow(dead_code)] // the example prints single programs
pub(crate) fn batch(seed: u64, programs: u32) -> String {
    let mut generator = Generator::new(seed, Kind::TimerFree);
    generator
        .text
        .push_str("const log = (x) => console.log(x);\nconst programs = [\n");
    for _ in 0..programs {
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

struct Generator {
    stream: Stream,
    kind: Kind,
    next_label: u32,
    text: String,
}

impl Generator {
    fn new(seed: u64, kind: Kind) -> Self {
        Self {
            stream: Seed::new(seed).stream("random programs"),
            kind,
            next_label: 0,
            text: String::new(),
        }
    }

    fn label(&mut self) -> u32 {
        self.next_label += 1;
        self.next_label
    }

    /// A few statements; `depth` bounds how far callbacks nest.
    fn block(&mut self, depth: u32) {
        for _ in 0..self.stream.random_range(1..4_u32) {
            match self.kind {
                Kind::Timers if self.stream.random_range(0..5_u32) < 2 => self.timer(depth),
                _ => self.statement(depth),
            }
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

    fn timer(&mut self, depth: u32) {
        let depth = depth.min(1);
        let ms = self.stream.random_range(0..4_u32);
        match self.stream.random_range(0..6_u32) {
            0..3 => self.callback("setTimeout(() => { ", depth, &format!("}}, {ms}); ")),
            3 => {
                let times = self.stream.random_range(1..3_u32);
                self.callback(
                    "{ let n = 0; const i = setInterval(() => { ",
                    depth.min(1),
                    &format!("if (++n === {times}) clearInterval(i); }}, {ms}); }} "),
                );
            }
            4 => {
                let by = ["process.nextTick", "setImmediate", "queueMicrotask"];
                let by = by[self.stream.random_range(0..3_usize)];
                self.callback(
                    "{ const t = setTimeout(() => { ",
                    0,
                    &format!("}}, {ms}); {by}(() => clearTimeout(t)); }} "),
                );
            }
            _ => self.callback(
                "{ const t = setTimeout(() => { ",
                0,
                &format!("}}, {ms}); setImmediate(() => t.refresh()); }} "),
            ),
        }
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
