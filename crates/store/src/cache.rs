use std::fmt;

use redis::aio::{ConnectionLike, MultiplexedConnection};
use redis::{
    AsyncConnectionConfig, Cmd, IntoConnectionInfo, RedisConnectionInfo, RedisError, Value as Reply,
};
use rtest_core::causes;
use serde_json::{Number, Value};
use tokio::task::JoinSet;

use crate::error::StoreError;
use crate::limits::Limits;
use crate::wire;

/// A Redis server on this machine.
#[derive(Clone)]
pub struct Redis {
    host: String,
    port: u16,
    login: RedisConnectionInfo,
}

impl Redis {
    /// The server at `redis://user:password@host:port/database`.
    ///
    /// # Errors
    /// It is no such URL, or leads away from this machine.
    pub fn at(url: &str) -> Result<Self, StoreError> {
        let no_url = || StoreError::Address("its `url` is not `redis://…`".to_owned());
        let info = url.into_connection_info().map_err(|_| no_url())?;
        let redis::ConnectionAddr::Tcp(host, port) = info.addr().clone() else {
            return Err(no_url());
        };
        wire::refuse_elsewhere(&host)?;
        let login = info.redis_settings().clone();
        Ok(Self { host, port, login })
    }

    /// Connects, sends one command, and hands out the reply: strings, numbers, `null`, and lists
    /// of these; of bytes that are no text what can be read.
    ///
    /// # Errors
    /// Nobody listens, the login or the command is refused, or the reply is beyond the limits.
    ///
    /// # Cancellation
    /// Dropping it closes the connection; the command may have been run.
    pub async fn command(&self, words: &[String], limits: Limits) -> Result<Value, StoreError> {
        limits.keep(self.ask(words, limits)).await
    }

    /// Connects and asks the server for nothing but an answer.
    ///
    /// # Errors
    /// As [`Redis::command`].
    pub async fn ping(&self, limits: Limits) -> Result<(), StoreError> {
        self.command(&["PING".to_owned()], limits).await.map(drop)
    }

    async fn ask(&self, words: &[String], limits: Limits) -> Result<Value, StoreError> {
        let stream = wire::connect(&self.host, self.port, limits.bytes).await?;
        let (mut connection, driver) = {
            // The limit on the whole is ours.
            let patient = AsyncConnectionConfig::new().set_response_timeout(None);
            let connected =
                MultiplexedConnection::new_with_config(&self.login, stream, patient).await;
            connected.map_err(|error| failure(&error, limits))?
        };
        let mut tasks = JoinSet::new();
        tasks.spawn(driver);
        let mut command = Cmd::new();
        for word in words {
            command.arg(word);
        }
        let reply = match connection.req_packed_command(&command).await {
            Ok(Reply::ServerError(error)) => Err(RedisError::from(error)),
            reply => reply,
        };
        let reply = reply.map_err(|error| failure(&error, limits))?;
        let mut left = limits.rows;
        json(reply, &mut left).ok_or(StoreError::TooManyRows(limits.rows))
    }
}

fn failure(error: &RedisError, limits: Limits) -> StoreError {
    let cause: &(dyn std::error::Error + 'static) = error;
    // The crate keeps an I/O error's text, not always the error.
    let text = causes(error);
    if wire::passed_limit(cause).is_some() || text.contains(&wire::too_much(limits.bytes)) {
        StoreError::TooManyBytes(limits.bytes)
    } else if error.is_io_error() || error.is_connection_dropped() {
        StoreError::Connection(text)
    } else if let (Some(code), Some(detail)) = (error.code(), error.detail()) {
        StoreError::Refused(format!("{code} {detail}"))
    } else {
        StoreError::Refused(text)
    }
}

/// The reply, unless it has more elements than are left.
fn json(reply: Reply, left: &mut usize) -> Option<Value> {
    *left = left.checked_sub(1)?;
    let text = |bytes: Vec<u8>| Value::String(String::from_utf8_lossy(&bytes).into_owned());
    Some(match reply {
        Reply::Nil => Value::Null,
        Reply::Int(number) => number.into(),
        Reply::BulkString(bytes) | Reply::BigNumber(bytes) => text(bytes),
        Reply::SimpleString(text) | Reply::VerbatimString { text, .. } => text.into(),
        Reply::Okay => "OK".into(),
        Reply::Double(number) => {
            Number::from_f64(number).map_or_else(|| number.to_string().into(), Value::Number)
        }
        Reply::Boolean(is) => is.into(),
        Reply::Array(items) | Reply::Set(items) | Reply::Push { data: items, .. } => {
            list(items, left)?
        }
        // As Redis' older protocol, in which lists stand for mappings, has it.
        Reply::Map(pairs) => list(pairs.into_iter().flat_map(|(key, it)| [key, it]), left)?,
        Reply::Attribute { data, .. } => json(*data, left)?,
        Reply::ServerError(error) => causes(&RedisError::from(error)).into(),
        // The crate may learn of further kinds.
        other => format!("{other:?}").into(),
    })
}

fn list(items: impl IntoIterator<Item = Reply>, left: &mut usize) -> Option<Value> {
    let items: Option<Vec<Value>> = items.into_iter().map(|item| json(item, left)).collect();
    items.map(Value::Array)
}

/// Without its password.
impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redis")
            .field("host", &self.host)
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_reply_is_what_it_would_be_in_json() {
        let reply = Reply::Array(vec![
            Reply::Int(7),
            Reply::BulkString(b"Surya".to_vec()),
            Reply::Nil,
            Reply::Okay,
            Reply::Map(vec![(Reply::SimpleString("a".into()), Reply::Double(0.5))]),
        ]);
        let value = json(reply, &mut 10);
        assert_eq!(value, Some(json!([7, "Surya", null, "OK", ["a", 0.5]])));
        let many = Reply::Array(vec![Reply::Nil; 10]);
        assert_eq!(json(many, &mut 10), None, "the list counts too");
    }

    #[test]
    fn an_address_is_a_url_of_this_machine_and_keeps_its_password_to_itself() {
        let redis = Redis::at("redis://:s3cret@127.0.0.1:6379/2").expect("here");
        assert!(!format!("{redis:?}").contains("s3cret"));
        for url in ["redis://:s3cret@cache.example", "s3cret://127.0.0.1", ""] {
            let refused = Redis::at(url).expect_err(url);
            assert!(!format!("{refused} {refused:?}").contains("s3cret"));
        }
    }
}
