//! Probes against real listeners and real commands.

use std::path::PathBuf;

use rtest_core::Template;
use rtest_core::expectation::ValueMatch;
use rtest_core::plan::{CommandProbe, SqlExpectation, SqlProbe, TcpTarget};
use tokio::net::TcpListener;

use super::*;

fn probe(kind: &ProbeKind) -> Result<Arc<dyn Probe>, DrillError> {
    let variables = BTreeMap::from([("catalog.port".to_owned(), "4711".to_owned())]);
    let _ = rustls::crypto::ring::default_provider().install_default();
    let means = Means {
        client: client().expect("a client"),
        addresses: &BTreeMap::from([("dead".to_owned(), "http://127.0.0.1:9/".to_owned())]),
        variables: &variables,
        mark: Some(("MARK".to_owned(), "of the run".to_owned())),
    };
    of_plan(kind, &means).map(|probe| probe.expect("not a metric"))
}

async fn answer(kind: &ProbeKind) -> Result<(), String> {
    let probe = probe(kind).expect("a probe that can be asked");
    let result = ask(probe.as_ref()).await;
    if result.held {
        Ok(())
    } else {
        Err(result.actual)
    }
}

fn command(words: &[&str]) -> CommandProbe {
    CommandProbe {
        words: words
            .iter()
            .map(|word| Template::parse(word).expect("well formed"))
            .collect(),
        cwd: PathBuf::from("/"),
        exit: vec![0],
        output: None,
    }
}

#[tokio::test]
async fn a_listener_takes_connections_and_one_that_hangs_up_or_is_gone_does_not() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("bound").to_string();
    let tcp = ProbeKind::Tcp(TcpTarget::Address(address));
    assert_eq!(answer(&tcp).await, Ok(()), "the system accepts for it");

    let hangs_up = tokio::spawn(async move {
        loop {
            drop(listener.accept().await);
        }
    });
    let refused = answer(&tcp).await.expect_err("it hangs up");
    assert!(
        refused.contains("closed at once") || refused.contains("broken off"),
        "{refused}"
    );
    hangs_up.abort();
    let _ = hangs_up.await;
    let refused = answer(&tcp).await.expect_err("nobody listens");
    assert!(refused.starts_with("no connection: "), "{refused}");

    let service = ProbeKind::Tcp(TcpTarget::Service("dead".to_owned()));
    assert!(answer(&service).await.is_err());
    let unknown = probe(&ProbeKind::Tcp(TcpTarget::Service("x".to_owned())));
    assert!(matches!(unknown, Err(DrillError::UnknownService(name)) if name == "x"));
}

#[tokio::test]
async fn a_command_holds_by_its_exit_code_and_its_output() {
    let says = |words: &[&str], output| {
        ProbeKind::Command(CommandProbe {
            output: Some(output),
            ..command(words)
        })
    };
    let equals = |value: serde_json::Value| ValueMatch::Equals(value);
    assert_eq!(
        answer(&ProbeKind::Command(command(&["true"]))).await,
        Ok(())
    );
    assert_eq!(
        answer(&says(&["echo", "4711"], equals(4711.into()))).await,
        Ok(())
    );
    assert_eq!(
        answer(&says(&["echo", "{{ catalog.port }}"], equals(4711.into()))).await,
        Ok(())
    );
    assert_eq!(
        answer(&says(&["echo", "lag: 7"], ValueMatch::Min(8.0))).await,
        Err("output lag: 7".to_owned())
    );
    let fails = command(&["sh", "-c", "echo why >&2; exit 3"]);
    assert_eq!(
        answer(&ProbeKind::Command(fails.clone())).await,
        Err("exit status: 3: why".to_owned())
    );
    let allowed = CommandProbe {
        exit: vec![0, 3],
        ..fails
    };
    assert_eq!(answer(&ProbeKind::Command(allowed)).await, Ok(()));
    let missing = answer(&ProbeKind::Command(command(&["no-such-program"]))).await;
    assert!(
        missing
            .expect_err("there is none")
            .starts_with("`no-such-program` cannot be started")
    );
    let noisy = command(&["head", "-c", "10000000", "/dev/zero"]);
    assert_eq!(
        answer(&ProbeKind::Command(noisy)).await,
        Ok(()),
        "it waits for no pipe"
    );
    let marked = says(&["printenv", "MARK"], equals("of the run".into()));
    assert_eq!(answer(&marked).await, Ok(()));
}

#[tokio::test]
async fn a_hole_that_nothing_fills_is_refused_before_anything_is_asked() {
    let refused = probe(&ProbeKind::Command(command(&["echo", "{{ nobody.port }}"])));
    assert!(matches!(refused, Err(DrillError::Template(_))));
}

fn sql(url: &str) -> ProbeKind {
    ProbeKind::Sql(SqlProbe {
        url: Template::parse(url).expect("well formed"),
        query: "select 1".to_owned(),
        expected: SqlExpectation::Rows(vec![vec![1.into()]]),
    })
}

#[tokio::test]
async fn a_database_elsewhere_is_not_asked_and_no_password_is_shown() {
    for url in [
        "postgres://root:s3cret@db.example/shop",
        "postgres://root:s3cret@/shop?port=x",
    ] {
        let Err(refused) = probe(&sql(url)) else {
            panic!("{url}");
        };
        assert!(
            !format!("{refused} {refused:?}").contains("s3cret"),
            "{refused}"
        );
    }
    let here = probe(&sql("postgres://root:s3cret@127.0.0.1:9/shop")).expect("on this machine");
    assert!(!format!("{here:?}").contains("s3cret"));
    let gone = answer(&sql("postgres://root:s3cret@127.0.0.1:9/shop")).await;
    let gone = gone.expect_err("nobody listens");
    assert!(!gone.contains("s3cret"), "{gone}");
}
