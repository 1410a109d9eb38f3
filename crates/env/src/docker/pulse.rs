use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use testcontainers::bollard::Docker;
use testcontainers::bollard::errors::Error;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::failure::DockerFailure;

/// Between one question and the next.
const PAUSE: Duration = Duration::from_secs(5);

/// Whether an engine still answers. One that hangs takes connections, and says nothing any more: a
/// stream of its that is silent, such as a build's, looks the same whether it works or not.
#[derive(Clone)]
pub(crate) struct Pulse {
    hangs: watch::Receiver<Option<DockerFailure>>,
    /// Asks, as long as anybody wants to know.
    _asks: Arc<JoinSet<()>>,
}

impl Pulse {
    /// Begins to ask the engine, each time for as long as its client waits for an answer.
    pub(crate) fn of(docker: Docker) -> Self {
        let (says, hangs) = watch::channel(None);
        let mut asks = JoinSet::new();
        asks.spawn(async move {
            loop {
                // One that refuses is gone or begins again, which its containers tell.
                if let Err(error @ Error::RequestTimeoutError) = docker.ping().await {
                    let failed = DockerFailure::of("the Docker engine hangs");
                    says.send_replace(Some(failed(error)));
                    return;
                }
                tokio::time::sleep(PAUSE).await;
            }
        });
        Self {
            hangs,
            _asks: Arc::new(asks),
        }
    }

    /// Waits until the engine does not answer any more.
    ///
    /// # Cancellation
    /// Safe.
    pub(crate) async fn hangs(&self) -> DockerFailure {
        let mut hangs = self.hangs.clone();
        let failure = hangs.wait_for(Option::is_some).await;
        match failure.ok().and_then(|failure| failure.clone()) {
            Some(failure) => failure,
            // Nobody asks any more.
            None => std::future::pending().await,
        }
    }

    /// What `work` comes to, as long as the engine answers.
    ///
    /// # Errors
    /// It hangs.
    pub(crate) async fn while_it_answers<T>(
        &self,
        work: impl Future<Output = T>,
    ) -> Result<T, DockerFailure> {
        tokio::select! {
            biased;
            failure = self.hangs() => Err(failure),
            done = work => Ok(done),
        }
    }
}

impl fmt::Debug for Pulse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pulse").field(&self.hangs.borrow()).finish()
    }
}

#[cfg(test)]
mod tests {
    use testcontainers::bollard::API_DEFAULT_VERSION;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::{UnixListener, UnixStream};

    use super::*;

    /// An engine that answers so many requests with `OK`, each on a connection of its own, and
    /// takes any other without a word.
    fn engine(folder: &std::path::Path, answers: usize) -> (Docker, JoinSet<()>) {
        let path = folder.join("docker.sock");
        let listener = UnixListener::bind(&path).expect("a socket");
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut silent: Vec<UnixStream> = Vec::new();
            let mut answered = 0;
            while let Ok((mut stream, _)) = listener.accept().await {
                if answered == answers {
                    silent.push(stream);
                    continue;
                }
                answered += 1;
                let mut request = [0; 4096];
                let _ = stream.read(&mut request).await;
                let ok = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nOK";
                let _ = stream.write_all(ok.as_bytes()).await;
            }
        });
        let path = path.display().to_string();
        let docker = Docker::connect_with_unix(&path, 1, API_DEFAULT_VERSION);
        (docker.expect("an address"), tasks)
    }

    #[tokio::test]
    async fn an_engine_that_takes_connections_and_says_nothing_hangs() {
        let folder = tempfile::tempdir().expect("a folder");
        let (docker, _engine) = engine(folder.path(), 0);
        let pulse = Pulse::of(docker);
        let never = std::future::pending::<()>();
        let failure = pulse.while_it_answers(never).await.expect_err("it hangs");
        assert!(failure.action.contains("hangs"), "{failure}");
        assert!(
            failure.hint.expect("one").contains("docker ps"),
            "{failure:?}"
        );
        let after = pulse.while_it_answers(std::future::ready(())).await;
        assert!(after.is_err(), "nothing is asked of it any more");
    }

    #[tokio::test]
    async fn an_engine_that_answers_does_not_hang_whatever_takes_its_time() {
        let folder = tempfile::tempdir().expect("a folder");
        let (docker, _engine) = engine(folder.path(), usize::MAX);
        let pulse = Pulse::of(docker.clone());
        let done = pulse.while_it_answers(async {
            for _ in 0..3 {
                docker.ping().await.expect("it answers");
            }
        });
        assert_eq!(done.await, Ok(()));
    }
}
