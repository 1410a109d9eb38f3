use std::net::TcpListener;

use rtest_core::plan::Provider;
use rtest_core::{Template, event::ServiceState};

use crate::rig::{Placed, Rig, Seen, command, left_of, link, script, server};

#[tokio::test]
async fn callers_start_after_their_callees_are_ready_and_the_listener_was_told() {
    let rig = Rig::new();
    let environment = rig
        .start(vec![
            server("catalog"),
            server("shop").after(&["catalog"]),
            server("gateway").after(&["catalog", "shop"]),
        ])
        .await
        .expect("all is well");
    assert_eq!(
        rig.witness.story(),
        [
            "catalog starting",
            "catalog told",
            "catalog ready",
            "shop starting",
            "shop told",
            "shop ready",
            "gateway starting",
            "gateway told",
            "gateway ready",
        ]
    );
    let address = environment.address("shop").expect("it is up");
    let variables = environment.variables();
    assert_eq!(variables["shop.url"], format!("http://{address}"));
    assert_eq!(variables["shop.port"], address.port().to_string());
    assert_eq!(environment.address("nobody"), None);
    match rig.witness.until("shop ready").await {
        Seen::Event(rtest_core::EventKind::Service {
            state: ServiceState::Ready { address: told, .. },
            ..
        }) => assert_eq!(told, address),
        other => panic!("{other:?}"),
    }
    environment.stop().await;
    assert_eq!(left_of(&rig.run_id), [""; 0]);
}

#[tokio::test]
async fn services_that_do_not_wait_for_each_other_start_in_parallel() {
    let rig = Rig::new();
    // Each waits for a sign of the other before it serves: in sequence neither would get ready.
    let meeting = |own: &str, other: &str| {
        let (own_sign, other_sign) = (rig.path(own), rig.path(other));
        script(
            own,
            &format!(
                "touch {}; until [ -e {} ]; do sleep 0.01; done; exec $serve",
                own_sign.display(),
                other_sign.display()
            ),
        )
    };
    let environment = rig
        .start(vec![meeting("left", "right"), meeting("right", "left")])
        .await
        .expect("they meet");
    environment.stop().await;
}

#[tokio::test]
async fn a_service_is_told_its_port_its_links_and_its_own_variables() {
    let rig = Rig::new();
    let mut shop = script("shop", "env; exec $serve").after(&["catalog"]);
    let template = |text| Template::parse(text).expect("well formed");
    shop.env = vec![
        (
            "BACKEND".into(),
            template("{{ catalog.host }}:{{ catalog.port }}"),
        ),
        ("MAIL".into(), template("{{ mail.url }}/send")),
        ("SELF".into(), template("{{ shop.url }}")),
    ];
    let mut setup = rig.setup(vec![server("catalog"), server("mail"), shop]);
    link(&rig, &mut setup, "shop", "catalog", "127.0.0.1:4711");
    let environment = rig.start_setup(setup).await.expect("all is well");
    let own = environment.address("shop").expect("it is up");
    let mail = environment.address("mail").expect("it is up");
    environment.stop().await;

    let log = rig.log("shop");
    for expected in [
        format!("PORT={}", own.port()),
        "HOST=127.0.0.1".to_owned(),
        "CATALOG_URL=http://127.0.0.1:4711".to_owned(),
        "BACKEND=127.0.0.1:4711".to_owned(),
        format!("MAIL=http://{mail}/send"),
        format!("SELF=http://{own}"),
        format!("RTEST_RUN_ID={}", rig.run_id),
        format!("PATH={}", std::env::var("PATH").expect("tests have one")),
    ] {
        assert!(
            log.lines().any(|line| line == expected),
            "{expected} in\n{log}"
        );
    }
}

#[tokio::test]
async fn a_sample_is_run_with_the_behaviours_to_break() {
    let rig = Rig::new();
    let mut shop = server("storefront");
    shop.provider = Provider::Builtin {
        sample: "storefront".into(),
        breaks: vec!["deadline".into(), "retries".into()],
    };
    let environment = rig.start(vec![shop]).await.expect("all is well");
    let address = environment.address("storefront").expect("it is up");
    environment.stop().await;
    assert_eq!(
        rig.log("storefront"),
        format!(
            "storefront listens on {address}, \
             [\"--break\", \"deadline\", \"--break\", \"retries\"]\n"
        )
    );
}

#[tokio::test]
async fn servers_of_other_makes_become_ready() {
    let rig = Rig::new();
    let python = command(
        "python",
        &[
            "python3",
            "-m",
            "http.server",
            "--bind",
            "127.0.0.1",
            "{{ python.port }}",
        ],
    );
    let node = command(
        "node",
        &[
            "node",
            "-e",
            "require('http').createServer((q, r) => r.end('ok'))\
             .listen(process.env.PORT, process.env.HOST)",
        ],
    );
    let environment = rig
        .start(vec![
            python.in_dir(rig.dir.path()).http("/"),
            node.http("/health"),
        ])
        .await
        .expect("python3 and node are installed");
    environment.stop().await;
    assert!(rig.log("python").contains("\"GET / HTTP/1.1\" 200"));
}

#[tokio::test]
async fn a_fixed_port_is_used_and_a_relative_program_starts_from_its_cwd() {
    let rig = Rig::new();
    // Nobody else is given the port between here and the start: it was only just given to us.
    let port = TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("a free port")
        .port();
    std::os::unix::fs::symlink(crate::rig::STAND_IN, rig.path("shop")).expect("a link");
    let address = format!("127.0.0.1:{port}");
    let shop = command("shop", &["./shop", "sample", "shop", "--listen", &address]);
    let environment = rig
        .start(vec![shop.in_dir(rig.dir.path()).on_port(port)])
        .await
        .expect("all is well");
    assert_eq!(
        environment.address("shop").map(|address| address.port()),
        Some(port)
    );
    environment.stop().await;
}

#[tokio::test]
async fn an_external_service_is_asked_and_neither_started_nor_stopped() {
    let rig = Rig::new();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("bound");
    let mut staging = command("staging", &["unused"]);
    staging.provider = Provider::External {
        // Two addresses, of which only one answers.
        address: format!("localhost:{}", address.port()),
    };
    let environment = rig.start(vec![staging]).await.expect("it is up");
    assert_eq!(environment.address("staging"), Some(address));
    assert_eq!(
        environment.variables()["staging.url"],
        format!("http://localhost:{}", address.port())
    );
    environment.stop().await;
    assert_eq!(rig.witness.story(), ["staging told", "staging ready"]);
}
