use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use hyper::HeaderMap;
use hyper::body::Incoming;

use super::Failure;
use super::form::Form;
use super::h1::H1;
use super::h2::{self, H2};
use super::wire::Traffic;
use crate::step::Request;

/// An open connection, and what is known of it.
#[derive(Debug)]
pub(crate) struct Connection {
    /// What is spoken over it.
    pub(crate) speaks: Speaks,
    /// How requests are written on it.
    pub(crate) form: Rc<Form>,
    /// What crosses it.
    pub(crate) traffic: Rc<Traffic>,
    /// How long opening it took at the level of TCP: about one round trip.
    pub(crate) round_trip: Duration,
    /// Whether a request was answered on it before.
    pub(crate) reused: bool,
}

/// A version of HTTP.
#[derive(Debug)]
pub(crate) enum Speaks {
    /// HTTP/1.1: one request at a time.
    Http1(H1),
    /// HTTP/2: many, from clones of the connection.
    Http2(H2),
}

/// The head of an answer.
pub(crate) struct Head {
    /// The status code.
    pub(crate) status: u16,
    /// The headers.
    pub(crate) headers: HeaderMap,
}

/// An answer whose body is to come.
pub(crate) enum Answering {
    /// Over HTTP/1.1.
    Http1(Incoming),
    /// Over HTTP/2.
    Http2(h2::Answering),
}

/// An answer that broke off, or never began.
#[derive(Debug)]
pub(crate) struct Broken {
    /// Why.
    pub(crate) failure: Failure,
    /// The request was not taken: no byte of it was written, or the server says so.
    pub(crate) unsent: bool,
    /// Other requests may go on over the connection.
    pub(crate) lives: bool,
}

/// The connection went with it, perhaps after the request was taken.
impl From<Failure> for Broken {
    fn from(failure: Failure) -> Self {
        Self {
            failure,
            unsent: false,
            lives: false,
        }
    }
}

impl Connection {
    /// Sends a request and takes in the head of its answer.
    pub(crate) async fn send(&mut self, request: &Request) -> Result<(Head, Answering), Broken> {
        let (head, answering) = match &mut self.speaks {
            Speaks::Http1(h1) => {
                self.traffic.expect_head();
                let (head, incoming) = h1.send(self.form.http1(request)).await?;
                self.traffic.head_has_come();
                (head, Answering::Http1(incoming))
            }
            Speaks::Http2(h2) => {
                let (head, body) = self.form.http2(request)?;
                let (head, answering) = h2.send(head, body).await?;
                (head, Answering::Http2(answering))
            }
        };
        let head = Head {
            status: head.status.as_u16(),
            headers: head.headers,
        };
        Ok((head, answering))
    }

    /// Takes in the body of an answer to its end, and keeps it if so asked. `heard` is told of
    /// each piece.
    pub(crate) async fn receive(
        &mut self,
        answering: Answering,
        keep: bool,
        heard: impl Fn(),
    ) -> Result<Bytes, Broken> {
        match (&mut self.speaks, answering) {
            (Speaks::Http1(h1), Answering::Http1(incoming)) => {
                h1.receive(incoming, keep, heard).await
            }
            (Speaks::Http2(_), Answering::Http2(answering)) => answering.receive(keep, heard).await,
            _ => unreachable!("an answer comes over the connection that its request was sent on"),
        }
    }

    /// The same connection for another request at the same time, where that is possible.
    pub(crate) fn share(&self) -> Option<Self> {
        let Speaks::Http2(h2) = &self.speaks else {
            return None;
        };
        Some(Self {
            speaks: Speaks::Http2(h2.clone()),
            form: Rc::clone(&self.form),
            traffic: Rc::clone(&self.traffic),
            round_trip: self.round_trip,
            reused: true,
        })
    }

    /// Whether both are one connection that is shared.
    pub(crate) fn is_shared_with(&self, other: &Self) -> bool {
        match (&self.speaks, &other.speaks) {
            (Speaks::Http2(one), Speaks::Http2(other)) => one.is(other),
            _ => false,
        }
    }

    /// Whether it can be used, as far as is known without waiting. An HTTP/1.1 connection that
    /// nobody polls is known to have ended only when it is used.
    pub(crate) fn seems_open(&self) -> bool {
        match &self.speaks {
            Speaks::Http1(_) => true,
            Speaks::Http2(h2) => h2.is_open(),
        }
    }

    /// Whether the next request can be sent on it.
    pub(crate) async fn is_reusable(&mut self) -> bool {
        match &mut self.speaks {
            Speaks::Http1(h1) => h1.is_reusable().await,
            Speaks::Http2(h2) => h2.is_open(),
        }
    }
}
