//! What a virtual user does around single exchanges: it answers challenges, keeps cookies, goes
//! where redirects lead, and decodes what is looked at.
//!
//! ```text
//! Request ──► cookies, authorization ──► Client ──► Exchange ── 401 ──► once more, same sample
//!    ▲                                                 │
//!    └──────────── the next hop ◄── redirect ──────────┤ each hop is a sample of its own
//!                                                      └──► decoded body ──► checks, captures
//! ```
//!
//! What a plan does not ask for costs nothing: the request goes to the client as it is.

mod auth;
mod decode;
mod digest;
mod jar;
mod redirect;

pub(crate) use auth::{Auth, Login, Proof};
pub(crate) use decode::ACCEPTED;

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::SystemTime;

use hyper::HeaderMap;
use hyper::header::{AUTHORIZATION, CONTENT_ENCODING, COOKIE, SET_COOKIE};
use rtest_core::plan::Cookies;
use rtest_core::sample::RequestPhase;
use rtest_core::{Clock, RunTime, Seed};

use crate::basis::Basis;
use crate::client::{Client, Exchange};
use crate::origin::Origin;
use crate::patience::Patience;
use crate::step::Request;
use digest::Digest;
use jar::Jar;

/// What a plan asks of sessions; made once for each worker.
#[derive(Debug)]
pub(crate) struct SessionPlan {
    /// Whom requests without an origin of their own go to.
    target: Origin,
    cookies: Cookies,
    compression: bool,
    clock: Arc<dyn Clock>,
    seed: Seed,
}

impl SessionPlan {
    /// What the plan asks for.
    pub(crate) fn new(basis: &Basis, clock: Arc<dyn Clock>) -> Self {
        Self {
            target: basis.target.origin.clone(),
            cookies: basis.http.cookies,
            compression: basis.http.compression,
            clock,
            seed: basis.seed,
        }
    }

    /// When it is, for cookies.
    fn wall_time(&self) -> SystemTime {
        self.clock.wall_zero() + (self.clock.now() - RunTime::ZERO)
    }
}

/// What the target knows a virtual user by. Requests that are under way at the same time share it.
#[derive(Debug)]
pub(crate) struct Session {
    plan: Rc<SessionPlan>,
    jar: RefCell<Jar>,
    /// What was in it before the first iteration.
    kept: RefCell<Jar>,
    digest: RefCell<Digest>,
}

impl Session {
    /// Of a virtual user that the target does not know yet. `label` tells it from all others of
    /// the run.
    pub(crate) fn new(plan: &Rc<SessionPlan>, label: String) -> Self {
        Self {
            jar: RefCell::default(),
            kept: RefCell::default(),
            digest: RefCell::new(Digest::new(plan.seed, label)),
            plan: Rc::clone(plan),
        }
    }

    /// An iteration begins: forgets what is not kept from one to the next.
    pub(crate) fn begin_iteration(&self) {
        if self.plan.cookies == Cookies::Iteration {
            self.jar.borrow_mut().clone_from(&self.kept.borrow());
        }
    }

    /// What comes before the first iteration is done: its cookies are there in all iterations.
    pub(crate) fn keep(&self) {
        if self.plan.cookies == Cookies::Iteration {
            self.kept.borrow_mut().clone_from(&self.jar.borrow());
        }
    }

    /// Sends a request, and goes where its answer leads: the exchange that is returned is the
    /// last. Each before it is given to `hop` as it ends; the next is wanted from then on.
    ///
    /// The request's timeout is that of all hops together.
    pub(crate) async fn send<C: Client>(
        &self,
        client: &mut C,
        request: &Request,
        patience: &mut Patience,
        hop: impl FnMut(Exchange),
    ) -> Exchange {
        let mut last = self.exchange(client, request, patience).await;
        if request.redirects > 0
            && matches!(&last.result, Ok(answer) if (300..400).contains(&answer.status))
        {
            last = Box::pin(self.follow(client, request, patience, last, hop)).await;
        }
        if self.plan.compression && request.keep_body {
            decode(&mut last);
        }
        last
    }

    /// Goes on from an answer that may lead on, for a request that follows redirects.
    async fn follow<C: Client>(
        &self,
        client: &mut C,
        request: &Request,
        patience: &mut Patience,
        mut last: Exchange,
        mut hop: impl FnMut(Exchange),
    ) -> Exchange {
        let deadline = patience.deadline();
        let mut sent: Option<Request> = None;
        for followed in 0..=request.redirects {
            let Ok(answer) = &last.result else { break };
            let from = sent.as_ref().unwrap_or(request);
            let mut next = match redirect::next(from, &self.plan.target, answer) {
                Ok(Some(next)) if followed < request.redirects => next,
                Ok(Some(_)) => {
                    last.result = Err(redirect::too_many(followed));
                    break;
                }
                Ok(None) => break,
                Err(failure) => {
                    last.result = Err(failure);
                    break;
                }
            };
            next.timeout = deadline - last.done_at;
            hop(last);
            last = self.exchange(client, &next, patience).await;
            sent = Some(next);
        }
        last
    }

