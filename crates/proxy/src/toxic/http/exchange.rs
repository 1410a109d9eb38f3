use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;

use super::action::HttpAnswer;

/// So many requests of one connection may wait for their answers before no more are read.
const MOST_PENDING: usize = 1024;

/// What the two directions of a link know of its requests.
#[derive(Debug, Default)]
pub(in crate::toxic) struct Exchange {
    /// Asked and not wholly answered, in order.
    pending: VecDeque<Pending>,
    /// Everything passes as it is, for good.
    is_opaque: bool,
    /// Something was not HTTP/1.1.
    is_not_http: bool,
}

/// A request that waits for the end of its answer.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    /// Its answer has no body.
    pub(super) is_head: bool,
    /// It is CONNECT: a success makes a tunnel.
    pub(super) is_connect: bool,
    /// What follows it may be another protocol, which its answer will say.
    pub(super) may_switch: bool,
    /// What becomes of its answer.
    pub(super) fate: Fate,
}

/// What becomes of an answer.
#[derive(Clone, Debug)]
pub(super) enum Fate {
    /// It passes as it comes.
    Pass,
    /// The upstream was not asked.
    Local {
        /// The answer.
        answer: Bytes,
        /// Whether the connection ends with it.
        closes: bool,
    },
    /// It is changed.
    Replace(Arc<HttpAnswer>),
    /// It is cut off after so many bytes of content.
    Truncate(u64),
}

impl Exchange {
    pub(super) fn ask(&mut self, pending: Pending) {
        self.pending.push_back(pending);
    }

    /// The request whose answer is coming, or is the next to come.
    pub(super) fn front(&self) -> Option<&Pending> {
        self.pending.front()
    }

    /// Its answer is whole.
    pub(super) fn answered(&mut self) {
        self.pending.pop_front();
    }

    /// Its answer has come, and what follows it is still HTTP.
    pub(super) fn stays_http(&mut self) {
        if let Some(front) = self.pending.front_mut() {
            front.may_switch = false;
        }
    }

    /// Whether it is known in which protocol the latest request is followed.
    pub(super) fn is_decided(&self) -> bool {
        self.is_opaque || self.pending.back().is_none_or(|last| !last.may_switch)
    }

    pub(super) fn has_room(&self) -> bool {
        self.is_opaque || self.pending.len() < MOST_PENDING
    }

    pub(super) fn make_opaque(&mut self) {
        self.pending.clear();
        self.is_opaque = true;
    }

    /// Something was not HTTP/1.1; whether that is so for the first time.
    pub(super) const fn is_first_not_understood(&mut self) -> bool {
        !std::mem::replace(&mut self.is_not_http, true)
    }

    pub(super) const fn is_opaque(&self) -> bool {
        self.is_opaque
    }

    /// The fault is over: answers that have not begun come as they are. Whether there are some left
    /// that the upstream was not asked for.
    pub(super) fn let_pass(&mut self) -> bool {
        for pending in &mut self.pending {
            if matches!(pending.fate, Fate::Replace(_) | Fate::Truncate(_)) {
                pending.fate = Fate::Pass;
            }
        }
        let mut left = self.pending.iter();
        left.any(|pending| matches!(pending.fate, Fate::Local { .. }))
    }
}
