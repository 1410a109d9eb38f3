//! Flags do what they say, and a load that cannot begin says whose fault that is.

use std::process::Command;

use crate::binary::{Ran, command};
use crate::server::{OK, Server, valid};

#[test]
fn so_many_iterations_are_sent_and_no_more() {
    let server = Server::answering(OK);
    server.load_of(&["-n", "50", "-c", "5"]).exits(0);
    let sent = server.requests.try_iter().filter(|it| !it.is_empty());
    assert_eq!(sent.count(), 50);
}

#[test]
fn stages_ramp_virtual_users_and_rates() {
    let server = Server::answering(OK);
    let vus = ["--stage", "300ms:5", "--stage", "300ms:0"];
    server.load_of(&vus).exits(0).shows("ramping-vus");
    let rate = ["--stage", "500ms:100/s", "--stage", "500ms:0/s"];
    server.load_of(&rate).exits(0).shows("50 of 50 offered");
}

#[test]
fn what_is_sent_is_what_the_flags_say() {
    let server = Server::answering(OK);
    let flags = [
        "-n",
        "1",
        "-X",
        "put",
        "--form",
        "name=Su rya",
        "-H",
        "x-a: b",
    ];
    server.load_of(&flags).exits(0);
    let request: String = server.requests.try_iter().collect();
    for words in ["PUT /users HTTP/1.1\r\n", "x-a: b\r\n", "name=Su+rya"] {
        assert!(request.contains(words), "{words} is missing in\n{request}");
    }
}

#[test]
fn an_unexpected_status_is_a_failed_check() {
    let server = Server::answering(OK);
    server.load(&["-c", "1", "--expect-status", "2xx"]).exits(0);
    server
        .load(&["-c", "1", "--expect-status", "204"])
        .exits(1)
        .shows("status 204");
}

#[test]
fn the_command_at_the_end_makes_the_same_run_again() {
    let server = Server::answering(OK);
    let flags = [
        "-n",
        "7",
        "--expect-status",
        "200",
        "-t",
        "max<9s",
        "--seed",
        "3",
    ];
    let ran = server.load_of(&flags).exits(0);
    let again = ran
        .stdout
        .lines()
        .find_map(|line| line.split_once("rtest load "));
    let (_, words) = again.expect("the command is printed");
    let load = format!("exec {} load {words}", env!("CARGO_BIN_EXE_rtest"));
    let ran = valid(|| {
        let shell = Command::new("sh").args(["-c", &load]).output();
        shell.expect("sh starts").into()
    });
    ran.exits(0).shows("7").shows("--expect-status 200");
}

#[test]
fn a_load_that_cannot_begin_ends_by_whose_fault_it_is() {
    let server = Server::answering(OK);
    // What is asked for is impossible.
    server
        .load(&["-X", "G T"])
        .exits(2)
        .shows("RT0309")
        .shows("`G T`");
    // The target is not there.
    crate::binary::rtest(&["load", "http://127.0.0.1:1/"])
        .exits(3)
        .shows("RT0405");
    // The machine that sends cannot do it.
    let mut shell = Command::new("sh");
    let load = format!(
        "ulimit -n 64 && exec {} load {} -c 1000 -d 1s",
        env!("CARGO_BIN_EXE_rtest"),
        server.url()
    );
    let ran: Ran = shell
        .args(["-c", &load])
        .output()
        .expect("sh starts")
        .into();
    ran.exits(5).shows("RT0801").shows("open files");
}

#[test]
fn help_shows_every_flag_under_a_heading() {
    let help: Ran = command(&["load", "-h"]).output().expect("help").into();
    let help = help.exits(0);
    for heading in ["Load:", "Request:", "Connection:", "Gates:", "Examples:"] {
        assert!(help.stdout.contains(heading), "{heading}");
    }
}
