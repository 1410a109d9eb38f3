//! What a run and a search say is wrong with a program.

use std::path::PathBuf;
use std::time::Duration;

use rtest_core::Seed;
use rtest_runtime::{
    Chance, Coverage, Finding, FindingKind, Limits, ProgramOptions, RuntimeErrorKind, Schedule,
    Search, SearchOptions, Strategy, run_program, search,
};
use tempfile::TempDir;

fn program(name: &str, text: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join(name);
    std::fs::write(&path, text).expect("written");
    (folder, path)
}

fn options() -> ProgramOptions {
    ProgramOptions {
        chance: Chance::Forced(Vec::new()),
        trace: true,
        limits: Limits {
            callbacks: 200_000,
            steps: 200_000_000,
            ..Limits::default()
        },
        ..ProgramOptions::new(Seed::new(1))
    }
}

fn findings_with(name: &str, text: &str, options: &ProgramOptions) -> Vec<Finding> {
    let (_folder, path) = program(name, text);
    match run_program(&path, options) {
        Ok(outcome) => outcome.findings,
        Err(error) => {
            assert!(matches!(error.kind, RuntimeErrorKind::Budget(_)), "{error}");
            error.outcome.expect("it ran").findings
        }
    }
}

fn findings(name: &str, text: &str) -> Vec<Finding> {
    findings_with(name, text, &options())
}

