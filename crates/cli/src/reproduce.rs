use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command};
use rtest_core::{REDACTED, Secrets, Seed};

use crate::shell::quoted;

/// Flags that say what happens to the result, not what is run.
const OF_THE_RESULT: [&str; 5] = ["reports", "out", "fail_on_inconclusive", "quiet", "control"];

/// The command of this name that makes the same run again: every flag that was given, by its long name, and the
/// seed. Secrets are left to be filled in.
pub(crate) fn command(name: &str, flags: &Command, given: &ArgMatches, seed: Seed) -> String {
    let mut words = vec![name.to_owned()];
    for flag in flags.get_arguments() {
        let id = flag.get_id().as_str();
        let is_given = given.value_source(id) == Some(ValueSource::CommandLine);
        if is_given && id != "seed" && !OF_THE_RESULT.contains(&id) {
            words.extend(typed(flag, given));
        }
    }
    words.push(format!("--seed {seed}"));
    words.join(" ")
}

/// A flag as it was typed, once for each of its values.
fn typed(flag: &Arg, given: &ArgMatches) -> Vec<String> {
    let id = flag.get_id().as_str();
    let Some(name) = flag.get_long() else {
        // What stands without a name.
        let values = given.get_raw(id).into_iter().flatten();
        return values.map(|it| quoted(&it.to_string_lossy())).collect();
    };
    if !flag.get_action().takes_values() {
        return vec![format!("--{name}")];
    }
    let equals = if flag.is_require_equals_set() {
        "="
    } else {
        " "
    };
    let values = given.get_raw(id).into_iter().flatten();
    values
        .map(|value| {
            let value = without_secrets(id, &value.to_string_lossy());
            format!("--{name}{equals}{}", quoted(&value))
        })
        .collect()
}

/// The value of a flag without what must not be shown of it.
fn without_secrets(flag: &str, value: &str) -> String {
    match flag {
        "headers" => match value.split_once(':') {
            Some((name, _)) if Secrets::is_secret_header(name.trim()) => {
                format!("{name}: {REDACTED}")
            }
            _ => value.to_owned(),
        },
        "user" => match value.split_once(':') {
            Some((name, _)) => format!("{name}:{REDACTED}"),
            None => value.to_owned(),
        },
        "bearer" | "broker_password" | "broker_token" => REDACTED.to_owned(),
        "proxy" => match value.rsplit_once('@') {
            Some((login, address)) => {
                let login = login.rsplit_once("//").map_or(login, |(_, login)| login);
                let name = login.split(':').next().unwrap_or_default();
                format!("http://{name}:{REDACTED}@{address}")
            }
            None => value.to_owned(),
        },
        _ => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::args::Cli;

    fn load() -> Command {
        let mut cli = Cli::command();
        cli.build();
        let load = cli.find_subcommand("load");
        load.expect("there is `rtest load`").clone()
    }

    fn reproduced(words: &[&str]) -> String {
        let given = load()
            .try_get_matches_from([&["load", "http://h/?a=1&b=2"], words].concat())
            .expect("good flags");
        command("rtest load", &load(), &given, Seed::new(7))
    }

    #[test]
    fn what_was_typed_comes_back_in_full_and_quoted_for_a_shell() {
        assert_eq!(
            reproduced(&[
                "-H",
                "a: b",
                "-H",
                "c: d",
                "-t",
                "p(95)<300",
                "-k",
                "-c",
                "3"
            ]),
            "rtest load 'http://h/?a=1&b=2' --vus 3 --header 'a: b' --header 'c: d' --insecure \
             --threshold 'p(95)<300' --seed 7"
        );
        assert_eq!(
            reproduced(&["-z", "5s", "--cookies=iteration", "-q", "--out", "x"]),
            "rtest load 'http://h/?a=1&b=2' --duration 5s --cookies=iteration --seed 7"
        );
    }

    #[test]
    fn every_flag_that_changes_what_is_run_comes_back() {
        let shared = ["help", "version", "url", "seed"];
        for flag in load().get_arguments() {
            let id = flag.get_id().as_str();
            if shared.contains(&id) || OF_THE_RESULT.contains(&id) {
                continue;
            }
            let name = flag.get_long().expect("every flag has a long name");
            let value = match id {
                "vus" | "iterations" | "max_vus" | "redirects" | "max_connections" => "3",
                "shard" => "1/3",
                "pacing" => "spin",
                "cookies" => "iteration",
                "form" | "user" => "a=b",
                "connect_to" => "h=10.0.0.7",
                _ => "5s",
            };
            let typed = match () {
                () if !flag.get_action().takes_values() => vec![format!("--{name}")],
                () if flag.is_require_equals_set() => vec![format!("--{name}={value}")],
                () => vec![format!("--{name}"), value.to_owned()],
            };
            let mut words: Vec<&str> = typed.iter().map(String::as_str).collect();
            words.extend(match id {
                "digest" => &["--user", "a:b"][..],
                "shard" => &["--seed", "7"],
                "key" => &["--cert", "x"],
                "abort_on_fail" => &["-t", "p(95)<1"],
                _ => &[],
            });
            let shown = reproduced(&words);
            let expected = match id {
                "bearer" => format!("--bearer '{REDACTED}'"),
                _ => typed.join(" "),
            };
            assert!(
                shown.contains(&expected),
                "{expected} is missing in {shown}"
            );
        }
    }

    #[test]
    fn secrets_do_not_come_back() {
        let shown = reproduced(&[
            "-H",
            "Authorization: Bearer hunter2",
            "-u",
            "me:hunter2",
            "-x",
            "http://me:hunter2@proxy:3128",
        ]);
        assert!(!shown.contains("hunter2"), "{shown}");
        assert!(
            shown.contains("proxy:3128") && shown.contains("me:"),
            "{shown}"
        );
        assert!(!reproduced(&["--bearer", "hunter2"]).contains("hunter2"));
    }
}
