//! Programs over the simulated world that no real Node can run along: peers, faults, grants.

use std::path::{Path, PathBuf};

use rtest_core::Seed;
use rtest_runtime::{
    Budget, ProgramOptions, ProgramOutcome, RuntimeError, RuntimeErrorKind, run_program,
};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fixtures/sims")
        .join(name)
}

/// What a fixture says under the first seed that it fails under, if there is one among so many, and
/// whether there is one that it ends well under.
fn outcomes(name: &str, seeds: u64) -> (Option<String>, bool) {
    let (mut failure, mut ends_well) = (None, false);
    for seed in 0..seeds {
        let options = ProgramOptions::new(Seed::new(seed));
        let outcome = run_program(&fixture(name), &options);
        let outcome = outcome.unwrap_or_else(|error| panic!("{error}"));
        match outcome.exit_code {
            0 => ends_well = true,
            _ => failure = Some(String::from_utf8_lossy(&outcome.stderr).into_owned()),
        }
        if failure.is_some() && ends_well {
            break;
        }
    }
    (failure, ends_well)
}

fn run_with(options: &ProgramOptions, text: &str) -> Result<ProgramOutcome, RuntimeError> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("program.mjs");
    std::fs::write(&path, text).expect("written");
    run_program(&path, options)
}

fn stdout(seed: u64, text: &str) -> String {
    let outcome = run_with(&ProgramOptions::new(Seed::new(seed)), text);
    let outcome = outcome.unwrap_or_else(|error| panic!("{error}"));
    let stderr = String::from_utf8_lossy(&outcome.stderr);
    assert_eq!(outcome.exit_code, 0, "seed {seed}: {stderr}");
    String::from_utf8_lossy(&outcome.stdout).into_owned()
}

// That the fixes hold is shown in `sims`.

#[test]
fn a_shutdown_that_does_not_wait_for_the_disk_loses_orders_under_some_seeds() {
    let (failure, ends_well) = outcomes("http-shutdown.mjs", 40);
    let stderr = failure.expect("an order is lost");
    assert!(stderr.contains("was accepted and is lost"), "{stderr}");
    assert!(ends_well);
}

#[test]
fn retries_without_a_budget_are_a_storm_under_some_seeds() {
    let (failure, ends_well) = outcomes("http-retry-storm.mjs", 60);
    let stderr = failure.expect("a storm");
    assert!(stderr.contains("Error: retry storm: "), "{stderr}");
    assert!(ends_well);
}

const CLIENT: &str = "
import { network, peer } from 'rtest:sim';
const PEER = 'http://prices.internal';
peer(PEER, async (request) => {
  if (request.method === 'POST') return Response.json({ got: await request.json() }, { status: 201 });
  return new Response(new URL(request.url).pathname, { headers: { 'x-peer': 'yes' } });
});
const ask = async (path, options) => {
  const begun = performance.now();
  const took = () => Math.round((performance.now() - begun) / 10) * 10;
  try {
    const answer = await fetch(PEER + path, options);
    return `${answer.status} ${await answer.text()} ${took()}`;
  } catch (error) {
    return `${error.cause?.code ?? error.name} ${took()}`;
  }
};
";

/// What a program writes that runs with [`CLIENT`], under each of a few seeds.
fn client(text: &str) -> Vec<String> {
    let program = format!("{CLIENT}{text}");
    (0..4).map(|seed| stdout(seed, &program)).collect()
}

#[test]
fn a_peer_takes_requests_and_gives_responses() {
    for output in client(
        "console.log((await ask('/a')).split(' ')[1]);
         const answer = await fetch(PEER + '/b', { method: 'POST', body: '{\"n\":1}' });
         console.log(answer.status, await answer.json());",
    ) {
        assert_eq!(output, "/a\n201 { got: { n: 1 } }\n");
    }
}

#[test]
fn latency_counts_for_each_way() {
    for output in client(
        "network.link('prices.internal', { latency: '500ms', jitter: 0 });
         const took = Number((await ask('/')).split(' ')[2]);
         console.log(took >= 2000 && took < 2300);",
    ) {
        // There and back to connect, there and back for the answer.
        assert_eq!(output, "true\n");
    }
}

