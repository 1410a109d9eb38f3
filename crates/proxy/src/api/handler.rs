use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Body;
use hyper::header::{HeaderValue, USER_AGENT};
use hyper::{Request, StatusCode};
use serde_json::Value;

use super::answer::{self, Answer, REQUEST_ID};
use super::route::{NoRoute, Route};
use super::{ApiError, Registry};

/// The largest body taken; a config of ten thousand proxies fits.
const BODY_LIMIT: usize = 4 * 1024 * 1024;
/// How long a body may take to arrive.
const BODY_WITHIN: Duration = Duration::from_secs(15);

/// Answers a request, whatever it is. `request_id` tells it from others in both sides' logs.
///
/// # Cancellation
/// A change of the registry is made whole or not at all.
pub(super) async fn handle<B>(registry: &Registry, request: Request<B>, request_id: &str) -> Answer
where
    B: Body<Data = Bytes>,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let route = match Route::of(request.method(), request.uri().path()) {
        Ok(route) => route,
        Err(NoRoute::Path) => return answer::text(StatusCode::NOT_FOUND, "404 page not found"),
        Err(NoRoute::Method) => return answer::empty(StatusCode::METHOD_NOT_ALLOWED),
        Err(NoRoute::Malformed) => {
            return answer::text(StatusCode::BAD_REQUEST, "400 Bad Request");
        }
    };
    if route == Route::Metrics && !registry.shows_metrics() {
        return answer::text(StatusCode::NOT_FOUND, "404 page not found");
    }
    let mut answer = if is_browser(&request) {
        answer::text(StatusCode::FORBIDDEN, "User agent not allowed")
    } else {
        match body_of(&route, request).await {
            Ok(body) => perform(registry, route, &body).await,
            Err(error) => answer::error(&error),
        }
    };
    if let Ok(id) = HeaderValue::from_str(request_id) {
        answer.headers_mut().insert(REQUEST_ID, id);
    }
    answer
}

async fn perform(registry: &Registry, route: Route, body: &[u8]) -> Answer {
    let told = if route.is_beyond() {
        answer::error_in_json
    } else {
        answer::error
    };
    let shown = |result: Result<Value, ApiError>| match result {
        Ok(value) => answer::json(StatusCode::OK, &value),
        Err(error) => told(&error),
    };
    let done = |result: Result<(), ApiError>| match result {
        Ok(()) => answer::empty(StatusCode::NO_CONTENT),
        Err(error) => told(&error),
    };
    match route {
        Route::Version => answer::version(),
        Route::Metrics => answer::metrics(registry.metrics()),
        Route::Reset => done(registry.reset().await),
        Route::Populate => {
            let (result, proxies) = registry.populate_listing(body).await;
            answer::populated(&result, proxies)
        }
        Route::ListProxies => shown(Ok(registry.list().await)),
        Route::CreateProxy => match registry.create(body).await {
            Ok(value) => answer::json(StatusCode::CREATED, &value),
            Err(error) => answer::error(&error),
        },
        Route::ShowProxy(proxy) => shown(registry.show(&proxy).await),
        Route::UpdateProxy(proxy) => shown(registry.update(&proxy, body).await),
        Route::DeleteProxy(proxy) => done(registry.delete(&proxy).await),
        Route::ListToxics(proxy) => shown(registry.list_toxics(&proxy).await),
        Route::CreateToxic(proxy) => shown(registry.create_toxic(&proxy, body).await),
        Route::ShowToxic(proxy, toxic) => shown(registry.show_toxic(&proxy, &toxic).await),
        Route::UpdateToxic(proxy, toxic) => {
            shown(registry.update_toxic(&proxy, &toxic, body).await)
        }
        Route::DeleteToxic(proxy, toxic) => done(registry.delete_toxic(&proxy, &toxic).await),
        Route::ListFaults(proxy) => shown(registry.list_faults(&proxy).await),
        Route::CreateFault(proxy) => match registry.create_fault(&proxy, body).await {
            Ok(value) => answer::json(StatusCode::CREATED, &value),
            Err(error) => told(&error),
        },
        Route::ShowFault(proxy, fault) => shown(registry.show_fault(&proxy, &fault).await),
        Route::UpdateFault(proxy, fault) => {
            shown(registry.update_fault(&proxy, &fault, body).await)
        }
        Route::RenewFault(proxy, fault) => shown(registry.renew_fault(&proxy, &fault, body).await),
        Route::DeleteFault(proxy, fault) => done(registry.delete_fault(&proxy, &fault).await),
    }
}

/// Browsers are kept out, and with them requests that a web page makes behind its reader's back.
fn is_browser<B>(request: &Request<B>) -> bool {
    request
        .headers()
        .get(USER_AGENT)
        .is_some_and(|agent| agent.as_bytes().starts_with(b"Mozilla/"))
}

async fn body_of<B>(route: &Route, request: Request<B>) -> Result<Bytes, ApiError>
where
    B: Body<Data = Bytes>,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    if !route.takes_body() {
        return Ok(Bytes::new());
    }
    let body = Limited::new(request.into_body(), BODY_LIMIT).collect();
    match tokio::time::timeout(BODY_WITHIN, body).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            Err(ApiError::body_too_large(BODY_LIMIT))
        }
        Ok(Err(_)) => Err(ApiError::bad_body("unexpected EOF")),
        Err(_) => Err(ApiError::body_too_slow()),
    }
}