fn search_of(name: &str, text: &str, runs: u32, strategy: Strategy) -> Search {
    let (_folder, path) = program(name, text);
    let options = SearchOptions {
        program: ProgramOptions::new(Seed::new(1)),
        runs,
        strategy,
        shrink: true,
    };
    search(&path, &options, &|| false).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn what_ends_a_program_is_named_with_its_place() {
    for (name, text, kind, message, place) in [
        (
            "a.js",
            "\nthrow new TypeError('no');",
            FindingKind::Uncaught,
            "TypeError: no",
            Some("a.js:2:7"),
        ),
        (
            "a.mjs",
            "\nthrow new TypeError('no');",
            FindingKind::Uncaught,
            "TypeError: no",
            Some("a.mjs:2:7"),
        ),
        (
            "a.js",
            "\nPromise.reject(new Error('unheard'));",
            FindingKind::UnhandledRejection,
            "Error: unheard",
            Some("a.js:2:16"),
        ),
        (
            "a.js",
            "process.on('exit', () => console.log('never')); console.log('bye'); process.kill(process.pid);",
            FindingKind::ExitCode,
            "ended with exit code 143: bye",
            None,
        ),
        (
            "a.js",
            "console.log('bye'); process.exitCode = 3;",
            FindingKind::ExitCode,
            "ended with exit code 3: bye",
            None,
        ),
        (
            "a.mjs",
            "await new Promise(() => {});",
            FindingKind::Deadlock,
            "nothing is left to happen, and a top-level await waits for it",
            Some("a.mjs"),
        ),
        (
            "a.js",
            "const { settles } = require('rtest:sim'); settles(Promise.resolve(), 'yes');\n\
             settles(Promise.reject(1), 'yes').catch(() => {});\n\
             settles(new Promise(() => {}), 'the answer');",
            FindingKind::Deadlock,
            "never settled: the answer",
            Some("a.js:3:1"),
        ),
        (
            "a.mjs",
            "import { always } from 'rtest:sim';\nalways(1 > 2, 'two is less');",
            FindingKind::Always,
            "two is less",
            Some("a.mjs:2:1"),
        ),
    ] {
        let found = findings(name, text);
        let expected = Finding {
            kind,
            message: message.to_owned(),
            place: place.map(ToOwned::to_owned),
        };
        assert_eq!(found, [expected], "{text}");
    }
}

#[test]
fn what_was_thrown_is_named_by_itself_and_not_by_what_the_program_wrote() {
    for (text, message) in [
        (
            "require('fs').readFile('none', (error) => { if (error) throw error; });",
            "Error: ENOENT: no such file or directory, open 'none'",
        ),
        (
            "fetch('http://127.0.0.1:3999/');",
            "TypeError: fetch failed (cause: Error: connect ECONNREFUSED 127.0.0.1:3999)",
        ),
        (
            "throw Object.assign(new AggregateError([new Error('one'), 2], 'both'), { code: 'E_BOTH' });",
            "AggregateError [E_BOTH]: both (errors: Error: one; 2)",
        ),
        (
            "setTimeout('x');",
            "TypeError [ERR_INVALID_ARG_TYPE]: The \"callback\" argument must be of type function. Received type string ('x')",
        ),
        (
            "throw new DOMException('it has no node', 'DataError');",
            "DOMException [DataError]: it has no node",
        ),
        (
            "class Conflict extends Error { name = 'Conflict'; }\nthrow new Conflict('version 3');",
            "Conflict: version 3",
        ),
        (
            "class HttpError extends Error {}\nthrow new HttpError('503');",
            "HttpError: 503",
        ),
        ("Promise.reject({ code: 42 });", "{ code: 42 }"),
        ("Promise.reject();", "undefined"),
        ("throw 'a text\\nof two lines';", "'a text\\nof two lines'"),
        (
            "throw [{ deep: { deeper: [1] } }, 'x'.repeat(40), 'y'.repeat(40)];",
            "[ { deep: [Object] }, \
             'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy' ]",
        ),
        (
            "console.error(new Error('handled')); throw new TypeError('told\\n\\n  in two lines');",
            "TypeError: told in two lines",
        ),
        // What would run, or never end, where it is looked at.
        (
            "throw Object.defineProperty(new Error('x'), 'message', { get() { throw 1; } });",
            "Error",
        ),
        (
            "throw { get [Symbol.toStringTag]() { throw 1; }, [Symbol.for('nodejs.util.inspect.custom')]() { throw 2; } };",
            "an object that cannot be shown",
        ),
        (
            "const error = new Error('round'); error.cause = error; throw error;",
            "Error: round",
        ),
    ] {
        let found = findings("a.js", text);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert_eq!(found[0].message, message, "{text}");
    }
}

#[test]
fn an_exit_code_is_explained_by_the_last_thing_that_was_written_to_stderr() {
    for (text, message) in [
        (
            "console.error('low on stock'); console.log('bye');",
            "low on stock",
        ),
        (
            "console.error(new Error('before')); console.error(new TypeError('last', { cause: new Error('why') }));",
            "TypeError: last",
        ),
        ("", "it wrote nothing"),
    ] {
        let found = findings("a.js", &format!("{text} process.exit(3);"));
        let expected = format!("ended with exit code 3: {message}");
        assert_eq!(found[0].message, expected, "{text}");
    }
}

#[test]
fn a_program_that_fails_nothing_has_no_findings() {
    for text in [
        "process.on('uncaughtException', () => {}); setTimeout(() => { throw 1; });",
        "Promise.reject(1).catch(() => {});",
        "const { always } = require('rtest:sim'); console.log(always(true, 'yes'), always(1, 'yes'));",
        "setInterval(() => {}, 10).unref(); setTimeout(() => {}, 50);",
        "const end = Date.now() + 90; setTimeout(() => {}, 1); while (Date.now() < end);",
        // Nothing waits for the loop.
        "const end = Date.now() + 500; while (Date.now() < end);",
        "let n = 0; (function again() { if (++n < 50000) process.nextTick(again); })(); setImmediate(() => {});",
    ] {
        assert_eq!(findings("a.js", text), [], "{text}");
    }
}

#[test]
fn what_holds_the_loop_is_named_with_how_long_and_what_waited() {
    for (text, kind, parts) in [
        (
            "setTimeout(() => console.log('late'), 10);\nsetTimeout(function work() {\nconst end = Date.now() + 300; while (Date.now() < end);\n}, 5);",
            FindingKind::BlockedLoop,
            [
                "one callback held the loop for 3",
                "a timer (a.js:1) was 29",
                "a.js:2",
            ],
        ),
        (
            "let n = 0; setImmediate(() => {});\nfunction again() { if (++n < 150000) process.nextTick(again); }\nagain();",
            FindingKind::TickStarvation,
            [
                "process.nextTick callbacks held the loop for 15",
                "an immediate waited",
                "a.js:2",
            ],
        ),
        (
            "setImmediate(() => {});\n(async () => { for (let i = 0; i < 150000; i++) await null; })();",
            FindingKind::MicrotaskStarvation,
            [
                "promise jobs held the loop for 15",
                "an immediate waited",
                "",
            ],
        ),
    ] {
        let found = findings("a.js", text);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].kind, kind, "{found:?}");
        let shown = found[0].to_string();
        for part in parts {
            assert!(shown.contains(part), "{shown} has no {part}");
        }
    }
}

