use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rtest_core::{Clock, RunTime};

use crate::toxic::{Item, Stream};

use super::asked::Asked;
use super::attempt::{Attempt, AttemptEnd, Began, Observer};
use crate::http1::{Came, MessageReader, NotUnderstood, read_answer};

/// Requests that wait for their answers on one connection (pipelining); with more of them what
/// follows is not looked at.
const MOST_PENDING: usize = 1024;

/// Looks at what crosses one link. Whatever it has told to have begun it tells to have ended, at
/// the latest when it is dropped.
#[derive(Debug)]
pub(crate) struct Tap {
    observer: Arc<dyn Observer>,
    clock: Arc<dyn Clock>,
    // Both directions of a link are one task, so it is never waited for.
    seen: Mutex<Seen>,
}

#[derive(Debug)]
struct Seen {
    connection: u64,
    accepted_at: RunTime,
    /// What is still understood.
    exchange: Option<Exchange>,
    /// Begun and not over, in order.
    pending: VecDeque<Began>,
    /// Whether anything was ever begun.
    any: bool,
    /// When the caller shut its side.
    caller_left_at: Option<RunTime>,
    /// Answered after the caller shut its side: whether it was still there is known when the
    /// connection ends, by whether it resets it.
    in_doubt: Vec<Attempt>,
}

/// Requests and answers of one connection.
#[derive(Debug, Default)]
struct Exchange {
    requests: MessageReader,
    answers: MessageReader,
    /// Of the answer that is coming.
    status: Option<u16>,
}

/// What one direction of a link shows to whoever looks on.
#[derive(Debug)]
pub(crate) enum Sight {
    /// Nobody does.
    Nothing,
    /// What is read from the caller.
    Requests(Arc<Tap>),
    /// What is written to the caller.
    Answers(Arc<Tap>),
}

impl Sight {
    /// What `tap` sees of a direction.
    pub(crate) fn of(tap: Option<Arc<Tap>>, stream: Stream) -> Self {
        match (tap, stream) {
            (None, _) => Self::Nothing,
            (Some(tap), Stream::Upstream) => Self::Requests(tap),
            (Some(tap), Stream::Downstream) => Self::Answers(tap),
        }
    }

    /// This was read from the sender.
    pub(crate) fn read(&self, item: &Item, clock: &dyn Clock) {
        if let Self::Requests(tap) = self {
            match item {
                Item::Data(chunk) => tap.read_from_caller(&chunk.bytes, chunk.received_at),
                Item::End | Item::Reset | Item::Cut => tap.caller_left(clock.now()),
            }
        }
    }

    /// These bytes were written to the receiver.
    pub(crate) fn wrote(&self, bytes: &[u8]) {
        if let Self::Answers(tap) = self {
            tap.written_to_caller(bytes);
        }
    }

    /// The receiver was told that nothing follows.
    pub(crate) fn shut(&self) {
        if let Self::Answers(tap) = self {
            tap.shut_to_caller();
        }
    }
}

impl Tap {
    /// On a connection that was just accepted.
    pub(crate) fn new(observer: Arc<dyn Observer>, clock: Arc<dyn Clock>, connection: u64) -> Self {
        let seen = Seen {
            connection,
            accepted_at: clock.now(),
            exchange: Some(Exchange::default()),
            pending: VecDeque::new(),
            any: false,
            caller_left_at: None,
            in_doubt: Vec::new(),
        };
        Self {
            observer,
            clock,
            seen: Mutex::new(seen),
        }
    }

    /// These bytes were read from the caller.
    pub(crate) fn read_from_caller(&self, bytes: &[u8], at: RunTime) {
        let mut seen = self.lock();
        if seen.take_requests(bytes, at, &*self.observer).is_err() {
            seen.exchange = None;
        }
    }

    /// The caller has shut its side, or reset the connection.
    fn caller_left(&self, at: RunTime) {
        self.lock().caller_left_at.get_or_insert(at);
    }

    /// These bytes were written to the caller.
    fn written_to_caller(&self, bytes: &[u8]) {
        let at = self.clock.now();
        let mut seen = self.lock();
        if seen.take_answers(bytes, at, &*self.observer).is_err() {
            seen.exchange = None;
        }
    }

