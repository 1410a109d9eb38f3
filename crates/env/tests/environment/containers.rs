//! Services that are containers, on a real Docker engine with the images `redis:7`, `postgres:15`
//! and `nginx:1`.

use std::net::SocketAddr;
use std::process::Command;
use std::time::Duration;

use rtest_core::plan::{
    ContainerPlan, DataPlan, FileCopy, HealthCheck, Image, Limit, PostgresLogin, Protocol,
    Provider, ReadinessProbe, Reset, ServiceFault, ServicePlan, Volume, VolumeSource,
};
use rtest_core::{EventKind, ProcessMark, Template};
use rtest_store::{Limits, Postgres};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::rig::{Placed as _, Rig, Seen, command};

const TTL: Duration = Duration::from_secs(60);

/// Whether there is an engine to test with. Where `RTEST_REQUIRE_DOCKER` is set, there has to be.
#[allow(clippy::print_stderr)] // a test that is skipped says so
pub(crate) fn has_docker() -> bool {
    let answers = docker(&["image", "inspect", "redis:7", "postgres:15", "nginx:1"]).is_some();
    if !answers {
        assert!(
            std::env::var_os("RTEST_REQUIRE_DOCKER").is_none(),
            "there is no Docker engine with the images redis:7, postgres:15 and nginx:1"
        );
        eprintln!("NOT TESTED HERE: no Docker engine with redis:7, postgres:15 and nginx:1");
    }
    answers
}

/// What the engine's own client prints; `None` where it fails.
pub(crate) fn docker(words: &[&str]) -> Option<String> {
    let output = Command::new("docker").args(words).output().ok()?;
    let printed = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    output.status.success().then_some(printed)
}

/// Everything that the engine has of a run.
fn left_of(run_id: &str) -> Vec<String> {
    let label = format!("label=rtest.run={run_id}");
    let list = |words: &[&str]| docker(words).expect("the engine answers");
    let all = [
        list(&["ps", "-aq", "--filter", &label]),
        list(&["network", "ls", "-q", "--filter", &label]),
        list(&["volume", "ls", "-q", "--filter", &label]),
    ];
    let ids = all.iter().flat_map(|ids| ids.lines());
    ids.map(str::to_owned).collect()
}

pub(crate) fn container(image: &str, port: u16) -> ContainerPlan {
    ContainerPlan {
        image: Image::Named(image.to_owned()),
        port,
        command: None,
        user: None,
        files: Vec::new(),
        volumes: Vec::new(),
        limit: None,
        labels: Vec::new(),
        health: None,
    }
}

pub(crate) fn service(name: &str, plan: ContainerPlan) -> ServicePlan {
    ServicePlan {
        provider: Provider::Container(Box::new(plan)),
        ..command(name, &["unused"])
    }
}

pub(crate) fn redis(name: &str) -> ServicePlan {
    let mut redis = service(name, container("redis:7", 6379));
    redis.protocol = Protocol::Redis { password: None };
    redis.ready.probe = ReadinessProbe::Protocol;
    redis
}

/// Sends one command and gives what is answered to it.
async fn ask(address: SocketAddr, command: &str) -> String {
    let mut stream = TcpStream::connect(address).await.expect("it listens");
    let line = format!("{command}\r\n");
    stream.write_all(line.as_bytes()).await.expect("it reads");
    let mut answer = vec![0; 4096];
    let read = stream.read(&mut answer).await.expect("it answers");
    String::from_utf8_lossy(&answer[..read]).into_owned()
}

#[tokio::test]
async fn containers_come_up_in_order_and_nothing_is_left_of_them() {
    if !has_docker() {
        return;
    }
    let rig = Rig::new();
    let mut db = service("db", container("postgres:15", 5432));
    db.env = vec![("POSTGRES_PASSWORD".to_owned(), Template::literal("secret"))];
    db.protocol = Protocol::Postgres(PostgresLogin {
        user: "postgres".to_owned(),
        password: Some("secret".to_owned()),
        database: "postgres".to_owned(),
    });
    db.ready.probe = ReadinessProbe::Protocol;
    let mut cache = container("redis:7", 6379);
    cache.volumes = vec![Volume {
        source: VolumeSource::Named("shared".to_owned()),
        to: "/data".to_owned(),
        read_only: false,
    }];
    let mut cache = service("cache", cache).after(&["db"]);
    cache.ready.probe = ReadinessProbe::Log {
        pattern: "Ready to accept connections".to_owned(),
    };
    let environment = rig.start(vec![db, cache]).await.expect("both come up");
    assert_eq!(
        left_of(&rig.run_id).len(),
        4,
        "two containers, a network, a volume"
    );
    let variables = environment.variables();
    let address = environment.address("cache").expect("it is up");
    assert_eq!(variables["cache.port"], address.port().to_string());
    assert!(
        variables["db.url"].starts_with("postgres://postgres:secret@127.0.0.1:"),
        "{variables:?}"
    );
    assert_eq!(ask(address, "PING").await, "+PONG\r\n");
    assert!(rig.log("cache").contains("Ready to accept connections"));
    let ids = rig.witness.all().into_iter().filter_map(|seen| match seen {
        Seen::Event(EventKind::ServiceImage { service, image }) => Some((service, image.id)),
        _ => None,
    });
    let ids: Vec<(String, String)> = ids.collect();
    let id = |image: &str| {
        let words = ["image", "inspect", "--format", "{{.Id}}", image];
        docker(&words).expect("the engine has it")
    };
    let expected = [("db", id("postgres:15")), ("cache", id("redis:7"))];
    assert_eq!(ids, expected.map(|(service, id)| (service.to_owned(), id)));
    environment.stop().await;
    assert_eq!(left_of(&rig.run_id), [""; 0]);
}

