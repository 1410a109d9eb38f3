//! Which data iterations get, over the whole engine.

mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rtest_core::plan::{AtEnd, FeederPlan, FeederSource, LoadPlan, Pick, Shard};
use rtest_core::sample::{ErrorKind, Outcome};
use rtest_load::LoadErrorKind;
use support::Run;
use support::plan::{closed, get, load, open, scenario, sends, span};
use support::server::{Server, ok};
use tempfile::TempDir;

const MS: Duration = Duration::from_millis(1);

/// A CSV file of so many users, each with a name of its own.
fn users(count: usize) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("users.csv");
    let lines = (0..count).map(|n| format!("{n},\"user, {n}\"\n"));
    let text = format!("id,name\n{}", lines.collect::<String>());
    std::fs::write(&path, text).expect("a file");
    (folder, path)
}

fn feeder(path: &Path, pick: Pick, at_end: AtEnd) -> FeederPlan {
    FeederPlan {
        source: FeederSource::Csv {
            path: path.to_owned(),
            delimiter: b',',
        },
        pick,
        at_end,
        columns: vec!["id".to_owned(), "name".to_owned()],
        span: span(),
    }
}

/// Twenty arrivals over four virtual users, each asking for its user.
fn twenty(feeder: FeederPlan) -> LoadPlan {
    let flow = vec![sends(get("/{{ id }}?vu={{ vu }}"))];
    let mut scenario = scenario(open("200/s", 100 * MS, 4), flow);
    scenario.feeders = vec![feeder];
    load(vec![scenario])
}

/// A server that is content with everything, and how often it was asked for each path.
async fn counting() -> (Server, Arc<Mutex<BTreeMap<String, u64>>>) {
    let asked: Arc<Mutex<BTreeMap<String, u64>>> = Arc::default();
    let server = Server::answering({
        let asked = Arc::clone(&asked);
        move |request| {
            let path = request.split([' ', '?']).nth(1).unwrap_or_default();
            *asked
                .lock()
                .expect("lock")
                .entry(path.to_owned())
                .or_default() += 1;
            async { ok("") }
        }
    })
    .await;
    (server, asked)
}

/// Each of these users, once.
fn once_each(users: impl Iterator<Item = u64>) -> BTreeMap<String, u64> {
    users.map(|user| (format!("/{user}"), 1)).collect()
}

#[tokio::test]
async fn workers_and_shards_use_each_row_once_without_a_word() {
    let (_folder, path) = users(20);
    let (server, asked) = counting().await;
    for index in 0..3 {
        let feeder = feeder(&path, Pick::UniquePerIteration, AtEnd::Fail);
        let mut plan = twenty(feeder);
        plan.shard = Shard { index, of: 3 };
        let recorded = Run::new(plan, server.address).go().await;
        recorded.assert_nothing_lost(0);
    }
    assert_eq!(*asked.lock().expect("lock"), once_each(0..20));
}

#[tokio::test]
async fn a_scenario_ends_with_its_rows() {
    let (_folder, path) = users(7);
    let (server, asked) = counting().await;
    let feeder = || feeder(&path, Pick::Sequential, AtEnd::Stop);
    let recorded = Run::new(twenty(feeder()), server.address).go().await;
    recorded.assert_nothing_lost(0);
    let sum = recorded.scenario(0);
    assert_eq!((sum.offered, sum.completed, sum.dropped), (7, 7, 0));
    assert_eq!(*asked.lock().expect("lock"), once_each(0..7));

    asked.lock().expect("lock").clear();
    let mut plan = twenty(feeder());
    plan.scenarios[0].executor = closed(3, Duration::from_secs(60));
    let recorded = Run::new(plan, server.address).go().await;
    recorded.assert_nothing_lost(0);
    assert_eq!(
        recorded.scenario(0).completed,
        7,
        "and does not wait for the minute"
    );
    assert_eq!(*asked.lock().expect("lock"), once_each(0..7));
}

#[tokio::test]
async fn iterations_without_a_row_fail_under_their_own_name() {
    let (_folder, path) = users(15);
    let (server, asked) = counting().await;
    let plan = twenty(feeder(&path, Pick::Sequential, AtEnd::Fail));
    let recorded = Run::new(plan, server.address).go().await;
    recorded.assert_nothing_lost(0);
    assert_eq!(recorded.ended_with(Outcome::Status(200)), 15);
    assert_eq!(recorded.failed_with(ErrorKind::Request), 5);
    let example = &recorded.examples()[0];
    assert!(
        example.ends_with("it has 15 rows") && example.contains("users.csv has no row"),
        "{example}"
    );
    assert_eq!(*asked.lock().expect("lock"), once_each(0..15));
}

#[tokio::test]
async fn a_virtual_user_keeps_its_row() {
    let (_folder, path) = users(2);
    let (server, asked) = counting().await;
    let mut plan = twenty(feeder(&path, Pick::UniquePerVu, AtEnd::Stop));
    plan.scenarios[0].executor = closed(4, 200 * MS);
    let recorded = Run::new(plan, server.address).go().await;
    recorded.assert_nothing_lost(0);
    assert_eq!(recorded.scenario(0).vus_max, 2, "no more than have a row");
    let asked = asked.lock().expect("lock");
    assert_eq!(asked.keys().collect::<Vec<_>>(), ["/0", "/1"]);
    assert!(asked.values().all(|times| *times > 5), "{asked:?}");
}

/// However few rows there are, all arrivals are dealt to whoever has one.
#[tokio::test]
async fn fewer_rows_than_workers_lose_no_arrival() {
    let (_folder, path) = users(1);
    let (server, asked) = counting().await;
    let mut plan = twenty(feeder(&path, Pick::UniquePerVu, AtEnd::Stop));
    plan.scenarios[0].executor = open("200/s", 100 * MS, 1000);
    let mut run = Run::new(plan, server.address);
    run.context.workers = Some(4);
    let recorded = run.go().await;
    recorded.assert_nothing_lost(0);
    let sum = recorded.scenario(0);
    assert_eq!((sum.completed, sum.dropped, sum.vus_max), (20, 0, 1));
    assert_eq!(asked.lock().expect("lock")["/0"], 20);
}

#[tokio::test]
async fn rows_come_again_where_the_plan_says_so() {
    let (_folder, path) = users(5);
    let (server, asked) = counting().await;
    for pick in [Pick::Sequential, Pick::Random] {
        asked.lock().expect("lock").clear();
        let plan = twenty(feeder(&path, pick, AtEnd::Recycle));
        let recorded = Run::new(plan, server.address).go().await;
        assert_eq!(recorded.ended_with(Outcome::Status(200)), 20);
        let asked = asked.lock().expect("lock");
        if pick == Pick::Sequential {
            assert!(asked.len() == 5 && asked.values().all(|times| *times == 4));
        } else {
            assert!(asked.len() > 1, "{asked:?}");
        }
    }
}

#[tokio::test]
async fn a_file_that_cannot_feed_ends_the_load_before_it_begins() {
    let (_folder, path) = users(5);
    let text = std::fs::read_to_string(&path).expect("a file");
    std::fs::write(&path, text + "5,one,too many\n").expect("a file");
    let plan = twenty(feeder(&path, Pick::Sequential, AtEnd::Recycle));
    let nobody = ([127, 0, 0, 1], 9).into();
    let error = Run::new(plan, nobody).refused().await;
    assert!(matches!(*error.kind, LoadErrorKind::Feeder(_)), "{error}");
    let place = error.span.expect("a place");
    assert_eq!((place.line, &*place.text), (7, "5,one,too many"));
    assert!(error.kind.to_string().contains("this row has 3 fields"));
}
