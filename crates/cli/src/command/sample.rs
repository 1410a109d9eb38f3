use rtest_sample::{SampleConfig, Server, UnknownName};
use tokio_util::sync::CancellationToken;

use crate::args::SampleArgs;
use crate::exit::{Exit, Failure};
use crate::output;
use crate::signals::Signals;

/// Serves until it is stopped; an orderly stop is a success, whoever asked for it.
pub(crate) fn execute(args: &SampleArgs) -> Result<Exit, Failure> {
    let config = SampleConfig {
        sample: args.sample.parse().map_err(unknown)?,
        listen: args.listen,
        catalog_url: args.catalog.clone(),
        breaks: args
            .breaks
            .iter()
            .map(|name| name.parse().map_err(unknown))
            .collect::<Result<_, _>>()?,
        seed: args.seed,
    };
    let runtime = tokio::runtime::Runtime::new().map_err(anyhow::Error::from)?;
    runtime.block_on(async {
        let stop = CancellationToken::new();
        let _signals = Signals::watch(stop.clone(), || ()).map_err(anyhow::Error::from)?;
        let server = Server::bind(config).await.map_err(|error| Failure {
            exit: Exit::Environment,
            message: format!("error: {}: {error}", args.listen),
        })?;
        output::say(&format!(
            "{} listens on http://{}",
            args.sample,
            server.address()
        ));
        server.run(stop).await;
        Ok(Exit::Passed)
    })
}

fn unknown(error: UnknownName) -> Failure {
    Failure::usage(format!("error: {error}"))
}