#[tokio::test]
async fn a_new_container_has_nothing_of_what_the_old_one_had_written_and_its_place() {
    if !has_docker() {
        return;
    }
    let rig = Rig::new();
    let mut replaced = redis("cache");
    replaced.data.reset = Some(Reset::Container);
    let mut restarted = redis("store");
    restarted.data.reset = Some(Reset::Restart);
    let services = vec![replaced, restarted, redis("other")];
    let environment = rig.start(services).await.expect("they come up");
    let address = |name: &str| environment.address(name).expect("it is up");
    let (cache, store) = (address("cache"), address("store"));
    for address in [cache, store] {
        assert_eq!(ask(address, "SET k v").await, "+OK\r\n");
        assert_eq!(ask(address, "SAVE").await, "+OK\r\n");
    }
    for service in ["cache", "store"] {
        let said = environment.data().reset(service).await.expect("reset");
        assert!(said.contains("ready"), "{said}");
    }
    assert_eq!(ask(cache, "EXISTS k").await, ":0\r\n", "its file is gone");
    assert_eq!(ask(store, "EXISTS k").await, ":1\r\n", "its file stayed");
    let other = format!("rtest-{}-other", rig.run_id);
    let words = ["exec", &other, "redis-cli", "-h", "cache", "exists", "k"];
    let found = docker(&words).expect("it is found by its name");
    assert_eq!(found, "0");
    environment.data().reset("cache").await.expect("and again");
    assert_eq!(ask(cache, "PING").await, "+PONG\r\n");
    environment.stop().await;
    assert!(
        rig.log("cache").matches("Ready to accept").count() >= 3,
        "its log goes on"
    );
    assert_eq!(left_of(&rig.run_id), [""; 0]);
}

#[tokio::test]
async fn a_new_container_of_a_database_is_seeded_again() {
    if !has_docker() {
        return;
    }
    let rig = Rig::new();
    let seed = rig.path("seed.sql");
    std::fs::write(&seed, "create table t as select 1 as n").expect("written");
    let mut db = service("db", container("postgres:15", 5432));
    db.env = vec![("POSTGRES_PASSWORD".to_owned(), Template::literal("secret"))];
    db.protocol = Protocol::Postgres(PostgresLogin {
        user: "postgres".to_owned(),
        password: Some("secret".to_owned()),
        database: "postgres".to_owned(),
    });
    db.ready.probe = ReadinessProbe::Protocol;
    db.data = DataPlan {
        seed: vec![seed],
        reset: Some(Reset::Container),
    };
    let environment = rig.start(vec![db]).await.expect("it comes up");
    let database = Postgres::at(&environment.variables()["db.url"]).expect("here");
    let run = |statement: &'static str| database.run(statement, Limits::default());
    run("insert into t values (2); create table other ()")
        .await
        .expect("changed");
    environment.data().reset("db").await.expect("replaced");
    let rows = run("select count(*), to_regclass('other') from t")
        .await
        .expect("seeded");
    let row = [Some("1".to_owned()), None];
    assert_eq!(rows.rows, [row]);
    environment.stop().await;
}

#[tokio::test]
async fn two_runs_of_one_suite_do_not_collide() {
    if !has_docker() {
        return;
    }
    let (one, two) = (Rig::new(), Rig::new());
    let (first, second) = tokio::join!(
        one.start(vec![redis("cache")]),
        two.start(vec![redis("cache")])
    );
    let (first, second) = (first.expect("up"), second.expect("up"));
    assert_ne!(first.address("cache"), second.address("cache"));
    first.stop().await;
    let address = second.address("cache").expect("it is up");
    assert_eq!(
        ask(address, "PING").await,
        "+PONG\r\n",
        "the other run is left alone"
    );
    second.stop().await;
    assert_eq!(left_of(&two.run_id), [""; 0]);
}

