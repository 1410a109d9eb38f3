//! Programs over the simulated world that no real Node can run along: peers, faults, grants.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rtest_core::Seed;
use rtest_core::plan::{SimDelay, SimDisk, SimFault, SimFaultKind, SimLink, SimWorld};
use rtest_runtime::{
    Budget, Chance, FindingKind, ProgramOptions, ProgramOutcome, RuntimeError, RuntimeErrorKind,
    run_program,
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

const FILES: &str = "
import fs from 'node:fs';
import { disk, network, peer } from 'rtest:sim';
const begun = performance.now();
const ms = () => Math.floor(performance.now() - begun);
const tried = (act) => { try { act(); return 'done'; } catch (error) { return error.message; } };
fs.writeFileSync('a', 'old');
";

/// What a program over files writes on an idle machine.
fn files(text: &str) -> String {
    let mut options = ProgramOptions::new(Seed::new(1));
    options.chance = Chance::Forced(Vec::new());
    let outcome = run_with(&options, &format!("{FILES}{text}"));
    let outcome = outcome.unwrap_or_else(|error| panic!("{error}"));
    let stderr = String::from_utf8_lossy(&outcome.stderr);
    assert_eq!(outcome.exit_code, 0, "{stderr}");
    String::from_utf8_lossy(&outcome.stdout).into_owned()
}

#[test]
fn a_slow_disk_fills_the_pool_and_holds_whoever_does_not_use_it() {
    let output = files(
        "disk.set({ latency: '50ms' });
         await Promise.all(Array.from({ length: 8 }, () => fs.promises.stat('a')));
         console.log(ms());
         fs.statSync('a');
         console.log(ms());
         disk.set({ latency: 0 });
         fs.statSync('a');
         console.log(ms());",
    );
    assert_eq!(output, "100\n150\n150\n");
}

#[test]
fn waiting_for_a_slow_disk_is_a_held_loop() {
    let text = format!(
        "{FILES}
         disk.set({{ latency: '30ms' }});
         setTimeout(() => {{}}, 10);
         setTimeout(() => fs.readFileSync('a'), 5);"
    );
    let outcome = run_with(&ProgramOptions::new(Seed::new(1)), &text).expect("it runs");
    let finding = &outcome.findings[0];
    assert_eq!(finding.kind, FindingKind::BlockedLoop);
    // It opens, asks for the size, reads twice and closes.
    assert!(finding.message.contains("held the loop for 1"), "{finding}");
}

#[test]
fn a_full_disk_takes_nothing_that_grows_until_it_is_healed() {
    let output = files(
        "disk.set({ full: true });
         console.log(tried(() => fs.writeFileSync('b', 'new')));
         console.log(tried(() => fs.mkdirSync('folder')));
         await fs.promises.appendFile('a', 'more').catch((error) => console.log(error.code, error.syscall));
         console.log(fs.readFileSync('a', 'utf8'));
         console.log(tried(() => fs.writeFileSync('a', 'new')), fs.statSync('a').size);
         disk.heal();
         console.log(tried(() => fs.writeFileSync('a', 'new')), fs.statSync('a').size);",
    );
    let expected = "ENOSPC: no space left on device, write\ndone\nENOSPC write\nold\n\
                    ENOSPC: no space left on device, write 0\ndone 3\n";
    assert_eq!(output, expected);
}

#[test]
fn a_share_of_system_calls_fails_with_the_error_that_was_asked_for() {
    let count = "let failed = 0;
         disk.set({ errors: 0.3 });
         for (let i = 0; i < 200; i++) if (tried(() => fs.statSync('a')).startsWith('EIO: i/o error, stat ')) failed++;
         disk.set({ error: 'EMFILE' });
         let other = 0;
         for (let i = 0; i < 200; i++) if (tried(() => fs.openSync('a')).startsWith('EMFILE')) other++;
         disk.heal();
         for (let i = 0; i < 200; i++) if (tried(() => fs.statSync('a')) !== 'done') failed = 'healed';
         console.log(failed, other);";
    // On an idle machine nothing fails that no schedule forces.
    assert_eq!(files(count), "0 0\n");
    for seed in 1..5 {
        let output = stdout(seed, &format!("{FILES}{count}"));
        let counts = output
            .trim()
            .split(' ')
            .map(|word| word.parse().expect(&output));
        let counts: Vec<u32> = counts.collect();
        assert!(
            counts.iter().all(|count| (35..90).contains(count)),
            "{output}"
        );
    }
}

#[test]
fn delays_are_spread_as_they_are_said_to_be_and_their_median_is_the_calm_one() {
    let text = "peer('http://prices.internal', () => new Response('ok'));
         for (const link of [
           { latency: 20, jitter: 0 },
           { mean: 30, deviation: 10 },
           { scale: 5, shape: 1 },
           { percentiles: { 50: '4ms', 99: '1s' } },
         ]) {
           network.link('prices.internal', link);
           disk.set(link);
           const begun = performance.now();
           fs.statSync('a');
           console.log(Math.floor(performance.now() - begun));
         }";
    assert_eq!(files(text), "20\n30\n10\n4\n");
    let mut seen = std::collections::BTreeSet::new();
    for seed in 0..60 {
        seen.insert(stdout(seed, &format!("{FILES}{text}")));
    }
    let of_line = |line: usize| -> std::collections::BTreeSet<u64> {
        let words = seen.iter().filter_map(|output| output.lines().nth(line));
        words.filter_map(|word| word.parse().ok()).collect()
    };
    // Stalls of the machine come on top.
    assert!(of_line(1).first() < Some(&20) && of_line(1).last() > Some(&40));
    assert!(of_line(2).first() == Some(&5) && of_line(2).last() > Some(&49));
    assert!(of_line(3).first() == Some(&4) && of_line(3).last() > Some(&400));
}

#[test]
fn what_a_disk_cannot_be_is_refused_in_words() {
    let output = files(
        "for (const wish of [
           { latency: 1, mean: 2 },
           { percentiles: { 50: 3, 99: 1 } },
           { error: 'EWHAT' },
           { loss: 1 },
           { shape: 0 },
         ]) console.log(tried(() => disk.set(wish)));",
    );
    let lines: Vec<&str> = output.lines().collect();
    assert!(
        lines[0].contains("`latency` and `mean` are of two"),
        "{output}"
    );
    assert!(lines[1].contains("with delays that rise"), "{output}");
    assert!(lines[2].contains("EIO, EACCES, EMFILE, ENOSPC"), "{output}");
    assert!(
        lines[3].contains("'loss'") && lines[3].contains("errors"),
        "{output}"
    );
    assert!(lines[4].contains("above 0"), "{output}");
}

