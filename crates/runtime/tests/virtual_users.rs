//! Virtual users: what a script may do, what ends it, and what is left of it.

use rtest_runtime::vu::{
    Answer, Ended, HostCall, HostFunction, HostFunctionKind, Progress, ScriptValue, VirtualUser,
    VirtualUserOptions,
};

fn options() -> VirtualUserOptions {
    let function = |name: &str, kind| HostFunction {
        name: name.to_owned(),
        kind,
    };
    VirtualUserOptions {
        functions: vec![
            function("get", HostFunctionKind::Call),
            function("group", HostFunctionKind::Around),
        ],
        ..VirtualUserOptions::default()
    }
}

fn user(text: &str) -> VirtualUser {
    VirtualUser::new("script.js", text, &options()).expect("there is room for a stack")
}

fn nothing() -> Answer {
    Answer::Return(ScriptValue::Undefined)
}

fn number(number: f64) -> Answer {
    Answer::Return(ScriptValue::Number(number))
}

/// Answers every call with its number, and gives them with how the script ended.
fn run(text: &str) -> (Vec<HostCall>, Ended) {
    let mut user = user(text);
    let mut calls = Vec::new();
    let mut answer = nothing();
    loop {
        match user.resume(answer) {
            Progress::Call(call) => calls.push(call),
            Progress::Ended(ended) => {
                assert!(user.is_over());
                return (calls, ended);
            }
        }
        answer = number(calls.len() as f64);
    }
}

fn sleeping(text: &str) -> VirtualUser {
    let mut user = user(text);
    assert!(matches!(user.resume(nothing()), Progress::Call(_)));
    user
}

#[test]
fn a_synchronous_call_sleeps_until_the_host_answers() {
    let (calls, ended) =
        run("let sum = 0; for (const path of ['/a', '/b', '/c']) sum += get(path, 2); sum");
    let paths: Vec<&ScriptValue> = calls.iter().map(|call| &call.arguments[0]).collect();
    let text = |text: &str| ScriptValue::Text(text.to_owned());
    assert_eq!(paths, [&text("/a"), &text("/b"), &text("/c")]);
    assert_eq!(calls[0].arguments[1], ScriptValue::Number(2.0));
    assert_eq!(ended, Ended::Returned(ScriptValue::Number(6.0)));
}

#[test]
fn values_cross_both_ways() {
    let (calls, _) =
        run("get(undefined, null, true, -1.5, 'ü', { a: [1] }, () => {}, 'ab'.repeat(3))");
    let text = |text: &str| ScriptValue::Text(text.to_owned());
    assert_eq!(
        calls[0].arguments,
        [
            ScriptValue::Undefined,
            ScriptValue::Null,
            ScriptValue::Bool(true),
            ScriptValue::Number(-1.5),
            text("ü"),
            text("{\"a\":[1]}"),
            ScriptValue::Undefined,
            text("ababab"),
        ]
    );
    for value in [
        ScriptValue::Undefined,
        ScriptValue::Null,
        ScriptValue::Bool(false),
        text("x"),
    ] {
        let mut user = sleeping("get()");
        assert_eq!(
            user.resume(Answer::Return(value.clone())),
            Progress::Ended(Ended::Returned(value))
        );
    }
}

#[test]
fn a_call_that_fails_throws_where_it_was_made() {
    let mut user = sleeping("try { get('/a') } catch (e) { `${e.name}: ${e.message}` }");
    let ended = user.resume(Answer::Throw("connection refused".to_owned()));
    let words = ScriptValue::Text("Error: connection refused".to_owned());
    assert_eq!(ended, Progress::Ended(Ended::Returned(words)));
    let mut user = sleeping("function load() {\n  get('/a');\n}\nload()");
    let Progress::Ended(Ended::Threw(words)) = user.resume(Answer::Throw("refused".to_owned()))
    else {
        panic!("it throws");
    };
    assert!(
        words.starts_with("Error: refused\n") && words.contains("script.js:2"),
        "{words}"
    );
}

#[test]
fn a_syntax_error_says_where_it_is() {
    let (_, ended) = run("const a = 1;\nconst b = ;\n");
    let Ended::Threw(words) = ended else {
        panic!("{ended:?}");
    };
    assert!(
        words.starts_with("SyntaxError: ") && words.contains("script.js:2"),
        "{words}"
    );
}

#[test]
fn recursion_through_callbacks_of_the_engine_and_of_the_host_sleeps_at_every_depth() {
    let (calls, ended) = run("function down(n) { \
        if (n === 0) return get('bottom'); \
        return [0].map(() => group('level ' + n, () => get(n) && down(n - 1)))[0]; } \
        down(8)");
    let of = |name: &str| calls.iter().filter(|call| call.function == name).count();
    assert_eq!((of("group"), of("get")), (16, 9));
    assert!(
        matches!(ended, Ended::Returned(ScriptValue::Number(_))),
        "{ended:?}"
    );
}