#[tokio::test]
async fn what_was_stopped_comes_back_at_its_address_with_its_data() {
    if !has_docker() {
        return;
    }
    let rig = Rig::new();
    let environment = rig.start(vec![redis("cache")]).await.expect("it comes up");
    let address = environment.address("cache").expect("it is up");
    ask(address, "SET answer 42").await;
    let control = environment.control();
    for fault in [ServiceFault::Stop, ServiceFault::Restart] {
        let seen = control
            .strike("cache", &fault, TTL)
            .await
            .expect("it obeys");
        assert_eq!(seen, "its container has ended (exit code 0)");
        TcpStream::connect(address)
            .await
            .expect_err("nobody listens");
        let proof = control.mend("cache").await;
        assert!(proof.clean, "{proof:?}");
        assert_eq!(
            ask(address, "GET answer").await,
            "$2\r\n42\r\n",
            "{fault:?}"
        );
    }
    let seen = control.strike("cache", &ServiceFault::Kill, TTL).await;
    assert_eq!(
        seen.as_deref(),
        Ok("its container has ended (exit code 137)")
    );
    assert!(control.mend("cache").await.clean);
    assert_eq!(control.processes("cache"), None::<ProcessMark>);
    environment.stop().await;
    assert_eq!(left_of(&rig.run_id), [""; 0]);
}

#[tokio::test]
async fn what_was_paused_or_limited_is_free_again() {
    if !has_docker() {
        return;
    }
    let rig = Rig::new();
    let environment = rig.start(vec![redis("cache")]).await.expect("it comes up");
    let name = format!("rtest-{}-cache", rig.run_id);
    let state = |what: &str| docker(&["inspect", "-f", what, &name]).expect("it is there");
    let control = environment.control();

    let struck = control.strike("cache", &ServiceFault::Pause, TTL).await;
    assert_eq!(struck.as_deref(), Ok("its container is paused"));
    assert_eq!(state("{{.State.Paused}}"), "true");
    assert!(control.mend("cache").await.clean);
    assert_eq!(state("{{.State.Paused}}"), "false");

    let limit = ServiceFault::Limit(Limit {
        cpu_percent: Some(50),
        memory_bytes: Some(64 << 20),
    });
    control
        .strike("cache", &limit, TTL)
        .await
        .expect("it is limited");
    assert_eq!(
        state("{{.HostConfig.CpuQuota}} {{.HostConfig.Memory}}"),
        "50000 67108864"
    );
    let proof = control.mend("cache").await;
    assert!(proof.clean, "{proof:?}");
    assert_ne!(state("{{.HostConfig.CpuQuota}}"), "50000");
    let memory: i64 = state("{{.HostConfig.Memory}}").parse().expect("a number");
    assert!(memory > 1 << 30, "as good as none: {memory}");
    // What it ends of takes nothing into its next start.
    control.strike("cache", &limit, TTL).await.expect("limited");
    docker(&["kill", &name]).expect("as if it were out of memory");
    rig.witness.until("cache stopped").await;
    let proof = control.mend("cache").await;
    assert!(proof.clean, "{proof:?}");
    assert_ne!(state("{{.HostConfig.CpuQuota}}"), "50000");
    environment.stop().await;
}

#[tokio::test]
async fn a_container_out_of_its_network_is_reached_by_nobody() {
    if !has_docker() {
        return;
    }
    let rig = Rig::new();
    let both = vec![redis("cache"), redis("other")];
    let environment = rig.start(both).await.expect("they come up");
    let address = environment.address("cache").expect("it is up");
    let control = environment.control();
    let other = format!("rtest-{}-other", rig.run_id);
    let by_name = || docker(&["exec", &other, "redis-cli", "-h", "cache", "ping"]);
    assert_eq!(by_name().as_deref(), Some("PONG"));
    let seen = control
        .strike("cache", &ServiceFault::Disconnect, TTL)
        .await;
    assert_eq!(seen.as_deref(), Ok("its container is in no network"));
    assert_eq!(by_name(), None, "its name leads nowhere");
    let asked = tokio::time::timeout(Duration::from_secs(1), TcpStream::connect(address)).await;
    assert!(!matches!(asked, Ok(Ok(_))), "{asked:?}");
    let proof = control.mend("cache").await;
    assert!(proof.clean, "{proof:?}");
    assert_eq!(by_name().as_deref(), Some("PONG"));
    assert_eq!(
        ask(address, "PING").await,
        "+PONG\r\n",
        "at the address it always had"
    );
    environment.stop().await;
}