#[test]
fn code_that_reads_no_clock_holds_the_loop_too() {
    let limits = Limits {
        held: Duration::from_millis(5),
        ..options().limits
    };
    let options = ProgramOptions {
        limits,
        ..options()
    };
    let text = "setTimeout(() => { setImmediate(() => {}); for (let i = 0; i < 1e7; i++); }, 5);";
    let found = findings_with("a.js", text, &options);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].kind, FindingKind::BlockedLoop);
    assert_eq!(found[0].place.as_deref(), Some("a.js:1"));
}

#[test]
fn what_never_ends_is_named_with_its_place() {
    for (text, kind, place) in [
        (
            "\nfunction spin() { for (;;); }\nspin();",
            FindingKind::BlockedLoop,
            "a.js:2",
        ),
        (
            "\nfunction again() { process.nextTick(again); }\nsetTimeout(() => {}, 5); again();",
            FindingKind::TickStarvation,
            "a.js:2",
        ),
        // Between two promise jobs nothing says where they come from but the callback before them.
        (
            "\nsetTimeout(async () => { for (;;) await null; }, 5); setTimeout(() => {}, 6);",
            FindingKind::MicrotaskStarvation,
            "a.js:2",
        ),
        (
            "\nsetInterval(() => {}, 60000);",
            FindingKind::Leak,
            "a.js:2",
        ),
    ] {
        let found = findings("a.js", text);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert_eq!(found[0].kind, kind, "{found:?}");
        let at = found[0].place.clone().unwrap_or_default();
        assert!(at.starts_with(place), "{text}: {found:?}");
    }
}

#[test]
fn what_is_left_behind_is_a_finding_where_it_is_asked_for() {
    let leaks = ProgramOptions {
        leaks: true,
        ..options()
    };
    for (text, message, place) in [
        (
            "setInterval(() => {}, 1000).unref();",
            "left behind: interval of 1000 ms",
            Some("a.js:1"),
        ),
        (
            "setTimeout(() => {}, 50); process.exit();",
            "left behind: timeout of 50 ms",
            Some("a.js:1"),
        ),
        (
            "setImmediate(() => {}); process.exit();",
            "left behind: immediate",
            None,
        ),
    ] {
        let found = findings_with("a.js", text, &leaks);
        let expected = Finding {
            kind: FindingKind::Leak,
            message: message.to_owned(),
            place: place.map(ToOwned::to_owned),
        };
        assert_eq!(found, [expected], "{text}");
        assert_eq!(findings("a.js", text), [], "{text}");
    }
    let tidy = "const t = setTimeout(() => {}, 50); clearTimeout(t); process.exit();";
    assert_eq!(findings_with("a.js", tidy, &leaks), []);
}

#[test]
fn what_a_package_throws_stands_where_the_program_called_it() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let package = folder.path().join("node_modules/checks");
    std::fs::create_dir_all(&package).expect("made");
    let write = |path: PathBuf, text: &str| std::fs::write(path, text).expect("written");
    write(
        package.join("index.js"),
        "exports.check = (holds) => [holds].forEach((it) => { if (!it) throw new Error('no'); });\n\
         exports.later = () => setTimeout(() => exports.check(false));",
    );
    for (text, place) in [
        (
            "const { check } = require('checks');\n  check(false);",
            "a.js:2:3",
        ),
        (
            "const { check } = require('checks');\n\nconst sure = () => check(1 > 2);\nPromise.resolve().then(sure);",
            "a.js:3:20",
        ),
        // Nothing of the program's is on the stack.
        (
            "require('checks').later();",
            "node_modules/checks/index.js:1:69",
        ),
        (
            "const { test } = require('node:test');\ntest('it', () => {\n  require('checks').check(0);\n});",
            "a.js:3:21",
        ),
    ] {
        write(folder.path().join("a.js"), text);
        let outcome = run_program(&folder.path().join("a.js"), &options()).expect("it ends");
        assert_eq!(outcome.findings.len(), 1, "{text}: {:?}", outcome.findings);
        assert_eq!(outcome.findings[0].place.as_deref(), Some(place), "{text}");
    }
}

