use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;

use rtest_core::Template;
use rtest_core::plan::Provider;
use rtest_env::EnvErrorKind;

use crate::rig::{Placed, Rig, command, left_of, link, script, server};

#[tokio::test]
async fn a_service_that_ends_at_once_is_shown_with_its_last_words_and_not_waited_for() {
    let rig = Rig::new();
    let shown = rig
        .refused(vec![script(
            "shop",
            "echo starting; echo 'Error: no database' >&2; exit 7",
        )])
        .await;
    let log = rig.path("logs/shop.log");
    assert_eq!(
        shown,
        format!(
            "error[RT0401]: service `shop`: ended before it was ready (exit status: 7)\n  \
             --> suite.yaml:1:1\n\
             1 | shop: …\n  \
             | ^^^^^^^\n  \
             | the last lines of its log:\n  \
             |   starting\n  \
             |   Error: no database\n\
             hint: its whole log is {}",
            log.display()
        )
    );
    assert_eq!(rig.witness.story(), ["shop starting", "shop exited"]);
}

#[tokio::test]
async fn a_service_that_ends_is_not_waited_for_because_of_what_it_left_running() {
    let rig = Rig::new();
    // The child holds the log's pipe open, and would keep the port too.
    let shown = rig
        .refused(vec![script("shop", "sleep 1000 & echo gone; kill -9 $$")])
        .await;
    assert!(shown.contains("(signal: 9 (SIGKILL))"), "{shown}");
    assert!(shown.contains("|   gone\n"), "{shown}");
}

#[tokio::test]
async fn a_service_that_never_answers_is_shown_with_what_was_asked_and_seen() {
    let rig = Rig::new();
    let shown = rig
        .refused(vec![
            script("shop", "echo thinking; exec sleep 1000")
                .http("/health")
                .within(1000),
        ])
        .await;
    assert!(
        shown.starts_with("error[RT0402]: service `shop`: was not ready within 1s\n"),
        "{shown}"
    );
    assert!(
        shown.contains("\n  | asked: GET /health at 127.0.0.1:"),
        "{shown}"
    );
    assert!(
        shown.contains("\n  | last seen: connection refused\n"),
        "{shown}"
    );
    assert!(shown.contains("\n  |   thinking\n"), "{shown}");
    assert_eq!(rig.witness.story(), ["shop starting", "shop stopped"]);
}

#[tokio::test]
async fn an_open_port_is_not_readiness() {
    let rig = Rig::new();
    let shown = rig
        .refused(vec![server("shop").http("/unwell").within(1000)])
        .await;
    assert!(
        shown.contains("| last seen: last answer: 503 Service Unavailable\n"),
        "{shown}"
    );
}

#[tokio::test]
async fn a_taken_port_is_found_before_anything_is_started() {
    let rig = Rig::new();
    let other = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = other.local_addr().expect("bound").port();
    let shown = rig
        .refused(vec![
            server("catalog"),
            script("shop", "exec $serve").on_port(port),
        ])
        .await;
    assert!(
        shown.starts_with(&format!(
            "error[RT0403]: service `shop`: port {port} is taken: something else listens on it\n"
        )),
        "{shown}"
    );
    drop(other);
    let twice = rig
        .refused(vec![
            script("catalog", "exec $serve").on_port(port),
            script("shop", "exec $serve").on_port(port),
        ])
        .await;
    assert!(
        twice.starts_with(&format!(
            "error[RT0403]: service `shop`: port {port} is taken: service `catalog` has it too\n"
        )),
        "{twice}"
    );
    assert_eq!(rig.witness.story(), [""; 0], "nothing was started");
}

#[tokio::test]
async fn a_command_that_cannot_be_started_says_why() {
    let rig = Rig::new();
    let plain = rig.path("plain");
    std::fs::write(&plain, "not a program").expect("a file");
    let lost = rig.path("lost");
    std::fs::write(&lost, "#!/nowhere/perl\n").expect("a file");
    std::fs::set_permissions(&lost, std::fs::Permissions::from_mode(0o755)).expect("ours");
    for (word, reason) in [
        ("rtest-no-such-program", "was not found in PATH"),
        ("./no-such-program", "was not found"),
        ("./plain", "may not be executed"),
        (
            "./lost",
            "names an interpreter in its first line that was not found",
        ),
    ] {
        let shown = rig
            .refused(vec![command("shop", &[word]).in_dir(rig.dir.path())])
            .await;
        assert!(
            shown.starts_with(&format!(
                "error[RT0404]: service `shop`: command `{word}` {reason}\n"
            )),
            "{shown}"
        );
    }
}

#[tokio::test]
async fn a_missing_working_directory_is_not_taken_for_a_missing_command() {
    let rig = Rig::new();
    let nowhere = rig.path("nowhere");
    let shown = rig
        .refused(vec![command("shop", &["sh"]).in_dir(&nowhere)])
        .await;
    assert!(
        shown.starts_with(&format!(
            "error[RT0404]: service `shop`: its working directory is not there: {}\n",
            nowhere.display()
        )),
        "{shown}"
    );
}

