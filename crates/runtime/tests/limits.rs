//! Programs that do not end by themselves, or use what is not there.

use std::path::PathBuf;
use std::time::Duration;

use rtest_core::Seed;
use rtest_runtime::{
    Budget, Limits, ProgramOptions, ProgramOutcome, RuntimeError, RuntimeErrorKind, SearchOptions,
    Strategy, run_program, search,
};
use tempfile::TempDir;

fn program(name: &str, text: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join(name);
    std::fs::write(&path, text).expect("written");
    (folder, path)
}

fn run_with(name: &str, text: &str, limits: Limits) -> Result<ProgramOutcome, RuntimeError> {
    let (_folder, path) = program(name, text);
    let options = ProgramOptions {
        limits,
        ..ProgramOptions::new(Seed::new(1))
    };
    run_program(&path, &options)
}

fn run(text: &str) -> Result<ProgramOutcome, RuntimeError> {
    run_with("program.js", text, small())
}

/// Limits that a test reaches in milliseconds.
fn small() -> Limits {
    Limits {
        virtual_time: Duration::from_secs(60),
        callbacks: 20_000,
        steps: 2_000_000,
        memory: 32 << 20,
        output: 1 << 20,
        ..Limits::default()
    }
}

fn budget_of(result: Result<ProgramOutcome, RuntimeError>) -> (Budget, ProgramOutcome) {
    match result {
        Err(RuntimeError {
            kind: RuntimeErrorKind::Budget(budget),
            outcome: Some(outcome),
            ..
        }) => (budget, *outcome),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_loop_without_an_end_is_stopped_and_its_output_kept() {
    let limits = small();
    for text in [
        "console.log('before'); for (;;);",
        "console.log('before'); for (;;) try { for (;;); } catch {} finally { continue; }",
        "console.log('before'); (async () => { for (;;); })();",
        "console.log('before'); setTimeout(() => { while (true) {} }, 5)",
    ] {
        let (budget, outcome) = budget_of(run(text));
        assert_eq!(budget, Budget::Steps(limits.steps), "{text}");
        assert_eq!(outcome.stdout, b"before\n");
    }
}

#[test]
fn callbacks_that_call_for_each_other_for_ever_are_stopped() {
    let limits = small();
    for text in [
        "function again() { process.nextTick(again); } again();",
        "function again() { queueMicrotask(again); } again();",
        "(async () => { for (;;) await null; })();",
        "function again() { setImmediate(again); } again();",
        "process.on('beforeExit', () => setImmediate(() => {}));",
    ] {
        let (budget, _) = budget_of(run(text));
        assert_eq!(budget, Budget::Callbacks(limits.callbacks), "{text}");
    }
}

#[test]
fn a_timer_that_repeats_for_ever_is_stopped_by_virtual_time() {
    let (budget, outcome) = budget_of(run("setInterval(() => {}, 1000);"));
    assert_eq!(budget, Budget::VirtualTime(Duration::from_secs(60)));
    assert!(outcome.virtual_time <= Duration::from_secs(61));
}

#[test]
fn memory_and_output_are_bounded() {
    let limits = small();
    let (budget, _) = budget_of(run(
        "const all = []; for (;;) all.push(new Array(1000).fill(0));",
    ));
    assert_eq!(budget, Budget::Memory(limits.memory));
    let (budget, _) = budget_of(run("for (;;) console.log('x'.repeat(1000));"));
    assert_eq!(budget, Budget::Output(limits.output));
}

#[test]
fn a_program_that_needs_more_memory_is_told_how_to_get_it() {
    let text = "const all = []; for (let i = 0; i < 300_000; i++) all.push({ i }); \
                console.log(all.length);";
    let error = run(text).expect_err("it needs more");
    let told = error.to_string();
    assert!(told.contains("memory limit of 32MiB"), "{told}");
    assert!(told.contains("--memory"), "{told}");
    let limits = Limits {
        memory: 128 << 20,
        ..Limits::default()
    };
    let outcome = run_with("program.js", text, limits).expect("it has enough");
    assert_eq!(outcome.stdout, b"300000\n");
}

#[test]
fn what_refers_to_itself_is_freed_before_the_limit_and_at_the_same_point_in_every_run() {
    // Some 30 MB live while ten times as much is made and dropped.
    let text = "let freed = 0; const registry = new FinalizationRegistry(() => { freed++; }); \
                const live = []; for (let i = 0; i < 60_000; i++) live.push({ i }); \
                let n = 0; function more() { \
                for (let i = 0; i < 10_000; i++) { const it = { live: [i, i, i, i] }; it.self = it; \
                if (i % 1000 === 0) registry.register(it); } \
                if (freed > 0 && n % 5 === 0) console.log(n, freed); \
                if (++n < 50) setImmediate(more); else console.log(live.length, freed > 300); } more();";
    let limits = Limits {
        memory: 64 << 20,
        ..Limits::default()
    };
    let run = || run_with("program.js", text, limits).expect("cycles are freed");
    let (first, second) = (run(), run());
    let stdout = String::from_utf8_lossy(&first.stdout);
    assert!(stdout.ends_with("60000 true\n"), "{stdout}");
    assert_eq!(first.stdout, second.stdout);
    assert_eq!(first.memory, second.memory);
}

#[test]
fn waiting_by_reading_the_clock_ends() {
    let text = "const end = Date.now() + 3000; while (Date.now() < end); console.log('over');";
    let outcome = run(text).expect("it ends");
    assert_eq!(outcome.stdout, b"over\n");
    assert!(outcome.virtual_time >= Duration::from_secs(3));
}

#[test]
fn a_deep_recursion_is_a_range_error_as_in_node() {
    let text = "let depth = 0; function f() { depth++; f(); } \
                try { f(); } catch (e) { console.log(e.name, e.message, depth > 5000); }";
    let outcome = run_with("program.js", text, Limits::default()).expect("it ends");
    assert_eq!(
        String::from_utf8_lossy(&outcome.stdout),
        "RangeError Maximum call stack size exceeded true\n"
    );
}

#[test]
fn what_is_not_there_is_refused_by_name_and_place() {
    for (file, text, refused) in [
        (
            "a.js",
            "\nrequire('path').matchesGlob('a.js', '*.js');",
            "path.matchesGlob",
        ),
        (
            "a.js",
            "\nrequire('child_process').execSync('ls');",
            "child_process.execSync",
        ),
        (
            "a.js",
            "\nnew (require('worker_threads').Worker)('x');",
            "worker_threads.Worker",
        ),
        (
            "a.mjs",
            "\nimport { connect } from 'node:http2'; connect('http://a');",
            "http2.connect",
        ),
        (
            "a.mjs",
            "\n(await import('tls')).connect(443);",
            "tls.connect",
        ),
        (
            "a.js",
            "\nrequire('vm').runInThisContext('');",
            "vm.runInThisContext",
        ),
        (
            "a.js",
            "\nclass Own extends require('https').Agent {}; require('https').createServer();",
            "tls.Server",
        ),
        (
            "a.js",
            "\nrequire('https').get('https://127.0.0.1/');",
            "tls.connect",
        ),
        (
            "a.js",
            "\nnew (require('net').BlockList)();",
            "net.BlockList",
        ),
        ("a.js", "\nrequire('fs').watch('.');", "fs.watch"),
        (
            "a.js",
            "\nrequire('dns').resolve4('a', () => {});",
            "dns.resolve and the like (dns.lookup is)",
        ),
        ("a.js", "\nIntl.DateTimeFormat();", "Intl.DateTimeFormat"),
        (
            "a.mjs",
            "\nimport { createSign } from 'crypto'; createSign();",
            "crypto.createSign",
        ),
        ("a.js", "\nprocess.setuid(0);", "process.setuid"),
        (
            "a.js",
            "\n(1).toLocaleString('de');",
            "Number.prototype.toLocaleString for the locale de",
        ),
    ] {
        match run_with(file, text, small()) {
            Err(RuntimeError {
                kind: RuntimeErrorKind::Unavailable { name, place },
                ..
            }) => {
                assert_eq!(name, refused, "{text}");
                // An `import` fails before any of its module's code runs.
                if !text.contains("import") {
                    let place = place.expect("a place");
                    assert!(place.contains(&format!("{file}:2:")), "{text}: {place}");
                }
            }
            other => panic!("{text}: {other:?}"),
        }
    }
}

#[test]
fn what_is_used_and_not_there_ends_the_run_whatever_the_program_catches() {
    for (file, text, refused) in [
        (
            "a.js",
            "\ntry { require('tls').connect(443); } catch { console.log('caught'); }",
            "tls.connect",
        ),
        (
            "a.js",
            "process.on('uncaughtException', () => console.log('caught'));\nrequire('tls').connect(443);",
            "tls.connect",
        ),
        (
            "a.mjs",
            "\ntry { await fetch('https://prices.internal/7'); } catch { console.log('caught'); }",
            "tls.connect",
        ),
        (
            "a.test.mjs",
            "import { test } from 'node:test'; import tls from 'node:tls';\ntest('a', () => tls.connect(1));",
            "tls.connect",
        ),
    ] {
        match run_with(file, text, small()) {
            Err(RuntimeError {
                kind: RuntimeErrorKind::Unavailable { name, place },
                outcome: Some(outcome),
                ..
            }) => {
                assert_eq!(name, refused, "{text}");
                assert!(!outcome.stdout.starts_with(b"caught"), "{text}");
                if !text.contains("fetch") {
                    let place = place.expect("a place");
                    assert!(place.starts_with(&format!("{file}:2:")), "{text}: {place}");
                }
            }
            other => panic!("{text}: {other:?}"),
        }
    }
}

#[test]
fn whether_something_is_there_may_be_asked() {
    let text = "const tls = require('tls'), { serialize } = require('v8');
        console.log(typeof tls.connect, 'connect' in tls, typeof WebAssembly, typeof serialize);
        try { require('node:sqlite'); } catch (e) { console.log(e.code); }
        try { require('v8').serialize.anything; } catch (e) { console.log(e.code); }";
    let outcome = run(text).expect("it ends");
    assert_eq!(
        String::from_utf8_lossy(&outcome.stdout),
        "function true function function\nERR_UNKNOWN_BUILTIN_MODULE\nERR_NOT_IN_REFERENCE_RUNTIME\n"
    );
}

#[test]
fn a_package_that_tries_something_while_it_is_loaded_goes_on() {
    for (package, main) in [
        ("index.js", "require('pkg')"),
        ("index.mjs", "import('pkg')"),
    ] {
        let (folder, path) = program("a.js", &format!("{main};\nconsole.log('on');"));
        let home = folder.path().join("node_modules/pkg");
        std::fs::create_dir_all(&home).expect("made");
        std::fs::write(
            home.join("package.json"),
            format!("{{ \"exports\": \"./{package}\" }}"),
        )
        .expect("written");
        let text = "let v8; try { v8 = process.getBuiltinModule('v8').serialize(1); } catch {}";
        std::fs::write(home.join(package), text).expect("written");
        let outcome = run_program(&path, &ProgramOptions::new(Seed::new(1))).expect("it ends");
        assert_eq!(outcome.stdout, b"on\n");
        let tried: Vec<_> = outcome.tried.into_iter().collect();
        let [(name, Some(place))] = tried.as_slice() else {
            panic!("{tried:?}");
        };
        assert_eq!(name, "v8.serialize");
        assert!(
            place.starts_with(&format!("node_modules/pkg/{package}:1:")),
            "{place}"
        );
    }
}

#[test]
fn a_program_that_cannot_be_loaded_is_an_error() {
    let missing = PathBuf::from("no/such/program.js");
    let error = run_program(&missing, &ProgramOptions::new(Seed::new(1))).expect_err("missing");
    assert!(
        matches!(error.kind, RuntimeErrorKind::Unreadable(_)),
        "{error}"
    );
    for (name, text) in [("a.txt", "1"), ("a.json", "{}")] {
        let error = run_with(name, text, small()).expect_err("not a program");
        assert!(
            matches!(error.kind, RuntimeErrorKind::UnsupportedFile),
            "{error}"
        );
    }
    for text in ["a\0b", "\u{fffd}"] {
        let (_folder, path) = program("a.js", text);
        if text.contains('\u{fffd}') {
            std::fs::write(&path, [0xff, 0xfe, 0x00]).expect("written");
        }
        let error = run_program(&path, &ProgramOptions::new(Seed::new(1))).expect_err("binary");
        assert!(
            matches!(error.kind, RuntimeErrorKind::Unreadable(_)),
            "{error}"
        );
    }
}

#[test]
fn a_missing_module_is_the_programs_own_error_as_in_node() {
    for (file, text) in [
        ("a.js", "require('./missing');"),
        ("a.js", "require('some-package');"),
        ("a.mjs", "import './missing.mjs';"),
        ("a.mjs", "import 'some-package';"),
    ] {
        let outcome = run_with(file, text, small()).expect("it ends by itself");
        assert_eq!(outcome.exit_code, 1, "{text}");
        let stderr = String::from_utf8_lossy(&outcome.stderr);
        assert!(stderr.contains("Cannot find"), "{text}: {stderr}");
    }
}

#[test]
fn an_uncaught_error_shows_its_line() {
    let outcome = run("const a = 1;\n  throw new TypeError('wrong');\n").expect("it ends");
    assert_eq!(outcome.exit_code, 1);
    let stderr = String::from_utf8_lossy(&outcome.stderr);
    let shown =
        "program.js:2\n  throw new TypeError('wrong');\n        ^\n\nTypeError: wrong\n    at ";
    assert!(stderr.contains(shown), "{stderr}");
}

#[test]
fn the_environment_of_the_machine_is_not_seen() {
    let text = "console.log(process.env, new Date().getTimezoneOffset(), new Date().getFullYear(), \
                process.argv.slice(2), process.pid)";
    let (_folder, path) = program("a.js", text);
    let options = ProgramOptions {
        args: vec!["one".to_owned(), "two".to_owned()],
        ..ProgramOptions::new(Seed::new(1))
    };
    let outcome = run_program(&path, &options).expect("it ends");
    assert_eq!(
        String::from_utf8_lossy(&outcome.stdout),
        "{} 0 2025 [ 'one', 'two' ] 1\n"
    );
}

#[test]
fn seeds_decide_random_numbers_and_nothing_else_does() {
    let numbers = |seed| {
        let (_folder, path) = program("a.js", "console.log(Math.random(), Math.random())");
        let outcome = run_program(&path, &ProgramOptions::new(Seed::new(seed)));
        outcome.expect("it ends").stdout
    };
    assert_eq!(numbers(1), numbers(1));
    assert_ne!(numbers(1), numbers(2));
}

fn of_seeds(program: ProgramOptions, runs: u32) -> SearchOptions {
    SearchOptions {
        program,
        runs,
        strategy: Strategy::Random,
        shrink: false,
    }
}

#[test]
fn a_failing_seed_is_reported_with_its_last_words() {
    let text =
        "if (Math.random() < 0.5) { console.log('unlucky'); throw new RangeError('too low'); }";
    let (_folder, path) = program("a.js", text);
    let options = of_seeds(ProgramOptions::new(Seed::new(10)), 100);
    let seeds = search(&path, &options, &|| false).expect("it runs");
    assert_eq!(seeds.runs, 100);
    assert!(seeds.deterministic);
    assert!((20..80).contains(&seeds.failed), "{}", seeds.failed);
    for failure in &seeds.failures {
        assert_eq!(
            (failure.exit_code, failure.finding.message.as_str()),
            (1, "RangeError: too low")
        );
        let replayed = run_program(&path, &ProgramOptions::new(failure.seed));
        assert_eq!(replayed.expect("it ends").exit_code, 1);
    }
}

#[test]
fn seeds_stop_when_cancelled_and_a_limit_is_a_failure() {
    let (_folder, path) = program("a.js", "for (;;);");
    let options = ProgramOptions {
        limits: small(),
        ..ProgramOptions::new(Seed::new(0))
    };
    let options = of_seeds(options, 2);
    let seeds = search(&path, &options, &|| false).expect("it runs");
    assert_eq!((seeds.runs, seeds.failed), (2, 2));
    let message = &seeds.failures[0].finding.message;
    assert!(message.contains("loop without an end"), "{message}");
    let none = search(&path, &options, &|| true).expect("it runs");
    assert_eq!(none.runs, 0);
}

/// What a program that must run to its end wrote, `{}` standing for its folder.
fn words(folder: &TempDir, bytes: &[u8]) -> String {
    let path = folder.path().canonicalize().expect("it is there");
    String::from_utf8_lossy(bytes).replace(&*path.to_string_lossy(), "{}")
}

#[test]
fn a_syntax_error_shows_file_line_column_and_the_line() {
    for (file, text, shown) in [
        (
            "a.js",
            "const a = 1;\nfunction f() {\n  return a +;\n}\n",
            "{}/a.js:3\n  return a +;\n            ^\n\nSyntaxError: Unexpected token ';'\n    at {}/a.js:3:13\n",
        ),
        (
            "b.mjs",
            "export default 1;\nlet let = 2;\n",
            "{}/b.mjs:2\nlet let = 2;\n    ^\n\nSyntaxError: ",
        ),
        (
            "c.cjs",
            "const s = \"abc\nlet b;\n",
            "{}/c.cjs:1\nconst s = \"abc\n          ^\n\nSyntaxError: ",
        ),
    ] {
        let (folder, path) = program(file, text);
        let outcome = run_program(&path, &ProgramOptions::new(Seed::new(1))).expect("it ends");
        assert_eq!(outcome.exit_code, 1, "{text}");
        let stderr = words(&folder, &outcome.stderr);
        assert!(stderr.starts_with(shown), "{text}:\n{stderr}");
    }
}

#[test]
fn a_source_of_fifty_megabytes_runs_or_meets_the_memory_limit() {
    let long_text = format!("console.log('{}'.length);", "a".repeat(50_000_000));
    let (_folder, path) = program("long.js", &long_text);
    let outcome = run_program(&path, &ProgramOptions::new(Seed::new(1))).expect("it ends");
    assert_eq!(outcome.stdout, b"50000000\n");
    let many = "x++;\n".repeat(10_000_000);
    let limits = Limits {
        memory: 64 << 20,
        ..Limits::default()
    };
    let (budget, _) = budget_of(run_with("many.js", &format!("let x = 0;\n{many}"), limits));
    assert_eq!(budget, Budget::Memory(64 << 20));
    for brackets in [
        "(".repeat(50_000_000),
        "[".repeat(1_000_000) + &"]".repeat(1_000_000),
    ] {
        let outcome = run_with("deep.js", &brackets, Limits::default()).expect("it ends");
        let stderr = String::from_utf8_lossy(&outcome.stderr);
        assert!(
            stderr.contains("RangeError: Maximum call stack size exceeded"),
            "{stderr}"
        );
    }
}

#[test]
fn modules_that_import_each_other_end() {
    let (folder, path) = program(
        "a.mjs",
        "import { b } from './b.mjs'; export const a = 1; console.log('a', b());",
    );
    let other = "import { a } from './a.mjs'; \
                 export function b() { try { return a; } catch (e) { return e.name; } } console.log('b', b());";
    std::fs::write(folder.path().join("b.mjs"), other).expect("written");
    let outcome = run_program(&path, &ProgramOptions::new(Seed::new(1))).expect("it ends");
    assert_eq!(outcome.stdout, b"b ReferenceError\na 1\n");
    let (_folder, path) = program(
        "self.mjs",
        "import * as me from './self.mjs'; export const x = 1; console.log(Object.keys(me), me.x);",
    );
    let outcome = run_program(&path, &ProgramOptions::new(Seed::new(1))).expect("it ends");
    assert_eq!(outcome.stdout, b"[ 'x' ] 1\n");
    let (folder, path) = program(
        "a.js",
        "exports.early = 1; const b = require('./b.js'); exports.late = 2; console.log('a', b);",
    );
    let other = "const a = require('./a.js'); exports.saw = { ...a };";
    std::fs::write(folder.path().join("b.js"), other).expect("written");
    let outcome = run_program(&path, &ProgramOptions::new(Seed::new(1))).expect("it ends");
    assert_eq!(outcome.stdout, b"a { saw: { early: 1 } }\n");
}

#[test]
fn nothing_of_the_machine_is_reached() {
    let (_secret, secret) = program("secret.txt", "the machine's own");
    let path = secret.to_string_lossy();
    for text in [
        format!(
            "const fs = require('fs'); console.log(fs.existsSync({path:?}), fs.existsSync('/etc/passwd'));"
        ),
        format!(
            "require('fs').readFile({path:?}, 'utf8', (e, text) => console.log(e?.code === 'ENOENT' ? false : text, false));"
        ),
    ] {
        let outcome = run(&text).expect("it ends");
        assert_eq!(
            String::from_utf8_lossy(&outcome.stdout),
            "false false\n",
            "{text}"
        );
    }
    // Nor is anything left on it.
    let (folder, _) = program("keep.txt", "");
    let target = folder.path().join("written.txt");
    let text = format!(
        "const fs = require('fs'); fs.mkdirSync({:?}, {{ recursive: true }}); fs.writeFileSync({target:?}, 'x'); console.log('written')",
        folder.path()
    );
    assert_eq!(run(&text).expect("it ends").stdout, b"written\n");
    assert!(!target.exists());
    let listening = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listening.local_addr().expect("bound").port();
    let text = format!(
        "require('net').connect({port}, '127.0.0.1').on('error', (e) => console.log(e.code));"
    );
    assert_eq!(run(&text).expect("it ends").stdout, b"ECONNREFUSED\n");
}

#[test]
fn a_short_program_takes_less_than_two_megabytes() {
    let text = "const work = async (i) => { await null; setTimeout(() => {}, i); setImmediate(() => {}); }; \
                for (let i = 0; i < 25; i++) work(i);";
    let outcome = run(text).expect("it ends");
    assert!(outcome.callbacks > 75, "{}", outcome.callbacks);
    assert!(
        (300_000..2_000_000).contains(&outcome.memory),
        "{}",
        outcome.memory
    );
}