#[test]
fn what_befell_the_disk_is_replayed_by_its_schedule() {
    let text = format!(
        "{FILES}
         disk.set({{ mean: 5, deviation: 3, errors: 0.2 }});
         for (let i = 0; i < 20; i++) console.log(tried(() => fs.statSync('a')), performance.now());"
    );
    for seed in 0..10 {
        let mut options = ProgramOptions::new(Seed::new(seed));
        let first = run_with(&options, &text).expect("it runs");
        let letters: Vec<char> = (first.chance.taken.iter())
            .map(|taken| taken.choice.point.letter())
            .collect();
        assert!(
            letters.contains(&'d') && letters.contains(&'e'),
            "{letters:?}"
        );
        options.chance = Chance::Forced(first.chance.choices());
        let again = run_with(&options, &text).expect("it runs");
        assert_eq!(again.stdout, first.stdout, "seed {seed}");
    }
}

#[test]
fn a_world_that_is_said_from_outside_goes_wrong_at_its_times_and_is_put_back() {
    const MS: fn(u64) -> Duration = Duration::from_millis;
    let fault = |at, lasts: Option<u64>, kind| SimFault {
        at: MS(at),
        lasts: lasts.map(MS),
        kind,
    };
    let fixed = |ms| {
        Some(SimDelay::Uniform {
            latency: Some(MS(ms)),
            jitter: Some(Duration::ZERO),
        })
    };
    let prices = || "prices.internal".to_owned();
    let down = SimLink {
        down: Some(true),
        ..SimLink::default()
    };
    let slow = SimLink {
        delay: fixed(100),
        ..SimLink::default()
    };
    let full = SimDisk {
        full: Some(true),
        ..SimDisk::default()
    };
    let mut options = ProgramOptions::new(Seed::new(1));
    options.chance = Chance::Forced(Vec::new());
    options.world = SimWorld {
        links: vec![(
            prices(),
            SimLink {
                delay: fixed(10),
                ..SimLink::default()
            },
        )],
        disk: SimDisk {
            delay: fixed(5),
            ..SimDisk::default()
        },
        faults: vec![
            fault(1_000, Some(500), SimFaultKind::Link(prices(), down)),
            fault(2_000, Some(500), SimFaultKind::Link(prices(), slow)),
            fault(3_050, None, SimFaultKind::Reset(prices())),
            fault(4_000, Some(500), SimFaultKind::Disk(full)),
        ],
    };
    let text = "
        import fs from 'node:fs';
        import http from 'node:http';
        import { setTimeout as sleep } from 'node:timers/promises';
        import { peer } from 'rtest:sim';
        peer('http://prices.internal', async () => { await sleep(100); return new Response('42'); });
        const ask = () => new Promise((resolve) => {
          const begun = performance.now();
          const request = http.get('http://prices.internal', { agent: false }, (answer) => answer.resume().on('end', () => (
            resolve(Math.floor(performance.now() - begun)))));
          request.on('error', (error) => resolve(error.code));
        });
        const until = (at) => sleep(at - performance.now());
        console.log('at first', await ask());
        await until(1_200);
        console.log('down', await ask());
        await until(1_600);
        console.log('up again', await ask());
        await until(2_050);
        console.log('slow', await ask());
        await until(2_600);
        console.log('as before', await ask());
        await until(3_000);
        console.log('reset', await ask());
        await until(4_100);
        const begun = performance.now();
        try { fs.writeFileSync('a', 'x'); } catch (error) { console.log(error.code, Math.floor(performance.now() - begun)); }
        await until(4_600);
        fs.writeFileSync('a', 'x');
        console.log('kept', fs.statSync('a').size);
    ";
    let outcome = run_with(&options, text).unwrap_or_else(|error| panic!("{error}"));
    // Connecting and asking cross the link four times; opening, writing and closing take 5 ms each.
    let expected = "at first 140\ndown ECONNREFUSED\nup again 140\nslow 500\nas before 140\n\
                    reset ECONNRESET\nENOSPC 15\nkept 1\n";
    assert_eq!(String::from_utf8_lossy(&outcome.stdout), expected);
    // A world does not keep a program running.
    assert!(
        outcome.virtual_time < MS(4_700),
        "{:?}",
        outcome.virtual_time
    );
    let ended = run_with(&options, "console.log('short')").expect("it runs");
    assert!(ended.virtual_time < MS(1_000), "{:?}", ended.virtual_time);
}
