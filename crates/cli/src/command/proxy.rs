use std::sync::Arc;

use rtest_core::{MonotonicClock, Seed};
use rtest_proxy::{ApiServer, MetricsShown, Registry};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::args::ProxyArgs;
use crate::exit::{Exit, Failure};
use crate::output::say;
use crate::signals::Signals;

/// Serves the control API until it is stopped.
pub(crate) fn execute(args: &ProxyArgs) -> Result<Exit, Failure> {
    let seed = args.seed.unwrap_or_else(Seed::fresh);
    let metrics = MetricsShown {
        proxies: args.proxy_metrics,
        process: args.runtime_metrics,
    };
    let registry = Registry::new(seed, Arc::new(MonotonicClock::start()));
    let registry = Arc::new(registry.showing(metrics));
    let config = match &args.config {
        Some(path) => Some(
            std::fs::read(path)
                .map_err(|error| Failure::usage(format!("error: {}: {error}", path.display())))?,
        ),
        None => None,
    };
    let runtime = tokio::runtime::Runtime::new().map_err(anyhow::Error::from)?;
    runtime.block_on(async {
        let stop = CancellationToken::new();
        let _signals = Signals::watch(stop.clone(), || ()).map_err(anyhow::Error::from)?;
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
        if let (Some(config), Some(path)) = (config, &args.config) {
            let made = registry
                .populate(&config)
                .await
                .map_err(|error| Failure::usage(format!("error: {}: {error}", path.display())))?;
            let made = match made {
                1 => "1 proxy".to_owned(),
                more => format!("{more} proxies"),
            };
            say(&format!("{made} from {}", path.display()));
        }
        say(&format!(
            "the control API listens on http://{address}  seed {seed}"
        ));
        ApiServer::serve(listener, Arc::clone(&registry), stop).await;
        registry.close().await;
        Ok(Exit::Passed)
    })
}
