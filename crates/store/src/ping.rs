use rtest_core::plan::Protocol;

use crate::cache::Redis;
use crate::error::StoreError;
use crate::kafka::Kafka;
use crate::limits::Limits;
use crate::postgres::Postgres;

/// Asks the store at `host:port` for nothing but an answer, in its own protocol: `SELECT 1` after
/// a login, `PING`, a request for metadata.
///
/// # Errors
/// There is no answer, or it is a refusal; a service that speaks HTTP is no store.
///
/// # Cancellation
/// Dropping it closes the connection.
pub async fn ping(protocol: &Protocol, authority: &str, limits: Limits) -> Result<(), StoreError> {
    let url = protocol.url(authority);
    match protocol {
        Protocol::Postgres(_) => Postgres::at(&url)?.ping(limits).await,
        Protocol::Redis { .. } => Redis::at(&url)?.ping(limits).await,
        Protocol::Kafka => Kafka::connect(&url, limits).await?.ping().await,
        Protocol::Http => Err(StoreError::Address(
            "a service that speaks HTTP is no store".to_owned(),
        )),
    }
}
