//! Virtual users on one thread: each sleeps in `get` until it is answered.
//! `cargo run --release -p rtest-runtime --example virtual_users -- [USERS]`.

#![allow(clippy::print_stdout, clippy::disallowed_methods)] // it measures real time

use std::collections::VecDeque;
use std::time::Instant;

use rtest_runtime::vu::{
    Answer, Ended, HostFunction, HostFunctionKind, Progress, ScriptValue, VirtualUser,
    VirtualUserOptions,
};

const SCRIPT: &str = "let ok = 0; \
    for (let i = 0; i < 1000; i++) { if (JSON.parse(get(`/orders/${i}`)).id === i) ok++; } ok";

fn main() -> std::io::Result<()> {
    let users = std::env::args().nth(1).and_then(|users| users.parse().ok());
    let users: usize = users.unwrap_or(100);
    let options = VirtualUserOptions {
        functions: vec![HostFunction {
            name: "get".to_owned(),
            kind: HostFunctionKind::Call,
        }],
        ..VirtualUserOptions::default()
    };
    let begun = Instant::now();
    let mut waiting = VecDeque::new();
    for _ in 0..users {
        waiting.push_back((
            VirtualUser::new("orders.js", SCRIPT, &options)?,
            Answer::Return(ScriptValue::Undefined),
        ));
    }
    let mut calls = 0_u32;
    while let Some((mut user, answer)) = waiting.pop_front() {
        match user.resume(answer) {
            Progress::Call(call) => {
                calls += 1;
                let Some(ScriptValue::Text(path)) = call.arguments.first() else {
                    continue;
                };
                let id = path.rsplit('/').next().unwrap_or_default();
                let body = ScriptValue::Text(format!("{{\"id\":{id}}}"));
                waiting.push_back((user, Answer::Return(body)));
            }
            Progress::Ended(ended) => {
                assert_eq!(ended, Ended::Returned(ScriptValue::Number(1000.0)));
            }
        }
    }
    let seconds = begun.elapsed().as_secs_f64();
    println!(
        "{users} users, {calls} calls, {:.0} calls/s",
        f64::from(calls) / seconds
    );
    Ok(())
}
