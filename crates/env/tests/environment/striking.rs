//! Services that are broken on purpose, and mended.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rtest_core::ProcessMark;
use rtest_core::plan::{Limit, Provider, ServiceFault, ServicePlan, Signal as SignalName};
use rtest_env::Environment;

use crate::rig::{Placed, Rig, left_of, script, server};

/// Longer than any test.
const TTL: Duration = Duration::from_secs(60);

/// What a client gets that asks, and waits for a while.
fn ask(address: SocketAddr) -> Result<String, std::io::ErrorKind> {
    let answer = || {
        let mut peer = TcpStream::connect(address)?;
        peer.set_read_timeout(Some(Duration::from_millis(300)))?;
        peer.write_all(b"GET / HTTP/1.1\r\n\r\n")?;
        let mut answer = String::new();
        peer.read_to_string(&mut answer)?;
        Ok::<_, std::io::Error>(answer)
    };
    answer().map_err(|error| error.kind())
}

async fn up(rig: &Rig, service: ServicePlan) -> (Environment, SocketAddr) {
    let name = service.name.clone();
    let environment = rig.start(vec![service]).await.expect("all is well");
    let address = environment.address(&name).expect("it is up");
    (environment, address)
}

fn processes(environment: &Environment) -> ProcessMark {
    let control = environment.control();
    control.processes("shop").expect("it runs")
}

async fn strike(environment: &Environment, fault: ServiceFault) -> String {
    let control = environment.control();
    let struck = control.strike("shop", &fault, TTL).await;
    struck.expect("it can be done")
}

/// What was seen when the service was well again.
async fn mend(environment: &Environment) -> String {
    let proof = environment.control().mend("shop").await;
    assert!(proof.clean, "{}", proof.seen);
    proof.seen
}

#[tokio::test]
async fn a_killed_service_is_down_until_it_is_mended_and_keeps_its_port() {
    let rig = Rig::new();
    let (environment, address) = up(&rig, server("shop")).await;
    let before = processes(&environment);
    let seen = strike(&environment, ServiceFault::Kill).await;
    assert_eq!(seen, "no process of it is left");
    assert_eq!(environment.control().processes("shop"), None);
    assert_eq!(left_of(&rig.run_id).len(), 1, "the reaper");
    assert_eq!(ask(address), Err(std::io::ErrorKind::ConnectionRefused));

    let seen = mend(&environment).await;
    assert!(
        seen.starts_with(&format!("ready again at {address} after ")),
        "{seen}"
    );
    assert!(ask(address).is_ok());
    assert_ne!(processes(&environment), before, "another process");
    assert_eq!(
        rig.witness.story(),
        [
            "shop starting",
            "shop told",
            "shop ready",
            "shop stopped",
            "shop starting",
            "shop told",
            "shop ready",
        ]
    );
    environment.stop().await;
    assert_eq!(rig.log("shop").lines().count(), 2, "one log for both lives");
    assert_eq!(left_of(&rig.run_id), [""; 0]);
}

#[tokio::test]
async fn a_service_that_is_killed_is_not_asked_and_one_that_is_stopped_is() {
    for (fault, goodbyes) in [
        (ServiceFault::Kill, 0),
        (ServiceFault::Stop, 1),
        (ServiceFault::Restart, 1),
    ] {
        let rig = Rig::new();
        let polite = script("shop", "trap 'echo goodbye; exit' TERM; $serve & wait");
        let (environment, _) = up(&rig, polite).await;
        strike(&environment, fault.clone()).await;
        mend(&environment).await;
        assert_eq!(
            rig.log("shop").matches("goodbye").count(),
            goodbyes,
            "{fault:?}"
        );
        environment.stop().await;
    }
}

#[tokio::test]
async fn a_paused_service_takes_connections_and_answers_none_until_it_is_mended() {
    let rig = Rig::new();
    let (environment, address) = up(&rig, script("shop", "$serve & wait")).await;
    let before = processes(&environment);
    let seen = strike(&environment, ServiceFault::Pause).await;
    assert_eq!(seen, "its process group is stopped");
    assert_eq!(
        ask(address),
        Err(std::io::ErrorKind::WouldBlock),
        "connected, and then nothing"
    );
    mend(&environment).await;
    assert!(ask(address).is_ok());
    assert_eq!(processes(&environment), before, "the same process");
    assert_eq!(
        rig.witness.position("shop ready"),
        rig.witness.story().len() - 1
    );
    environment.stop().await;
}

