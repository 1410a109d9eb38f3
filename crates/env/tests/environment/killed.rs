//! The program is killed while it has services up.

use std::process::Stdio;
use std::time::Duration;

use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::rig::{Placed, Rig, STAND_IN, left_of, script, until_nothing_is_left_of};

/// A service of every kind of stubbornness: deaf to SIGTERM, with a child in its group, with one
/// in its group that does not carry the run's mark, with one that left the group, and with one
/// that left it and is deaf.
const STUBBORN: &str = "trap '' TERM; sleep 1000 & setsid sleep 1001 & \
                        env -i /bin/sh -c 'while :; do /bin/sleep 0.1; done; : RUN_ID' & \
                        setsid sh -c 'trap \"\" TERM; sleep 1002; sleep 1003' & \
                        'STAND_IN' sample shop --listen 127.0.0.1:$PORT; true";

fn hold(rig: &Rig) -> Child {
    let stubborn = STUBBORN
        .replace("STAND_IN", STAND_IN)
        .replace("RUN_ID", &rig.run_id);
    // A shell's background job ignores Ctrl-C, and so would all that is started from it.
    Command::new("env")
        .args(["--default-signal=INT", STAND_IN, "hold"])
        .arg(&rig.run_id)
        .arg(rig.path("logs"))
        .args(["sh", "-c", &stubborn])
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("the stand-in is built")
}

async fn until_up(program: &mut Child) {
    let stdout = program.stdout.take().expect("piped");
    let first = BufReader::new(stdout).lines().next_line().await;
    assert_eq!(first.expect("readable").as_deref(), Some("up"));
}

fn pid(program: &Child) -> Pid {
    let pid = program.id().expect("it runs");
    Pid::from_raw(pid.try_into().expect("pids are positive i32"))
}

#[tokio::test]
async fn kill_9_of_the_program_leaves_nothing() {
    let rig = Rig::new();
    let mut program = hold(&rig);
    until_up(&mut program).await;
    let up = left_of(&rig.run_id);
    assert!(
        up.len() >= 9,
        "the program, its reaper, catalog, shop and its children: {up:?}"
    );

    program.kill().await.expect("it runs");
    until_nothing_is_left_of(&rig.run_id).await;
}

#[tokio::test]
async fn a_signal_to_the_whole_foreground_does_not_reach_the_reaper() {
    // As a terminal does on Ctrl-C, and a supervisor that has lost its patience.
    for signal in [Signal::SIGINT, Signal::SIGKILL] {
        let rig = Rig::new();
        let mut program = hold(&rig);
        until_up(&mut program).await;
        killpg(pid(&program), signal).expect("it runs");
        program.wait().await.expect("it was ours to wait for");
        until_nothing_is_left_of(&rig.run_id).await;
    }
}

#[tokio::test]
async fn a_signal_to_all_of_its_name_does_not_end_the_reaper_first() {
    let rig = Rig::new();
    let mut program = hold(&rig);
    until_up(&mut program).await;
    let reaper = rig.reaper();
    for signal in [Signal::SIGTERM, Signal::SIGHUP, Signal::SIGINT] {
        kill(reaper, signal).expect("the reaper runs");
    }
    program.kill().await.expect("it runs");
    until_nothing_is_left_of(&rig.run_id).await;
}

#[tokio::test]
async fn kill_9_at_any_instant_of_the_start_leaves_nothing() {
    for millis in [0, 2, 5, 8, 12, 20, 40, 80] {
        let rig = Rig::new();
        let mut program = hold(&rig);
        // Not to synchronise: the instants themselves are the subject.
        tokio::time::sleep(Duration::from_millis(millis)).await;
        program.kill().await.expect("it runs");
        until_nothing_is_left_of(&rig.run_id).await;
    }
}

#[tokio::test]
async fn a_service_holds_no_file_of_the_program() {
    const LIST: &str = "ls /proc/$$/fd";
    // What the tests themselves were started with is everybody's.
    let inherited = std::process::Command::new("sh")
        .args(["-c", LIST])
        .stdin(Stdio::null())
        .output()
        .expect("there is a shell");
    let inherited = String::from_utf8_lossy(&inherited.stdout).into_owned();

    let rig = Rig::new();
    let shop = script("shop", &format!("{LIST}; exec $serve")).after(&["catalog"]);
    let environment = rig
        .start(vec![crate::rig::server("catalog"), shop])
        .await
        .expect("all is well");
    environment.stop().await;
    let log = rig.log("shop");
    let (held, _) = log.split_once("shop listens").expect("it served");
    assert_eq!(held, inherited);
}