/// A server, a request of each client, and what becomes of it all: `end`.
fn over_http(end: &str) -> String {
    format!(
        "const http = require('http');\n\
         const agent = new http.Agent({{ keepAlive: true }});\n\
         const server = http.createServer((request, response) => response.end('x')).listen(3000, () => {{\n\
         http.get('http://127.0.0.1:3000/', {{ agent }}, (answer) => answer.resume().on('end', async () => {{\n\
         await (await fetch('http://127.0.0.1:3000/')).text();\n\
         {end}\n\
         }}));\n\
         }});"
    )
}

#[test]
fn timers_of_nodes_own_library_are_no_leaks() {
    let leaks = ProgramOptions {
        leaks: true,
        ..options()
    };
    for end in [
        "server.close(); server.closeAllConnections(); agent.destroy(); setImmediate(() => process.exit());",
        "server.close(); AbortSignal.timeout(500); process.exit();",
    ] {
        assert_eq!(findings_with("a.js", &over_http(end), &leaks), [], "{end}");
    }
    let left = over_http("setTimeout(console.log, 70); process.exit();");
    let found = findings_with("a.js", &left, &leaks);
    let shown: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(
        shown,
        [
            "leak: left behind: timeout of 70 ms (a.js:6)",
            "leak: left behind: server on localhost:3000"
        ]
    );
}

#[test]
fn a_server_that_nobody_closes_is_told_of_as_such_at_once() {
    for (text, longest) in [
        ("require('http').createServer().listen(3000);".to_owned(), 1),
        (over_http(""), 20),
    ] {
        let (_folder, path) = program("a.js", &text);
        let error = run_program(&path, &options()).expect_err("it waits");
        let outcome = error.outcome.expect("it ran");
        assert_eq!(outcome.findings.len(), 1, "{:?}", outcome.findings);
        let finding = &outcome.findings[0];
        assert_eq!(finding.kind, FindingKind::Leak);
        assert!(
            finding.message.starts_with("stopped, for nothing is left"),
            "{finding}"
        );
        assert!(
            outcome.virtual_time < Duration::from_secs(longest),
            "{:?}",
            outcome.virtual_time
        );
    }
}

#[test]
fn what_is_never_so_in_any_run_is_a_finding_of_the_search() {
    let text = "import { sometimes } from 'rtest:sim';\nsometimes(Math.random() < 0.2, 'lucky');\n\
                sometimes(Math.random() > 1, 'impossible');";
    let search = search_of("a.mjs", text, 50, Strategy::Random);
    let found: Vec<String> = (search.found.iter())
        .map(|found| found.finding.to_string())
        .collect();
    assert_eq!(
        found,
        ["sometimes: never in 50 runs: impossible (a.mjs:3:1)"]
    );
    assert_eq!(search.failed, 0);
}

#[test]
fn the_arguments_of_always_and_sometimes_are_checked() {
    let text = "const { always, settles } = require('rtest:sim'); \
                try { settles(1, 'x'); } catch (e) { console.log(e.code); } \
                for (const m of [undefined, '']) try { always(true, m); } catch (e) { console.log(e.code); }";
    let (_folder, path) = program("a.js", text);
    let outcome = run_program(&path, &options()).expect("it ends");
    assert_eq!(
        outcome.stdout,
        b"ERR_INVALID_ARG_TYPE\nERR_INVALID_ARG_TYPE\nERR_INVALID_ARG_VALUE\n"
    );
}