    /// One sample: a request with its answer, and what it takes to be let in.
    async fn exchange<C: Client>(
        &self,
        client: &mut C,
        request: &Request,
        patience: &mut Patience,
    ) -> Exchange {
        if self.plan.cookies == Cookies::Off && request.login.is_none() {
            return client.exchange(request, patience).await;
        }
        let first = self.attempt(client, request, patience).await;
        if !self.is_challenged(request, &first) {
            return first;
        }
        let again = Request {
            timeout: patience.deadline() - first.done_at,
            ..request.clone()
        };
        let second = self.attempt(client, &again, patience).await;
        as_one(&first, second)
    }

    /// Sends a request with what is known beforehand, and keeps the cookies of its answer.
    async fn attempt<C: Client>(
        &self,
        client: &mut C,
        request: &Request,
        patience: &mut Patience,
    ) -> Exchange {
        let exchange = match self.dressed(request) {
            Some(dressed) => client.exchange(&dressed, patience).await,
            None => client.exchange(request, patience).await,
        };
        if self.plan.cookies != Cookies::Off
            && let Ok(answer) = &exchange.result
        {
            self.keep_cookies(request, &answer.headers);
        }
        exchange
    }

    /// A request with its cookies and its `authorization`; nothing where it has neither.
    fn dressed(&self, request: &Request) -> Option<Request> {
        let origin = self.origin_of(request);
        let (headers, uri) = (request.http.headers(), request.http.uri());
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        let jar = self.jar.borrow();
        let cookies = if jar.is_empty() {
            None
        } else {
            jar.header(headers.get(COOKIE), origin, path, self.plan.wall_time())
        };
        let authorization = request.login.as_ref().and_then(|login| {
            let method = request.http.method().as_str();
            let mut digest = self.digest.borrow_mut();
            digest.authorization(login, origin, method, path)
        });
        if cookies.is_none() && authorization.is_none() {
            return None;
        }
        Some(request.altered(|http| {
            let own = [(COOKIE, cookies), (AUTHORIZATION, authorization)];
            for (name, value) in own {
                if let Some(value) = value {
                    http.headers_mut().insert(name, value);
                }
            }
        }))
    }

    fn keep_cookies(&self, request: &Request, headers: &HeaderMap) {
        let mut cookies = headers.get_all(SET_COOKIE).iter().peekable();
        if cookies.peek().is_none() {
            return;
        }
        let (origin, path) = (self.origin_of(request), request.http.uri().path());
        let now = self.plan.wall_time();
        let mut jar = self.jar.borrow_mut();
        for cookie in cookies {
            jar.store(cookie, origin, path, now);
        }
    }

    /// Whether the target asks for a login that the request has, in a way that can be answered.
    fn is_challenged(&self, request: &Request, exchange: &Exchange) -> bool {
        match (&request.login, &exchange.result) {
            (Some(login), Ok(answer)) if answer.status == 401 => {
                let mut digest = self.digest.borrow_mut();
                digest.challenge(login, self.origin_of(request), &answer.headers)
            }
            _ => false,
        }
    }

    fn origin_of<'a>(&'a self, request: &'a Request) -> &'a Origin {
        request.origin.as_deref().unwrap_or(&self.plan.target)
    }
}

/// Decodes the body of an answer.
fn decode(exchange: &mut Exchange) {
    let Ok(answer) = &mut exchange.result else {
        return;
    };
    if answer.body.is_empty() || !answer.headers.contains_key(CONTENT_ENCODING) {
        return;
    }
    match decode::decode(&answer.headers, &answer.body) {
        Ok(body) => answer.body = body,
        Err(failure) => exchange.result = Err(failure),
    }
}

/// Two round trips as one: what the second brought, and what both took.
fn as_one(first: &Exchange, second: Exchange) -> Exchange {
    let mut phases = second.phases;
    for phase in RequestPhase::ALL {
        phases.add(phase, first.phases.get(phase));
    }
    Exchange {
        sent_at: first.sent_at,
        phases,
        bytes_sent: first.bytes_sent + second.bytes_sent,
        bytes_received: first.bytes_received + second.bytes_received,
        ..second
    }
}

#[cfg(test)]
mod tests;