    /// The upstream has ended in order: so has an answer that goes until then, and there are no
    /// others.
    fn shut_to_caller(&self) {
        let at = self.clock.now();
        let mut seen = self.lock();
        if seen
            .exchange
            .as_ref()
            .is_some_and(|exchange| exchange.answers.ends_with_connection())
        {
            seen.answered(at, &*self.observer);
        }
        if seen.caller_left_at.is_none() {
            seen.end_all(at, AttemptEnd::Broken, &*self.observer);
        }
    }

    /// The link ends, with everything delivered: whoever had shut its side was still there.
    pub(crate) fn ended_in_order(&self) {
        for attempt in std::mem::take(&mut self.lock().in_doubt) {
            self.observer.ended(&attempt);
        }
    }

    /// The upstream could not be reached: nothing of what the caller wants was sent.
    pub(crate) fn refused(&self) {
        let at = self.clock.now();
        let mut seen = self.lock();
        if !seen.any {
            let began = seen.connection_alone();
            self.observer.began(&began);
            seen.pending.push_back(began);
        }
        seen.end_all(at, AttemptEnd::Refused, &*self.observer);
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Tap {
    fn drop(&mut self) {
        let now = self.clock.now();
        let mut seen = self.lock();
        match seen.caller_left_at {
            Some(left_at) => {
                let in_doubt = std::mem::take(&mut seen.in_doubt);
                let began = in_doubt.into_iter().map(|attempt| attempt.began);
                let others = std::mem::take(&mut seen.pending);
                seen.pending = began.chain(others).collect();
                seen.end_all(left_at, AttemptEnd::GivenUp, &*self.observer);
            }
            None => seen.end_all(now, AttemptEnd::Broken, &*self.observer),
        }
    }
}

impl Seen {
    fn connection_alone(&mut self) -> Began {
        self.any = true;
        Began {
            at: self.accepted_at,
            connection: self.connection,
            method: None,
            call: 0,
            correlation: None,
        }
    }

    fn take_requests(
        &mut self,
        mut bytes: &[u8],
        at: RunTime,
        observer: &dyn Observer,
    ) -> Result<(), NotUnderstood> {
        let Some(exchange) = &mut self.exchange else {
            return Ok(());
        };
        while let Some(came) = exchange.requests.next(&mut bytes, at, Asked::read)? {
            let Came::Head { began_at, head } = came else {
                continue;
            };
            if self.pending.len() >= MOST_PENDING {
                return Err(NotUnderstood);
            }
            let began = Began {
                at: began_at,
                connection: self.connection,
                method: Some(head.method),
                call: head.call,
                correlation: head.correlation,
            };
            observer.began(&began);
            self.any = true;
            self.pending.push_back(began);
        }
        Ok(())
    }

    fn take_answers(
        &mut self,
        mut bytes: &[u8],
        at: RunTime,
        observer: &dyn Observer,
    ) -> Result<(), NotUnderstood> {
        loop {
            let Some(exchange) = &mut self.exchange else {
                return Ok(());
            };
            let asked = self.pending.front();
            let has_body = asked.is_none_or(|began| began.method.as_deref() != Some("HEAD"));
            let read = |bytes: &[u8]| read_answer(bytes, has_body, answering);
            match exchange.answers.next(&mut bytes, at, read)? {
                None => return Ok(()),
                Some(Came::Head { head, .. }) => exchange.status = head,
                Some(Came::End) if exchange.status.is_some() => self.answered(at, observer),
                Some(Came::End) => {}
            }
        }
    }

    /// The answer that is coming is whole.
    fn answered(&mut self, at: RunTime, observer: &dyn Observer) {
        let status = self
            .exchange
            .as_mut()
            .and_then(|exchange| exchange.status.take());
        // An answer that nobody asked for answers nothing.
        if let (Some(status), Some(began)) = (status, self.pending.pop_front()) {
            let attempt = Attempt {
                began,
                ended_at: at,
                end: AttemptEnd::Answered { status },
            };
            match self.caller_left_at {
                None => observer.ended(&attempt),
                Some(_) => self.in_doubt.push(attempt),
            }
        }
    }

    fn end_all(&mut self, at: RunTime, end: AttemptEnd, observer: &dyn Observer) {
        for began in self.pending.drain(..) {
            observer.ended(&Attempt {
                ended_at: at.max(began.at),
                began,
                end,
            });
        }
    }
}

/// The status of an answer, unless the answer itself is still to come.
fn answering(status: u16, _: &[u8]) -> Result<Option<u16>, NotUnderstood> {
    match status {
        // What follows is another protocol.
        101 => Err(NotUnderstood),
        interim if interim < 200 => Ok(None),
        status => Ok(Some(status)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rtest_core::ManualClock;

    #[derive(Debug, Default)]
    struct Notes {
        began: Mutex<Vec<Began>>,
        ended: Mutex<Vec<Attempt>>,
    }

    impl Observer for Notes {
        fn began(&self, attempt: &Began) {
            self.began.lock().unwrap().push(attempt.clone());
        }

        fn ended(&self, attempt: &Attempt) {
            self.ended.lock().unwrap().push(attempt.clone());
        }
    }

    fn tap() -> (Tap, Arc<Notes>) {
        let notes = Arc::new(Notes::default());
        let tap = Tap::new(notes.clone(), Arc::new(ManualClock::default()), 1);
        (tap, notes)
    }

    const REQUESTS: &[u8] = b"GET /a HTTP/1.1\r\nhost: a\r\n\r\nPOST /b HTTP/1.1\r\n\
        transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nPUT /c HTTP/1.1\r\n\
        content-length: 4\r\n\r\nGET DELETE /d HTTP/1.1\r\n\r\n";
    const ANSWERS: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\
        content-length: 4\r\n\r\nHTTPHTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 500 Oops\r\n\
        transfer-encoding: gzip, chunked\r\n\r\n1\r\nx\r\n0\r\n\r\nHTTP/1.1 201 Created\r\n\r\nall";

    proptest! {
        #[test]
        fn in_whatever_pieces_they_come_messages_are_the_same(
            sizes in prop::collection::vec(1_usize..40, 1..60),
        ) {
            let (tap, notes) = tap();
            for (all, is_request) in [(REQUESTS, true), (ANSWERS, false)] {
                let mut rest = all;
                for size in sizes.iter().cycle() {
                    let (piece, later) = rest.split_at(rest.len().min(*size));
                    if is_request {
                        tap.read_from_caller(piece, RunTime::ZERO);
                    } else {
                        tap.written_to_caller(piece);
                    }
                    rest = later;
                    if rest.is_empty() {
                        break;
                    }
                }
            }
            tap.shut_to_caller();
            let began = notes.began.lock().unwrap();
            let methods: Vec<&str> = began.iter().filter_map(|b| b.method.as_deref()).collect();
            prop_assert_eq!(methods, ["GET", "POST", "PUT", "DELETE"]);
            let ended = notes.ended.lock().unwrap();
            let ends: Vec<AttemptEnd> = ended.iter().map(|attempt| attempt.end).collect();
            let expected = [200, 204, 500, 201].map(|status| AttemptEnd::Answered { status });
            prop_assert_eq!(ends, expected);
        }

        #[test]
        fn whatever_crosses_it_all_that_began_ends_and_little_is_held(
            pieces in prop::collection::vec(
                (any::<bool>(), prop_oneof![
                    prop::collection::vec(any::<u8>(), 0..300),
                    Just(REQUESTS.to_vec()),
                    Just(ANSWERS.to_vec()),
                    Just(ANSWERS[..40].to_vec()),
                    Just(vec![b'a'; 70_000]),
                ]),
                0..20,
            ),
        ) {
            let (tap, notes) = tap();
            for (is_request, piece) in &pieces {
                if *is_request {
                    tap.read_from_caller(piece, RunTime::ZERO);
                } else {
                    tap.written_to_caller(piece);
                }
            }
            drop(tap);
            let (began, ended) = (notes.began.lock().unwrap(), notes.ended.lock().unwrap());
            prop_assert_eq!(began.len(), ended.len());
        }
    }

    #[test]
    fn a_flood_of_requests_without_answers_is_not_followed_for_ever() {
        let (tap, notes) = tap();
        let request = b"GET / HTTP/1.1\r\n\r\n".repeat(100);
        for _ in 0..100 {
            tap.read_from_caller(&request, RunTime::ZERO);
        }
        assert_eq!(notes.began.lock().unwrap().len(), MOST_PENDING);
    }
}