/// Fails only if the loop is late at the fifth and no other timer, by at least 5 ms.
const NEEDLE: &str = "const late = [];\nfor (let i = 1; i <= 8; i++) setTimeout((due) => late.push(Date.now() - due >= 5), \
                      i * 50, Date.now() + i * 50);\n\
                      setTimeout(() => { if (late.filter(Boolean).length === 1 && late[4]) throw new Error('late'); }, 500);";

#[test]
fn exhaustive_search_finds_a_needle_and_says_that_it_was_complete() {
    let search = search_of("a.js", NEEDLE, 5_000, Strategy::Exhaustive { forced: 1 });
    assert_eq!(
        search.coverage,
        Coverage::Complete {
            forced: Some(1),
            beyond: 0,
            all: true
        }
    );
    assert_eq!(search.found.len(), 1, "{:?}", search.found);
    let cut = search_of("a.js", NEEDLE, 20, Strategy::Exhaustive { forced: 1 });
    assert_eq!(cut.runs, 20);
    assert_eq!(
        cut.coverage,
        Coverage::Complete {
            forced: Some(0),
            beyond: 19,
            all: false
        }
    );
    assert_eq!(
        cut.coverage.to_string(),
        "the schedule of no forced choice was run, and 19 with more: not complete"
    );
    let calm = "setTimeout(() => { throw new Error('always'); }, 5);";
    let calm = search_of("a.js", calm, 10, Strategy::Exhaustive { forced: 0 });
    assert_eq!((calm.runs, calm.failed), (1, 1));
    let shrunk = calm.found[0].shrunk.as_ref().expect("it was shrunk");
    assert_eq!(shrunk.schedule, Schedule::new(Seed::new(1), Vec::new()));
}

#[test]
fn pct_finds_a_needle_about_as_often_as_its_bound_says() {
    let search = search_of("a.js", NEEDLE, 400, Strategy::Pct { depth: 2 });
    let bound = search.coverage.bound().expect("it has one");
    let rate = f64::from(search.failed) / f64::from(search.runs);
    // Three lengths of stall do, at more than one point.
    assert!(rate >= bound, "{rate} {bound}");
    let found = &search.found[0];
    let shrunk = found.shrunk.as_ref().expect("it was shrunk");
    assert_eq!(shrunk.forced.len(), 1);
    let forced = &shrunk.forced[0];
    assert!((249..=251).contains(&forced.at.as_millis()), "{forced:?}");
}

/// Fails once its ten timers are some 6 ms late in all.
const LATE: &str = "const began = Date.now();\nlet left = 10;\nconst step = () => {\n\
                    if (--left > 0) return setTimeout(step, 10);\n\
                    if (Date.now() - began > 106) throw new Error('late');\n};\nsetTimeout(step, 10);";

#[test]
fn one_long_stall_is_shown_in_the_place_of_several_short_ones() {
    let search = search_of("a.js", LATE, 200, Strategy::Random);
    let [found] = search.found.as_slice() else {
        panic!("{:?}", search.found);
    };
    let shrunk = found.shrunk.as_ref().expect("it was shrunk");
    assert_eq!(shrunk.forced.len(), 1, "{shrunk:?}");
    assert!(shrunk.minimal && shrunk.from > 1, "{shrunk:?}");
}

#[test]
fn a_schedule_gives_the_same_bytes_as_the_seed_that_made_it() {
    let (_folder, path) = program("a.js", NEEDLE);
    for seed in 0..40 {
        let seeded = run_program(&path, &ProgramOptions::new(Seed::new(seed))).expect("it ends");
        let schedule = Schedule::new(Seed::new(seed), seeded.chance.choices());
        let read: Schedule = schedule.to_string().parse().expect("it is one");
        let replay = ProgramOptions {
            chance: Chance::Forced(read.choices),
            ..ProgramOptions::new(read.seed)
        };
        let replayed = run_program(&path, &replay).expect("it ends");
        assert_eq!(replayed.trace_hash, seeded.trace_hash, "{schedule}");
        assert_eq!(
            (&replayed.stdout, &replayed.stderr, &replayed.findings),
            (&seeded.stdout, &seeded.stderr, &seeded.findings)
        );
    }
}