#[test]
fn a_partition_is_noticed_by_time_outs_only_and_ends_when_healed() {
    for output in client(
        "network.partition('prices.internal');
         console.log(await ask('/', { signal: AbortSignal.timeout(5000) }));
         setTimeout(() => network.heal(), 2500);
         const healed = await ask('/');
         console.log(healed.startsWith('200 /'), Number(healed.split(' ')[2]) >= 2500);",
    ) {
        assert_eq!(output, "TimeoutError 5000\ntrue true\n");
    }
}

#[test]
fn a_link_that_is_down_refuses_and_one_that_is_reset_breaks() {
    for output in client(
        "network.link('prices.internal', { down: true });
         console.log((await ask('/')).split(' ')[0]);
         network.heal('prices.internal');
         network.link('prices.internal', { latency: 100, jitter: 0 });
         setTimeout(() => network.reset('prices.internal'), 350);
         console.log((await ask('/')).split(' ')[0]);
         console.log((await ask('/again')).split(' ')[1]);",
    ) {
        assert_eq!(output, "ECONNREFUSED\nECONNRESET\n/again\n");
    }
}

#[test]
fn a_wish_that_makes_no_sense_is_refused_in_words() {
    for output in client(
        "for (const wish of [
           () => network.link('nobody', {}),
           () => network.link('prices.internal', { latencyy: 1 }),
           () => network.link('prices.internal', { latency: 'soon' }),
           () => network.link('prices.internal', { loss: 2 }),
           () => peer('https://a.test', () => {}),
         ]) {
           try { wish(); } catch (error) { console.log(error.code, error.message); }
         }",
    ) {
        let lines: Vec<&str> = output.lines().collect();
        assert_eq!(lines.len(), 5, "{output}");
        assert!(lines[0].contains("'nobody'") && lines[0].contains("peer"));
        assert!(lines[1].contains("'latencyy'") && lines[1].contains("jitter"));
        assert!(lines[2].contains("'20ms'"));
    }
}

#[test]
fn a_server_that_is_not_closed_ends_the_run_by_name() {
    let text = "import http from 'http'; http.createServer(() => {}).listen(3000);";
    let error = run_with(&ProgramOptions::new(Seed::new(1)), text).expect_err("it waits");
    let kind = RuntimeErrorKind::Budget(Budget::Wait);
    assert_eq!(format!("{:?}", error.kind), format!("{kind:?}"));
    let outcome = error.outcome.expect("it ran");
    assert!(
        outcome.findings[0].message.contains("localhost:3000"),
        "{:?}",
        outcome.findings
    );
}

#[test]
fn files_of_the_machine_are_there_only_where_they_were_granted() {
    let folder = tempfile::tempdir().expect("a folder");
    let granted = folder.path().canonicalize().expect("it exists");
    std::fs::write(granted.join("config.json"), "{\"a\":1}").expect("written");
    let text = format!(
        "import fs from 'fs';
         try {{ console.log(fs.readFileSync('{0}/config.json', 'utf8')); }} catch (e) {{ console.log(e.code); }}
         try {{ fs.writeFileSync('{0}/config.json', 'changed'); console.log('written'); }} catch (e) {{ console.log(e.code); }}",
        granted.display()
    );
    let mut options = ProgramOptions::new(Seed::new(1));
    let outcome = run_with(&options, &text).expect("it runs");
    assert_eq!(outcome.stdout, b"ENOENT\nENOENT\n");
    options.readable = vec![granted.clone()];
    let outcome = run_with(&options, &text).expect("it runs");
    assert_eq!(outcome.stdout, b"{\"a\":1}\nwritten\n");
    let real = std::fs::read(granted.join("config.json")).expect("still there");
    assert_eq!(real, b"{\"a\":1}");
}

#[test]
fn a_pool_of_one_thread_does_one_thing_after_the_other() {
    let text = "import fs from 'fs';
        for (let i = 0; i < 6; i++) fs.stat('/', () => console.log(i));";
    let mut options = ProgramOptions::new(Seed::new(0));
    options.thread_pool_size = 1;
    for seed in 0..20 {
        options.seed = Seed::new(seed);
        let outcome = run_with(&options, text).expect("it runs");
        assert_eq!(outcome.stdout, b"0\n1\n2\n3\n4\n5\n", "seed {seed}");
    }
}