#[test]
fn stack_overflow_is_a_range_error_at_every_depth_of_the_host() {
    for text in [
        "let n = 0; function f() { n++; f(); } try { f(); } catch (e) { get(n); e.name + ': ' + e.message }",
        "let n = 0; function f() { n++; group('g', f); } try { f(); } catch (e) { get(n); e.name + ': ' + e.message }",
        "let n = 0; function f() { n++; [1].forEach(f); } try { f(); } catch (e) { get(n); e.name + ': ' + e.message }",
        "let n = 0; const p = new Proxy({}, { get: () => { n++; return p.x; } }); try { p.x } catch (e) { get(n); e.name + ': ' + e.message }",
    ] {
        let (calls, ended) = run(text);
        let words = "RangeError: Maximum call stack size exceeded".to_owned();
        assert_eq!(ended, Ended::Returned(ScriptValue::Text(words)), "{text}");
        let Some(ScriptValue::Number(depth)) = calls.last().map(|call| &call.arguments[0]) else {
            panic!("{text}");
        };
        assert!(*depth > 100.0, "{text}: {depth}");
    }
}

#[test]
fn cancelling_ends_what_no_script_could_be_talked_out_of() {
    for text in [
        "for (;;) { try { get('/') } catch {} }",
        "for (;;) { try { get('/') } finally { continue; } }",
        "function f() { try { get('/') } catch { f() } finally { f() } } f()",
        "try { get('/') } catch { for (;;); }",
        "Promise.resolve().then(() => { for (;;) try { get('/') } catch {} }); 1",
        "(async () => { for (;;) { try { await get('/') } catch {} } })()",
        "for (;;) [1].forEach(() => { try { group('g', () => get('/')) } catch {} })",
        "const again = () => Promise.resolve().then(again, again); again(); get('/')",
        "const p = new Proxy({}, { get() { for (;;) try { get('/') } catch {} } }); p.x",
    ] {
        let mut user = sleeping(text);
        for _ in 0..3 {
            if text.starts_with("for") {
                assert!(
                    matches!(user.resume(nothing()), Progress::Call(_)),
                    "{text}"
                );
            }
        }
        assert_eq!(
            user.resume(Answer::Cancel),
            Progress::Ended(Ended::Cancelled),
            "{text}"
        );
        assert!(user.is_over());
        assert_eq!(user.resume(nothing()), Progress::Ended(Ended::Cancelled));
        // Nor when it is dropped while it sleeps.
        drop(sleeping(text));
    }
    let mut never_began = user("get('/')");
    assert_eq!(
        never_began.resume(Answer::Cancel),
        Progress::Ended(Ended::Cancelled)
    );
}

#[test]
fn a_script_that_never_sleeps_ends_at_its_limits() {
    let limited = VirtualUserOptions {
        steps: 2_000_000,
        memory: 8 << 20,
        ..options()
    };
    for (text, expected) in [
        ("for (;;);", Ended::TooLong),
        ("for (;;) try { for (;;); } catch {}", Ended::TooLong),
        (
            "const again = () => { Promise.resolve().then(again); }; again()",
            Ended::TooLong,
        ),
        (
            "const all = []; for (;;) all.push('x'.repeat(1000) + all.length);",
            Ended::OutOfMemory,
        ),
        ("new Uint8Array(1e9)", Ended::OutOfMemory),
    ] {
        let mut user = VirtualUser::new("a.js", text, &limited).expect("there is room");
        assert_eq!(user.resume(nothing()), Progress::Ended(expected), "{text}");
    }
}

#[test]
fn what_a_script_throws_says_nothing_of_its_memory() {
    for text in [
        "throw null",
        "throw new Error('out of memory')",
        "throw new InternalError('out of memory')",
    ] {
        let (_, ended) = run(text);
        assert!(matches!(ended, Ended::Threw(_)), "{text}: {ended:?}");
    }
}

#[test]
fn a_script_reaches_nothing_but_its_functions() {
    let (_, ended) = run(
        "JSON.stringify(['require', 'process', 'fetch', 'setTimeout', 'console', 'std', 'os'] \
         .filter((name) => name in globalThis))",
    );
    assert_eq!(ended, Ended::Returned(ScriptValue::Text("[]".to_owned())));
    let (_, ended) = run("import('fs')");
    assert!(matches!(ended, Ended::Threw(_)), "{ended:?}");
}

/// Bytes of the process that are in memory; none where the system does not tell.
fn resident_bytes() -> Option<usize> {
    let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: usize = statm.split(' ').nth(1)?.parse().ok()?;
    Some(pages * 4096)
}

#[test]
fn a_thousand_users_sleep_side_by_side_and_their_memory_is_given_back() {
    const USERS: usize = 1000;
    let text = "const mine = []; for (let i = 0; ; i++) { mine.push('x'.repeat(100) + i); get(i) }";
    drop(sleeping(text));
    let before = resident_bytes();
    let mut users: Vec<VirtualUser> = (0..USERS).map(|_| sleeping(text)).collect();
    for round in 0..5 {
        for user in &mut users {
            let Progress::Call(call) = user.resume(nothing()) else {
                panic!("it goes on");
            };
            assert_eq!(call.arguments, [ScriptValue::Number(f64::from(round + 1))]);
        }
    }
    let during = resident_bytes();
    for (index, user) in users.iter_mut().enumerate() {
        if index % 2 == 0 {
            assert_eq!(
                user.resume(Answer::Cancel),
                Progress::Ended(Ended::Cancelled)
            );
        }
    }
    drop(users);
    let after = resident_bytes();
    let (Some(before), Some(during), Some(after)) = (before, during, after) else {
        return;
    };
    let each = (during - before) / USERS;
    assert!(
        (50_000..600_000).contains(&each),
        "{each} bytes for each user"
    );
    let left = after.saturating_sub(before);
    assert!(
        left < (during - before) / 20,
        "{left} of {} bytes are left",
        during - before
    );
}
