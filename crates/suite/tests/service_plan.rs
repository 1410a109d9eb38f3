//! A suite that holds every key of a container and of a store, and what it becomes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rtest_core::Template;
use rtest_core::plan::{
    ContainerPlan, FileCopy, HealthCheck, Image, Limit, Plan, PostgresLogin, Protocol, Provider,
    ReadinessProbe, Reset, ServicePlan, Volume, VolumeSource,
};
use rtest_suite::Inputs;

const SUITE: &str = "tests/suites/every-service.yaml";

fn services() -> BTreeMap<String, ServicePlan> {
    let inputs = Inputs {
        variables: BTreeMap::new(),
        has_goose: false,
    };
    let suite = rtest_suite::load(Path::new(SUITE), &inputs).expect("well formed");
    suite.plan(None, None).expect_err("it has nothing to do");
    let plan: Plan = suite.environment();
    let services = plan.services.into_iter();
    services.map(|it| (it.name.clone(), it)).collect()
}

fn container(service: &ServicePlan) -> &ContainerPlan {
    match &service.provider {
        Provider::Container(container) => container,
        other => panic!("{other:?}"),
    }
}

fn under(path: &str) -> PathBuf {
    Path::new("tests/suites").join(path)
}

#[test]
fn a_known_image_needs_nothing_but_its_name() {
    let services = services();
    let db = &services["db"];
    assert_eq!(
        db.protocol,
        Protocol::Postgres(PostgresLogin {
            user: "shop".to_owned(),
            password: Some("p@ss".to_owned()),
            database: "orders".to_owned(),
        })
    );
    assert_eq!(db.ready.probe, ReadinessProbe::Protocol);
    assert_eq!(db.ready.within, Duration::from_secs(60));
    assert_eq!(
        db.data.seed,
        [
            "data/schema.sql",
            "data/rows/users.csv",
            "data/rows/users.json"
        ]
        .map(under)
    );
    assert_eq!(db.data.reset, Some(Reset::Delete), "it has a seed");
    let image = container(db);
    assert_eq!(image.image, Image::Named("postgres:15".to_owned()));
    assert_eq!(image.port, 5432);
    assert_eq!(image.labels, [("tier".to_owned(), "db".to_owned())]);

    let cache = &services["cache"];
    assert_eq!(cache.protocol, Protocol::Redis { password: None });
    assert_eq!(cache.data.reset, None, "it is told not to");
    assert_eq!(container(cache).port, 6379);
    assert_eq!(
        container(cache).volumes,
        [Volume {
            source: VolumeSource::Memory,
            to: "/data".to_owned(),
            read_only: false,
        }]
    );
}

#[test]
fn a_postgres_in_a_container_has_a_password_whatever_the_suite_says() {
    let services = services();
    let Protocol::Postgres(login) = &services["bare-db"].protocol else {
        panic!("it is a Postgres");
    };
    assert_eq!(login.password.as_deref(), Some("rtest"));
    let (name, value) = &services["bare-db"].env[0];
    assert_eq!(
        (name.as_str(), value.source()),
        ("POSTGRES_PASSWORD", "rtest")
    );
    assert_eq!(services["bare-db"].data.reset, Some(Reset::Truncate));
}

#[test]
fn the_url_of_an_external_store_says_what_it_is() {
    let services = services();
    let staging = &services["staging-db"];
    assert_eq!(
        staging.provider,
        Provider::External {
            address: "db.example:5432".to_owned()
        }
    );
    assert_eq!(
        staging.protocol.url("db.example:5432"),
        "postgres://reader:secret@db.example:5432/shop"
    );
    assert_eq!(staging.data.reset, Some(Reset::Delete));
    assert_eq!(services["queue"].protocol, Protocol::Kafka);
}

