use tokio::task::JoinSet;

/// Runs work that computes or reads files on a thread that may block, so that timers and
/// connections go on meanwhile. The pact crates panic on some inputs; such a panic ends this
/// piece of work only.
///
/// # Errors
/// The words of the panic.
///
/// # Cancellation
/// The work cannot be stopped: it is abandoned and ends by itself. What it is given is bounded.
pub(crate) async fn compute<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, String> {
    let mut threads = JoinSet::new();
    threads.spawn_blocking(work);
    match threads.join_next().await {
        Some(Ok(value)) => Ok(value),
        Some(Err(error)) => Err(match error.try_into_panic() {
            Ok(panic) => words(panic.as_ref()),
            Err(error) => error.to_string(),
        }),
        None => Err("the work was lost".to_owned()),
    }
}

/// What a panic said.
pub(crate) fn words(panic: &(dyn std::any::Any + Send)) -> String {
    if let Some(words) = panic.downcast_ref::<&str>() {
        (*words).to_owned()
    } else if let Some(words) = panic.downcast_ref::<String>() {
        words.clone()
    } else {
        "a panic without words".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::compute;

    #[tokio::test]
    async fn a_panic_becomes_an_error_with_its_words() {
        assert_eq!(compute(|| 7).await, Ok(7));
        let number = 3;
        let error = compute(move || assert!(number > 5, "only {number}")).await;
        assert_eq!(error, Err("only 3".to_owned()));
    }
}
