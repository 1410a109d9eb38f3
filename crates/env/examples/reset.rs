//! How long it takes to bring a database back, by each way: 10 tables in a chain of foreign keys,
//! 10,000 rows.
//!
//! ```text
//! cargo run --release -p rtest-env --example reset
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rtest_core::plan::{
    DataPlan, PostgresLogin, Protocol, Provider, Readiness, ReadinessProbe, Reset, ServicePlan,
};
use rtest_core::{Clock, EventKind, EventSink, MonotonicClock, Secrets, Span, Template};
use rtest_env::{Environment, Ground, ServiceReady, Setup};
use rtest_store::{Limits, Postgres};
use tokio_util::sync::CancellationToken;

const TABLES: u32 = 10;
const ROWS: u32 = 1000;
const ROUNDS: usize = 21;

struct Nobody;

impl EventSink for Nobody {
    fn emit(&self, _: EventKind) {}
}

impl ServiceReady for Nobody {
    fn ready(&self, _: &str, _: SocketAddr) {}
}

fn schema() -> String {
    let tables = (0..TABLES).map(|n| {
        let parent = match n {
            0 => String::new(),
            n => format!(", parent int references t{} (id)", n - 1),
        };
        let value = if n == 0 { "" } else { ", g" };
        format!(
            "create table t{n} (id serial primary key, said text{parent});\n\
             insert into t{n} select nextval('t{n}_id_seq'), repeat('x', 50){value} from generate_series(1, {ROWS}) g;\n"
        )
    });
    tables.collect()
}

fn changes(tables: u32) -> String {
    let changes = (0..tables).map(|n| format!("insert into t{n} (said) values ('new');\n"));
    changes.collect()
}

fn postgres(seed: PathBuf, reset: Reset) -> ServicePlan {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/stores/postgres.sh");
    let words = ["sh".to_owned(), script.display().to_string()];
    ServicePlan {
        name: "db".to_owned(),
        provider: Provider::Process {
            command: words.into_iter().map(Template::literal).collect(),
            cwd: PathBuf::from("."),
            port: None,
        },
        protocol: Protocol::Postgres(PostgresLogin {
            user: "shop".to_owned(),
            password: None,
            database: "postgres".to_owned(),
        }),
        depends_on: Vec::new(),
        env: Vec::new(),
        ready: Readiness {
            probe: ReadinessProbe::Protocol,
            within: Duration::from_secs(60),
        },
        data: DataPlan {
            seed: vec![seed],
            reset: Some(reset),
        },
        span: Span::of_flag("example", "db"),
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The reaper of the services is this program as well: `reaper --run-id ID`.
    let words: Vec<String> = std::env::args().collect();
    if let [_, reaper, _, run_id] = words.as_slice()
        && reaper == "reaper"
    {
        return Ok(rtest_env::reap(run_id)?);
    }
    tokio::runtime::Runtime::new()?.block_on(table())
}

#[allow(clippy::print_stdout)]
async fn table() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::temp_dir().join(format!("rtest-reset-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let seed = folder.join("schema.sql");
    std::fs::write(&seed, schema())?;
    println!("| | all tables changed, median ms | one changed | nothing changed |");
    println!("|---|--:|--:|--:|");
    for reset in [Reset::Truncate, Reset::Delete, Reset::Template] {
        let mut cells = Vec::new();
        for changed in [TABLES, 1, 0] {
            let median = measure(&folder, seed.clone(), reset, &changes(changed)).await?;
            cells.push(format!("{:.1}", median.as_secs_f64() * 1000.0));
        }
        println!("| `{}` | {} |", reset.word(), cells.join(" | "));
    }
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

async fn measure(
    folder: &Path,
    seed: PathBuf,
    reset: Reset,
    changes: &str,
) -> Result<Duration, Box<dyn std::error::Error>> {
    let clock: Arc<dyn Clock> = Arc::new(MonotonicClock::start());
    let cancel = CancellationToken::new();
    let setup = Setup {
        services: vec![postgres(seed, reset)],
        links: Vec::new(),
        limited: BTreeSet::new(),
        sample: None,
        settle: false,
        run_id: format!("reset-{}", std::process::id()),
        log_dir: folder.join("logs"),
        program: std::env::current_exe()?,
        secrets: Secrets::default(),
    };
    let ground = Ground::prepare(setup, &cancel).await?;
    let environment = Environment::start(
        ground,
        &BTreeMap::new(),
        Arc::new(Nobody),
        Arc::new(Nobody),
        Arc::clone(&clock),
        cancel,
    )
    .await?;
    let database = Postgres::at(&environment.variables()["db.url"])?;
    let data = environment.data();
    data.reset("db").await?;
    let mut took = Vec::new();
    for _ in 0..ROUNDS {
        if !changes.is_empty() {
            database.run(changes, Limits::default()).await?;
        }
        // A case takes longer than this: copies ahead are ready.
        tokio::time::sleep(Duration::from_millis(150)).await;
        let begun = clock.now();
        data.reset("db").await?;
        took.push(clock.now().since(begun));
    }
    environment.stop().await;
    took.sort();
    Ok(took[ROUNDS / 2])
}