#[tokio::test]
async fn what_is_paused_goes_on_when_its_time_is_over_and_nobody_mends_it() {
    let rig = Rig::new();
    let (environment, address) = up(&rig, server("shop")).await;
    let control = environment.control();
    let ttl = Duration::from_millis(200);
    let paused = control.strike("shop", &ServiceFault::Pause, ttl).await;
    paused.expect("it can be paused");
    // The reaper lets it go on, a process that this one has no other part in.
    while ask(address).is_err() {}
    environment.stop().await;
}

#[tokio::test]
async fn a_lease_that_was_ended_frees_nothing_later() {
    let rig = Rig::new();
    let (environment, address) = up(&rig, server("shop")).await;
    let control = environment.control();
    let first = control
        .strike("shop", &ServiceFault::Pause, Duration::from_millis(400))
        .await;
    first.expect("it can be paused");
    mend(&environment).await;
    strike(&environment, ServiceFault::Pause).await;
    // Not to synchronise: the end of the first lease is the subject.
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert!(ask(address).is_err(), "held by the second");
    mend(&environment).await;
    environment.stop().await;
}

#[tokio::test]
async fn a_signal_reaches_the_service() {
    let rig = Rig::new();
    // What the shell starts ignores the signal, as the shell itself does not.
    let reloads = format!(
        "(trap '' USR1; exec $serve) & trap 'echo reloaded > {}' USR1; while :; do wait; done",
        rig.path("sign").display()
    );
    let (environment, _) = up(&rig, script("shop", &reloads)).await;
    let usr1 = SignalName::parse("usr1").expect("a signal");
    let seen = strike(&environment, ServiceFault::Signal(usr1)).await;
    assert_eq!(seen, "SIGUSR1 was sent to its process group");
    while !rig.path("sign").exists() {
        tokio::task::yield_now().await;
    }
    environment.stop().await;
}

#[tokio::test]
async fn a_service_that_dies_of_a_signal_is_started_again() {
    let rig = Rig::new();
    let (environment, address) = up(&rig, server("shop")).await;
    let usr2 = SignalName::parse("SIGUSR2").expect("a signal");
    strike(&environment, ServiceFault::Signal(usr2)).await;
    rig.witness.until("shop stopped").await;
    let seen = mend(&environment).await;
    assert!(
        seen.starts_with("it had ended under it (signal: 12 (SIGUSR2)"),
        "{seen}"
    );
    assert!(ask(address).is_ok());
    environment.stop().await;
    assert!(!rig.witness.story().contains(&"shop exited".to_owned()));
}

#[tokio::test]
async fn a_service_that_ended_by_itself_is_neither_broken_nor_mended() {
    let rig = Rig::new();
    let (environment, _) = up(&rig, server("shop")).await;
    let own = Pid::from_raw(processes(&environment).group);
    kill(own, Signal::SIGKILL).expect("it runs");
    rig.witness.until("shop exited").await;
    let control = environment.control();
    let refused = control.strike("shop", &ServiceFault::Pause, TTL).await;
    let refused = refused.expect_err("it is gone");
    assert!(
        refused.starts_with("it does not run any more (signal: 9"),
        "{refused}"
    );
    let proof = control.mend("shop").await;
    assert!(
        !proof.clean && proof.seen.contains("by itself"),
        "{}",
        proof.seen
    );
    environment.stop().await;
}

#[tokio::test]
async fn a_service_that_does_not_come_back_is_told() {
    let rig = Rig::new();
    let once = format!(
        "[ -e {0} ] && exit 7; touch {0}; exec $serve",
        rig.path("sign").display()
    );
    let (environment, _) = up(&rig, script("shop", &once)).await;
    strike(&environment, ServiceFault::Kill).await;
    let proof = environment.control().mend("shop").await;
    assert!(!proof.clean);
    assert!(
        proof
            .seen
            .contains("ended before it was ready (exit status: 7)"),
        "{}",
        proof.seen
    );
    environment.stop().await;
}

