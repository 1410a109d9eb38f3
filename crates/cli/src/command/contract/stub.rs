use rtest_contract::{Stub, StubOptions};
use rtest_core::Seed;
use rtest_core::plan::ContractSource;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::args::StubArgs;
use crate::exit::{Exit, Failure};
use crate::output::say;
use crate::signals::Signals;

/// Serves the answers of contracts until it is stopped, with a line for each request.
pub(super) fn execute(args: &StubArgs) -> Result<Exit, Failure> {
    let seed = args.seed.unwrap_or_else(Seed::fresh);
    let sources: Vec<ContractSource> = args.sources.iter().map(|it| source(it)).collect();
    let runtime = tokio::runtime::Runtime::new().map_err(anyhow::Error::from)?;
    runtime.block_on(async {
        let stop = CancellationToken::new();
        let _signals = Signals::watch(stop.clone(), || ()).map_err(anyhow::Error::from)?;
        let stub = Stub::load(&sources, args.provider.as_deref(), seed).await;
        let stub = stub.map_err(|error| Failure::usage(format!("error: {error}")))?;
        for one in stub.not_served() {
            say(&format!("not served: {one}"));
        }
        let listener = TcpListener::bind(args.listen)
            .await
            .map_err(|error| Failure {
                exit: Exit::Environment,
                message: format!(
                    "error: {}: {error}\nhint: `--listen 127.0.0.1:0` takes a free port",
                    args.listen
                ),
            })?;
        let address = listener.local_addr().map_err(anyhow::Error::from)?;
        say(&format!(
            "the stub of {} interactions listens on http://{address}  seed {seed}",
            stub.interactions()
        ));
        let options = StubOptions {
            states: args.states.clone(),
            cors: args.cors,
            watch: Box::new(|served| say(&served.to_string())),
        };
        stub.serve(listener, options, stop).await;
        Ok(Exit::Passed)
    })
}

fn source(text: &str) -> ContractSource {
    if text.starts_with("http://") || text.starts_with("https://") {
        ContractSource::Url(text.to_owned())
    } else {
        ContractSource::Path(text.into())
    }
}
