//! Programs over async contexts: each line that they print has the stores of two storages.

use std::fmt::Write as _;

use rand::RngExt;

use super::{Generator, Kind};

const BEGINNING: &str = "\
const { AsyncLocalStorage, AsyncResource } = require('async_hooks');
const { EventEmitter } = require('events');
const als = new AsyncLocalStorage(), other = new AsyncLocalStorage();
// Node's hooks are on from the first store on; what began before is none of its business.
for (const each of [als, other]) each.run('first', () => {});
const log = (x) => console.log(x, als.getStore(), other.getStore());
const defer = () => { const d = {}; d.promise = new Promise((a, b) => { d.resolve = a; d.reject = b; }); return d; };
class Sub extends Promise {}
const sub = (pending) => new Sub((r) => pending ? setImmediate(r) : r());
const deferred = [defer(), defer(), defer()], failing = [defer(), defer()];
for (const d of failing) d.promise.catch(() => {});
const emitter = new EventEmitter(), shared = new Promise((r) => setImmediate(r));
const gen = (async function* () { for (;;) { log('gen'); await null; log('gen awaited'); yield 1; } })();
setImmediate(() => { als.run('closing', () => deferred.forEach((d) => d.resolve())); });
";

/// The program of a seed: a few callbacks of the loop, and a main program.
pub(crate) fn program(seed: u64, depth: u32) -> String {
    let mut generator = Generator::new(seed, Kind::Contexts);
    generator.text.push_str(BEGINNING);
    for _ in 0..4 {
        generator.text.push_str("setImmediate(() => { ");
        generator.context_block(depth);
        generator.text.push_str("});\n");
    }
    generator.context_block(depth);
    generator.text.push('\n');
    generator.text
}

impl Generator {
    fn pick(&mut self, count: u32) -> u32 {
        self.stream.random_range(0..count)
    }

    /// One of the storages, and a store that is in no other place.
    fn storage(&mut self) -> (&'static str, u32) {
        (["als", "other"][self.pick(2) as usize], self.label())
    }

    fn context_block(&mut self, depth: u32) {
        for _ in 0..self.stream.random_range(1..4_u32) {
            self.context_statement(depth);
        }
    }

    fn logged(&mut self) {
        let label = self.label();
        let _ = write!(self.text, "log({label}); ");
    }

    /// A body between two texts.
    fn body(&mut self, opening: &str, depth: u32, closing: &str) {
        self.text.push_str(opening);
        self.logged();
        if depth > 0 {
            self.context_block(depth - 1);
        }
        self.text.push_str(closing);
    }

    /// Something to wait for.
    fn awaited(&mut self, depth: u32) {
        match self.pick(12) {
            0 => self.text.push_str("null"),
            1 => self.text.push_str("Promise.resolve()"),
            2 => self.text.push_str("{ then(f) { log('thenable'); f(); } }"),
            3 => {
                let which = self.pick(3);
                let _ = write!(self.text, "deferred[{which}].promise");
            }
            4 => self.body("(async () => { ", depth, "})()"),
            5 => self.text.push_str("new Promise((r) => setImmediate(r))"),
            6 => self
                .text
                .push_str("new Promise((r) => process.nextTick(r))"),
            7 => self.body(
                "Promise.all([null, Promise.resolve().then(() => { ",
                0,
                "})])",
            ),
            8 => {
                let (storage, store) = self.storage();
                self.body(
                    &format!("{storage}.run({store}, async () => {{ "),
                    depth,
                    "await null; ",
                );
                self.body("", 0, "})");
            }
            9 => self.text.push_str("shared"),
            10 => {
                let pending = self.pick(2);
                let _ = write!(self.text, "sub({pending})");
            }
            _ => {
                let (storage, store) = self.storage();
                let _ = write!(
                    self.text,
                    "{{ then(f) {{ {storage}.run({store}, setImmediate, f); }} }}"
                );
            }
        }
    }

    fn context_statement(&mut self, depth: u32) {
        let (storage, store) = self.storage();
        match self.pick(22) {
            0 => self.body("process.nextTick(() => { ", depth, "}); "),
            1 => self.body("queueMicrotask(() => { ", depth, "}); "),
            2 => self.body("setImmediate(() => { ", depth, "}); "),
            3 => {
                self.body("Promise.resolve().then(() => { ", depth, "})");
                self.body(".finally(() => { ", 0, "}); ");
            }
            4 | 5 => {
                self.body(&format!("{storage}.run({store}, () => {{ "), depth, "}); ");
                self.logged();
            }
            6 => {
                let _ = write!(self.text, "{storage}.enterWith({store}); ");
                self.logged();
            }
            7 => {
                self.body(&format!("{storage}.exit(() => {{ "), depth, "}); ");
                self.logged();
            }
            8..11 => self.function(depth),
            11 => {
                self.text
                    .push_str("(async () => { try { await (async () => { await ");
                self.awaited(0);
                self.body("; throw 1; })(); } catch { ", depth, "await null; ");
                self.body("} finally { ", 0, "} })(); ");
            }
            12 => {
                self.body(
                    "(async () => { for await (const x of (async function* () { ",
                    0,
                    "await ",
                );
                self.awaited(0);
                self.text.push_str("; yield ");
                self.awaited(0);
                self.body("; ", 0, "})()) { ");
                self.body("", depth, "} ");
                self.body("", 0, "})(); ");
            }
            13 => {
                self.text
                    .push_str("(async () => { for await (const x of [1, ");
                self.awaited(0);
                self.body("]) { ", depth, "} ");
                self.body("", 0, "})(); ");
            }
            14 => {
                let (one, two) = (self.pick(3), self.pick(3));
                let opening = format!("deferred[{one}].promise.then(() => {{ ");
                self.body(&opening, depth, "}); ");
                let _ = write!(self.text, "deferred[{two}].resolve(); ");
            }
            15 => {
                let (one, two) = (self.pick(2), self.pick(2));
                let opening = format!("failing[{one}].promise.catch(() => {{ ");
                self.body(&opening, depth, "}); ");
                let _ = write!(self.text, "failing[{two}].reject(1); ");
            }
            16 => self.body(
                "{ const f = AsyncLocalStorage.bind(() => { ",
                depth,
                &format!("}}); {storage}.run({store}, () => setImmediate(f)); }} "),
            ),
            17 => self.body(
                &format!(
                    "{{ const f = AsyncLocalStorage.snapshot(); {storage}.run({store}, () => f(() => {{ "
                ),
                depth,
                "})); } ",
            ),
            18 => {
                self.body(
                    "{ const r = new AsyncResource('R'); process.nextTick(() => { r.runInAsyncScope(() => { ",
                    depth,
                    "}); ",
                );
                self.body("", 0, "r.runInAsyncScope(() => { ");
                self.body("", 0, "}); }); } ");
            }
            19 => {
                self.body("emitter.once('e', () => { ", depth, "}); ");
                if self.pick(2) == 0 {
                    self.text.push_str("emitter.emit('e'); ");
                }
            }
            20 => self.body("gen.next().then(() => { ", depth, "}); "),
            _ => {
                self.text.push_str("Promise.race([");
                self.awaited(0);
                self.text.push_str(", ");
                self.awaited(0);
                self.body("]).then(() => { ", depth, "}); ");
            }
        }
    }

    /// An async function that waits twice.
    fn function(&mut self, depth: u32) {
        self.body("(async () => { ", 0, "await ");
        self.awaited(depth.min(1));
        self.body("; ", depth, "await ");
        self.awaited(0);
        self.body("; ", 0, "})(); ");
    }
}