/// A program that hangs or is held itself cannot take a pause back; its reaper can.
#[tokio::test]
async fn a_pause_ends_with_its_lease() {
    if !has_docker() {
        return;
    }
    let rig = Rig::new();
    let environment = rig.start(vec![redis("cache")]).await.expect("it comes up");
    let address = environment.address("cache").expect("it is up");
    let control = environment.control();
    let lease = Duration::from_millis(500);
    control
        .strike("cache", &ServiceFault::Pause, lease)
        .await
        .expect("it is paused");
    let freed = tokio::time::timeout(Duration::from_secs(60), ask(address, "PING")).await;
    assert_eq!(
        freed.as_deref(),
        Ok("+PONG\r\n"),
        "nobody but the reaper let it go on"
    );
    environment.stop().await;
}

#[tokio::test]
async fn files_are_there_before_the_container_starts() {
    if !has_docker() {
        return;
    }
    let rig = Rig::new();
    std::fs::create_dir_all(rig.path("conf/more")).expect("made");
    std::fs::write(rig.path("conf/redis.conf"), "maxclients 7\n").expect("written");
    std::fs::write(rig.path("conf/more/note"), "deep").expect("written");
    let mut plan = container("redis:7", 6379);
    plan.files = vec![FileCopy {
        from: rig.path("conf"),
        to: "/etc/redis".to_owned(),
    }];
    let words = [
        "redis-server",
        "/etc/redis/redis.conf",
        "--protected-mode",
        "no",
    ];
    plan.command = Some(words.map(Template::literal).to_vec());
    let environment = rig
        .start(vec![service("cache", plan)])
        .await
        .expect("it comes up");
    let address = environment.address("cache").expect("it is up");
    let answer = ask(address, "CONFIG GET maxclients").await;
    assert!(answer.contains("$1\r\n7\r\n"), "{answer:?}");
    let name = format!("rtest-{}-cache", rig.run_id);
    let note = docker(&["exec", &name, "cat", "/etc/redis/more/note"]);
    assert_eq!(note.as_deref(), Some("deep"));
    environment.stop().await;
}

#[tokio::test]
async fn a_container_that_cannot_start_says_why_and_leaves_nothing() {
    if !has_docker() {
        return;
    }
    let rig = Rig::new();
    let mut crash = container("redis:7", 6379);
    let words = ["redis-server", "--maxclients", "none"];
    crash.command = Some(words.map(Template::literal).to_vec());
    // Another service is half-way up when the first one fails.
    let shown = rig
        .refused(vec![redis("other"), service("cache", crash)])
        .await;
    assert!(
        shown
            .starts_with("error[RT0401]: service `cache`: ended before it was ready (exit code 1)")
            && shown.contains("FATAL CONFIG FILE ERROR"),
        "{shown}"
    );
    assert_eq!(left_of(&rig.run_id), [""; 0]);

    let rig = Rig::new();
    let missing = service("cache", container("rtest.invalid/nobody/nothing:1", 1));
    let shown = rig.refused(vec![missing]).await;
    assert!(
        shown.starts_with(
            "error[RT0406]: service `cache`: image `rtest.invalid/nobody/nothing:1` is not here and cannot be pulled"
        ),
        "{shown}"
    );
    assert_eq!(left_of(&rig.run_id), [""; 0]);
}

#[tokio::test]
async fn a_health_check_and_a_command_are_asked_where_the_service_runs() {
    if !has_docker() {
        return;
    }
    let rig = Rig::new();
    let check = |command: &[&str]| HealthCheck {
        command: command.iter().map(|word| (*word).to_owned()).collect(),
        every: Duration::from_millis(200),
        timeout: Duration::from_secs(5),
        retries: 1,
    };
    let mut plan = container("redis:7", 6379);
    plan.health = Some(check(&["redis-cli", "ping"]));
    let mut healthy = service("healthy", plan.clone());
    healthy.ready.probe = ReadinessProbe::Health;
    let mut asked = redis("asked");
    let words = ["redis-cli", "ping"].map(Template::literal);
    asked.ready.probe = ReadinessProbe::Command {
        words: words.to_vec(),
    };
    let environment = rig
        .start(vec![healthy, asked])
        .await
        .expect("both are well");
    environment.stop().await;

    let rig = Rig::new();
    plan.health = Some(check(&["redis-cli", "-p", "1", "ping"]));
    let mut ill = service("ill", plan);
    ill.ready.probe = ReadinessProbe::Health;
    ill.ready.within = Duration::from_secs(3);
    let shown = rig.refused(vec![ill]).await;
    assert!(
        shown.contains("its health check says `unhealthy`: Could not connect"),
        "{shown}"
    );
}
