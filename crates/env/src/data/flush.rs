use rtest_core::ControlFuture;
use rtest_store::{Limits, Redis};

use super::Way;

/// Every key of a Redis is dropped; its memory is freed in the background.
#[derive(Debug)]
pub(crate) struct Flush {
    redis: Redis,
}

impl Flush {
    pub(crate) fn new(url: &str) -> Result<Self, String> {
        let redis = Redis::at(url).map_err(|error| error.to_string())?;
        Ok(Self { redis })
    }

    async fn flush(&self) -> Result<String, String> {
        let words = ["FLUSHALL".to_owned(), "ASYNC".to_owned()];
        let flushed = self.redis.command(&words, Limits::default()).await;
        flushed.map_err(|error| error.to_string())?;
        Ok("every key dropped".to_owned())
    }
}

impl Way for Flush {
    fn keep(&mut self) -> ControlFuture<'_, Result<String, String>> {
        Box::pin(self.flush())
    }

    fn reset(&mut self) -> ControlFuture<'_, Result<String, String>> {
        Box::pin(self.flush())
    }

    fn close(&mut self) -> ControlFuture<'_, ()> {
        Box::pin(async {})
    }
}