#[tokio::test]
async fn an_external_service_that_is_not_there_is_unreachable() {
    let rig = Rig::new();
    let free = TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("a free port");
    for (address, seen) in [
        (free.to_string(), "connection refused"),
        ("nowhere".to_owned(), "an address that is not `host:port`"),
    ] {
        let mut staging = command("staging", &["unused"]).within(200);
        staging.provider = Provider::External {
            address: address.clone(),
        };
        let shown = rig.refused(vec![staging]).await;
        assert!(
            shown.starts_with(&format!(
                "error[RT0405]: service `staging`: does not answer at {address}\n"
            )),
            "{shown}"
        );
        assert!(shown.contains(&format!("| last seen: {seen}\n")), "{shown}");
    }
}

#[tokio::test]
async fn a_failure_tears_down_what_is_up_and_starts_nothing_that_waits() {
    let rig = Rig::new();
    let shown = rig
        .refused(vec![
            server("catalog"),
            script("shop", "exit 3").after(&["catalog"]),
            server("gateway").after(&["shop"]),
        ])
        .await;
    assert!(shown.contains("`shop`"), "{shown}");
    assert_eq!(
        rig.witness.story(),
        [
            "catalog starting",
            "catalog told",
            "catalog ready",
            "shop starting",
            "shop exited",
            "catalog stopped",
        ]
    );
}

#[tokio::test]
async fn a_start_that_is_cancelled_tears_down_what_is_up_and_half_way_up() {
    let rig = Rig::new();
    let services = vec![
        server("catalog"),
        script("slow", "exec sleep 1000").after(&["catalog"]),
        server("gateway").after(&["slow"]),
    ];
    let cancelling = async {
        rig.witness.until("slow starting").await;
        rig.cancel.cancel();
    };
    let (started, ()) = tokio::join!(rig.start(services), cancelling);
    let error = started.expect_err("it was cancelled");
    assert!(matches!(error.kind(), EnvErrorKind::Interrupted), "{error}");
    assert_eq!(left_of(&rig.run_id), [""; 0]);
    let story = rig.witness.story();
    assert!(
        !story.iter().any(|word| word.starts_with("gateway")),
        "{story:?}"
    );
    assert!(
        rig.witness.position("slow stopped") < rig.witness.position("catalog stopped"),
        "{story:?}"
    );
}

#[tokio::test]
async fn a_start_that_is_cancelled_before_it_begins_starts_nothing() {
    let rig = Rig::new();
    rig.cancel.cancel();
    let error = rig
        .start(vec![server("catalog")])
        .await
        .expect_err("cancelled");
    assert!(matches!(error.kind(), EnvErrorKind::Interrupted), "{error}");
    assert_eq!(rig.witness.story(), [""; 0]);
    crate::rig::until_nothing_is_left_of(&rig.run_id).await;
}

#[tokio::test]
async fn a_variable_that_nothing_fills_is_named() {
    let rig = Rig::new();
    let mut shop = server("shop");
    shop.env = vec![(
        "MAIL".into(),
        Template::parse("{{ mail.url }}").expect("well formed"),
    )];
    let shown = rig.refused(vec![shop]).await;
    assert!(
        shown.starts_with("error[RT0206]: service `shop`: `{{ mail.url }}` has no value here\n"),
        "{shown}"
    );
}

#[tokio::test]
async fn a_setup_that_no_plan_makes_is_refused_and_does_not_hang() {
    let rig = Rig::new();
    let shown = rig
        .refused(vec![server("shop").after(&["catalog"]), server("catalog")])
        .await;
    assert!(
        shown.starts_with(
            "error[RT0406]: service `shop`: depends on `catalog`, which is not listed before it"
        ),
        "{shown}"
    );
    let twice = rig.refused(vec![server("shop"), server("shop")]).await;
    assert!(
        twice.starts_with("error[RT0406]: service `shop`: is listed twice"),
        "{twice}"
    );
    let mut setup = rig.setup(vec![server("catalog"), server("shop").after(&["catalog"])]);
    link(&rig, &mut setup, "shop", "catalog", "127.0.0.1:1");
    rig.links.lock().expect("no panic").clear();
    let error = rig.start_setup(setup).await.expect_err("no proxy");
    assert_eq!(error.to_string(), "link `shop -> catalog` has no proxy");
}

#[tokio::test]
async fn without_a_reaper_nothing_is_started() {
    let rig = Rig::new();
    for (program, why) in [
        ("/nowhere/rtest", "No such file"),
        ("/bin/true", "did not answer"),
    ] {
        let mut setup = rig.setup(vec![server("catalog")]);
        setup.program = program.into();
        let error = rig.start_setup(setup).await.expect_err("no reaper");
        let shown = error.diagnostic().to_string();
        assert!(
            shown.starts_with("error[RT0406]: the reaper") && shown.contains(why),
            "{shown}"
        );
    }
    assert_eq!(rig.witness.story(), [""; 0]);
}
