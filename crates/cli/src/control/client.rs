use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1;
use hyper::header::{CONTENT_TYPE, HOST};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long a call may take.
const WITHIN: Duration = Duration::from_secs(5);

/// A call that was not answered as it should be.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ControlError {
    /// Nothing listens there.
    #[error("nothing answers at {0}")]
    Unreachable(SocketAddr, #[source] io::Error),
    /// What answers there does not speak the API.
    #[error("what answers at {0} is no control API")]
    Stranger(SocketAddr),
    /// The run does not do it.
    #[error("{0}")]
    Refused(String),
}

/// `GET /v1/status`, or `PATCH` with these attributes; the run's attributes afterwards.
pub(crate) async fn call(
    address: SocketAddr,
    attributes: Option<Value>,
) -> Result<Value, ControlError> {
    let connect = timeout(WITHIN, TcpStream::connect(address)).await;
    let unreachable = |error| ControlError::Unreachable(address, error);
    let stream = connect
        .map_err(|elapsed| unreachable(elapsed.into()))?
        .map_err(unreachable)?;
    let stranger = || ControlError::Stranger(address);
    let answered = timeout(WITHIN, exchange(stream, address, attributes)).await;
    let document = answered.ok().flatten().ok_or_else(stranger)?;
    if let Some(why) = document.pointer("/errors/0/detail") {
        let why = why.as_str().unwrap_or_default();
        return Err(ControlError::Refused(why.to_owned()));
    }
    let attributes = document.pointer("/data/attributes");
    attributes.cloned().ok_or_else(stranger)
}

/// One request and its JSON answer; nothing where that fails.
async fn exchange(
    stream: TcpStream,
    address: SocketAddr,
    attributes: Option<Value>,
) -> Option<Value> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.ok()?;
    let document = attributes.map(|attributes| {
        serde_json::json!({
            "data": { "type": "status", "id": "default", "attributes": attributes }
        })
    });
    let request = Request::builder()
        .method(match document {
            Some(_) => Method::PATCH,
            None => Method::GET,
        })
        .uri("/v1/status")
        .header(HOST, address.to_string())
        .header(CONTENT_TYPE, "application/json")
        .body(Full::<Bytes>::from(
            document.map(|it| it.to_string()).unwrap_or_default(),
        ))
        .ok()?;
    let answer = async move {
        let answer = sender.send_request(request).await.ok()?;
        let body = answer.into_body().collect().await.ok()?.to_bytes();
        serde_json::from_slice(&body).ok()
    };
    // The connection is driven beside; it ends when the sender, which the answer owns, is gone.
    let (answer, _) = tokio::join!(answer, connection);
    answer
}
