use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use rtest_core::EventKind;
use rtest_core::event::ServiceState;

use crate::rig::{Placed, Rig, Seen, left_of, script, server, until_nothing_is_left_of};

#[tokio::test]
async fn callers_stop_before_their_callees() {
    let rig = Rig::new();
    let environment = rig
        .start(vec![
            server("catalog"),
            server("mail"),
            server("shop").after(&["catalog", "mail"]),
            server("gateway").after(&["shop"]),
        ])
        .await
        .expect("all is well");
    environment.stop().await;
    let at = |name: &str| rig.witness.position(&format!("{name} stopped"));
    assert!(at("gateway") < at("shop"));
    assert!(at("shop") < at("catalog"));
    assert!(at("shop") < at("mail"));
    assert_eq!(left_of(&rig.run_id), [""; 0], "services and reaper");
}

#[tokio::test]
async fn a_service_is_asked_before_it_is_killed() {
    let rig = Rig::new();
    let polite = script("shop", "trap 'echo goodbye; exit' TERM; $serve & wait");
    let environment = rig.start(vec![polite]).await.expect("all is well");
    environment.stop().await;
    let log = rig.log("shop");
    assert!(log.contains("goodbye\n"), "{log}");
}

#[tokio::test]
async fn a_service_that_ignores_sigterm_is_killed() {
    let rig = Rig::new();
    // An ignored signal stays ignored in what the shell starts.
    let deaf = script("shop", "trap '' TERM; $serve; echo never");
    let environment = rig.start(vec![deaf]).await.expect("all is well");
    environment.stop().await;
    assert_eq!(left_of(&rig.run_id), [""; 0]);
    assert_eq!(rig.witness.position("shop stopped"), 3);
}

#[tokio::test]
async fn a_paused_service_is_asked_too() {
    let rig = Rig::new();
    let pid = rig.path("pid");
    let polite = format!(
        "trap 'echo goodbye; exit' TERM; echo $$ > {}; $serve & wait",
        pid.display()
    );
    let environment = rig
        .start(vec![script("shop", &polite)])
        .await
        .expect("all is well");
    let group = std::fs::read_to_string(pid).expect("written before it served");
    let group = Pid::from_raw(group.trim().parse().expect("a pid"));
    killpg(group, Signal::SIGSTOP).expect("it runs");
    environment.stop().await;
    let log = rig.log("shop");
    assert!(log.contains("goodbye\n"), "{log}");
}

#[tokio::test]
async fn what_a_service_started_goes_with_it() {
    let rig = Rig::new();
    let environment = rig
        .start(vec![script(
            "shop",
            "sleep 1000 & sleep 1001 & exec $serve",
        )])
        .await
        .expect("all is well");
    assert_eq!(left_of(&rig.run_id).len(), 4, "with the reaper");
    environment.stop().await;
    assert_eq!(left_of(&rig.run_id), [""; 0]);
}

#[tokio::test]
async fn what_left_the_process_group_of_its_service_is_found_and_told() {
    let rig = Rig::new();
    let environment = rig
        .start(vec![script("shop", "setsid sleep 1000 & exec $serve")])
        .await
        .expect("setsid is installed");
    environment.stop().await;
    assert_eq!(left_of(&rig.run_id), [""; 0]);
    rig.witness
        .until("1 process(es) that had left the process group of their service were ended")
        .await;
}

#[tokio::test]
async fn a_service_that_ends_by_itself_is_an_event_and_the_rest_goes_on() {
    let rig = Rig::new();
    let die = rig.path("die");
    let environment = rig
        .start(vec![
            server("catalog"),
            script(
                "shop",
                &format!(
                    "$serve & until [ -e {} ]; do sleep 0.01; done; \
                     echo 'out of memory'; exit 9",
                    die.display()
                ),
            )
            .after(&["catalog"]),
        ])
        .await
        .expect("all is well");
    std::fs::write(&die, "").expect("a sign");
    let Seen::Event(EventKind::Service {
        state: ServiceState::Exited { status, log_tail },
        ..
    }) = rig.witness.until("shop exited").await
    else {
        panic!("{:?}", rig.witness.story());
    };
    assert_eq!(status, "exit status: 9");
    assert_eq!(log_tail.last().map(String::as_str), Some("out of memory"));
    let left = left_of(&rig.run_id);
    assert_eq!(left.len(), 2, "catalog and the reaper: {left:?}");
    environment.stop().await;
    let story = rig.witness.story();
    assert!(!story.contains(&"shop stopped".to_owned()), "{story:?}");
    assert_eq!(story.last().map(String::as_str), Some("catalog stopped"));
}

#[tokio::test]
async fn an_environment_that_is_dropped_leaves_nothing_either() {
    let rig = Rig::new();
    let environment = rig
        .start(vec![
            server("catalog"),
            script("shop", "trap '' TERM; setsid sleep 1000 & $serve; true").after(&["catalog"]),
        ])
        .await
        .expect("all is well");
    drop(environment);
    until_nothing_is_left_of(&rig.run_id).await;
}
