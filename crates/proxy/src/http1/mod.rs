//! HTTP/1.1 on the wire: where messages begin and end, what their heads say, and how a head is
//! changed. Read by those who look on ([`crate::observe`]) and by the faults that know of requests.

mod framing;
mod head;
mod message;

pub(crate) use framing::Body;
pub(crate) use head::Head;
pub(crate) use message::{
    Came, MessageReader, NotUnderstood, find, read_answer, read_request, switches_protocol,
};