#[tokio::test]
async fn what_is_asked_of_an_external_service_is_refused_beforehand() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("bound").to_string();
    let rig = Rig::new();
    let external = ServicePlan {
        provider: Provider::External { address },
        ..script("shop", "")
    };
    let (environment, _) = up(&rig, external).await;
    let control = environment.control();
    let refusal = control.refusal("shop", &ServiceFault::Kill);
    assert!(
        refusal
            .expect("refused")
            .contains("break the link to it instead")
    );
    assert_eq!(control.processes("shop"), None);
    assert!(
        control
            .strike("shop", &ServiceFault::Kill, TTL)
            .await
            .is_err()
    );
    assert!(
        control.refusal("mail", &ServiceFault::Kill).is_some(),
        "there is none"
    );
    assert!(!control.mend("mail").await.clean);
    environment.stop().await;
}

/// The CPU time that a group's leader has had, in clock ticks.
fn cpu_ticks(pid: i32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).expect("it runs");
    let (_, rest) = stat.rsplit_once(") ").expect("a name in brackets");
    let fields: Vec<&str> = rest.split(' ').collect();
    let ticks = |at: usize| fields[at].parse::<u64>().expect("a number");
    ticks(11) + ticks(12)
}

/// An environment whose one service may be limited, or a loud line where none can be.
#[allow(clippy::print_stderr)] // to whoever runs the tests
async fn limited(rig: &Rig, service: ServicePlan) -> Option<Environment> {
    let mut setup = rig.setup(vec![service.within(5000)]);
    setup.limited.insert("shop".to_owned());
    match rig.start_setup(setup).await {
        Ok(environment) => Some(environment),
        Err(error) => {
            let said = error.diagnostic().to_string();
            assert!(said.contains("no control group can be made"), "{said}");
            eprintln!("NOT TESTED HERE: {said}");
            None
        }
    }
}

#[tokio::test]
async fn a_service_is_held_to_its_part_of_a_core_and_let_go() {
    let rig = Rig::new();
    let busy = script("shop", "$serve & while :; do :; done");
    let Some(environment) = limited(&rig, busy).await else {
        return;
    };
    let pid = processes(&environment).group;
    let ticks_in_half_a_second = async || {
        let before = cpu_ticks(pid);
        tokio::time::sleep(Duration::from_millis(500)).await;
        cpu_ticks(pid) - before
    };
    let limit = Limit {
        cpu_percent: Some(5),
        memory_bytes: None,
    };
    let seen = strike(&environment, ServiceFault::Limit(limit)).await;
    assert_eq!(seen, "its control group holds it: limit to 5% of a core");
    let held = ticks_in_half_a_second().await;
    mend(&environment).await;
    let free = ticks_in_half_a_second().await;
    assert!(
        held <= 5 && free > 2 * held,
        "{held} ticks when held, {free} when free"
    );
    environment.stop().await;
    assert_eq!(groups_of(&rig), [""; 0], "the control groups went with it");
}

#[tokio::test]
async fn a_service_that_wants_more_memory_than_it_may_have_is_ended_and_started_again() {
    let rig = Rig::new();
    let sign = rig.path("sign");
    let greedy = format!(
        "$serve & until [ -e {0} ]; do sleep 0.01; done; x=$(head -c 200000000 /dev/zero | tr '\\0' x); exit 0",
        sign.display()
    );
    let Some(environment) = limited(&rig, script("shop", &greedy)).await else {
        return;
    };
    let limit = Limit {
        cpu_percent: None,
        memory_bytes: Some(30_000_000),
    };
    strike(&environment, ServiceFault::Limit(limit)).await;
    std::fs::write(&sign, "").expect("a sign");
    rig.witness.until("shop stopped").await;
    std::fs::remove_file(&sign).expect("it is there");
    let seen = mend(&environment).await;
    assert!(
        seen.starts_with("it had ended under it (signal: 9"),
        "{seen}"
    );
    environment.stop().await;
}

/// Control groups of the run.
fn groups_of(rig: &Rig) -> Vec<String> {
    let find = std::process::Command::new("find")
        .args(["/sys/fs/cgroup", "-name", &format!("rtest-{}*", rig.run_id)])
        .output()
        .expect("find is installed");
    let found = String::from_utf8_lossy(&find.stdout);
    found.lines().map(str::to_owned).collect()
}