#[test]
fn a_container_has_all_that_its_keys_say() {
    let services = services();
    let Image::Build(build) = &container(&services["api"]).image else {
        panic!("it is built");
    };
    assert_eq!(build.context, under("image"));
    assert_eq!(build.dockerfile, "Dockerfile.api");
    assert_eq!(build.target.as_deref(), Some("run"));
    assert_eq!(build.args, [("NODE_ENV".to_owned(), "test".to_owned())]);

    let api = container(&services["api"]);
    let words = ["node", "server.js", "{{ db.host }}"];
    let command = words.map(|word| Template::parse(word).expect("well formed"));
    assert_eq!(api.command.as_deref(), Some(command.as_slice()));
    assert_eq!((api.port, api.user.as_deref()), (8080, Some("1000:1000")));
    assert_eq!(
        api.files,
        [FileCopy {
            from: under("data/rows"),
            to: "/app/config".to_owned()
        }]
    );
    let volume = |source, to: &str, read_only| Volume {
        source,
        to: to.to_owned(),
        read_only,
    };
    assert_eq!(
        api.volumes,
        [
            volume(
                VolumeSource::Named("shared".to_owned()),
                "/var/cache",
                false
            ),
            volume(VolumeSource::Path(under("./data")), "/etc/app", true),
        ]
    );
    assert_eq!(
        api.limit,
        Some(Limit {
            cpu_percent: Some(50),
            memory_bytes: Some(256_000_000),
        })
    );
    let command = ["wget", "-q", "http://127.0.0.1:8080/health"].map(str::to_owned);
    assert_eq!(
        api.health,
        Some(HealthCheck {
            command: command.to_vec(),
            every: Duration::from_secs(2),
            timeout: Duration::from_secs(3),
            retries: 5,
        })
    );
    assert_eq!(services["api"].ready.probe, ReadinessProbe::Health);
    assert_eq!(services["api"].ready.within, Duration::from_secs(90));
}

#[test]
fn readiness_can_be_a_line_or_a_command() {
    let services = services();
    let worker = &services["worker"];
    assert_eq!(
        worker.ready.probe,
        ReadinessProbe::Log {
            pattern: r"^listening on \d+$".to_owned()
        }
    );
    assert_eq!(worker.data.reset, Some(Reset::Restart));
    let ReadinessProbe::Command { words } = &services["mail"].ready.probe else {
        panic!("it is a command");
    };
    assert_eq!(words.len(), 3);
}

#[test]
fn services_are_looked_at_as_often_as_the_suite_says_and_ten_times_a_second_where_it_does_not() {
    let sample = |line: &str| {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("suite.yaml");
        let suite = format!(
            "name: x\nenvironment:\n  services: {{ a: {{ builtin: catalog }} }}\n{line}load:\n  target: a\n  scenarios:\n    b: {{ executor: constant-vus, vus: 1, duration: 1s, flow: [{{ get: / }}] }}\n"
        );
        std::fs::write(&path, suite).expect("written");
        let inputs = Inputs {
            variables: BTreeMap::new(),
            has_goose: false,
        };
        let suite = rtest_suite::load(&path, &inputs).expect("well formed");
        assert_eq!(suite.environment().sample, None, "nothing is done");
        suite.plan(None, None).expect("it has load").sample
    };
    assert_eq!(sample(""), Some(Duration::from_millis(100)));
    assert_eq!(sample("  sample: 1s\n"), Some(Duration::from_secs(1)));
    assert_eq!(sample("  sample: off\n"), None);
}

#[test]
fn services_of_a_compose_file_are_read_as_they_are() {
    let services = services();
    let db = &services["queue-db"];
    assert_eq!(
        db.protocol.url("h:1"),
        "postgres://queue:q@h:1/queue",
        "its environment is a list"
    );
    assert_eq!(container(db).port, 5432);
    assert_eq!(db.ready.probe, ReadinessProbe::Health);
    let words = ["sh", "-c", "pg_isready -U queue"].map(str::to_owned);
    let health = container(db).health.as_ref().expect("it has one");
    assert_eq!(
        (health.command.as_slice(), health.retries),
        (words.as_slice(), 5)
    );

    let web = &services["web"];
    let plan = container(web);
    let Image::Build(build) = &plan.image else {
        panic!("it is built");
    };
    assert_eq!(build.context, under("./image"));
    assert_eq!(build.args, [("NODE_ENV".to_owned(), "test".to_owned())]);
    let words = plan.command.iter().flatten().map(Template::source);
    let words: Vec<&str> = words.collect();
    assert_eq!(words, ["node", "server.js", "--name", "the web"]);
    assert_eq!((plan.port, plan.user.as_deref()), (8080, Some("node")));
    assert_eq!(plan.labels, [("tier".to_owned(), "web".to_owned())]);
    let limit = Limit {
        cpu_percent: Some(50),
        memory_bytes: Some(512 << 20),
    };
    assert_eq!(plan.limit, Some(limit));
    let mounted = plan.volumes.iter().map(|it| (it.to.as_str(), it.read_only));
    let mounted: Vec<(&str, bool)> = mounted.collect();
    assert_eq!(
        mounted,
        [("/data", true), ("/var/pages", false), ("/tmp", false)]
    );

    // What the suite says of the same service adds to it.
    let env = web
        .env
        .iter()
        .map(|(name, value)| (name.as_str(), value.source()));
    let env: Vec<(&str, &str)> = env.collect();
    assert_eq!(
        env,
        [("MODE", "test"), ("QUEUE", "postgres://queue-db:5432")]
    );
    assert_eq!(web.depends_on, ["queue-db", "db"]);
}
