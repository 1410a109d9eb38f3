use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread::JoinHandle;

use crate::binary::{Ran, rtest};

/// A short answer.
pub(crate) const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

/// A server that answers every request of every connection with the same bytes.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    /// What each read of a connection gave: a request, as long as it is short.
    pub(crate) requests: mpsc::Receiver<String>,
    _accepting: JoinHandle<()>,
}

impl Server {
    pub(crate) fn answering(answer: &'static [u8]) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let address = listener.local_addr().expect("bound");
        let (seen, requests) = mpsc::channel();
        let accepting = std::thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let seen = seen.clone();
                std::thread::spawn(move || converse(connection, answer, &seen));
            }
        });
        Self {
            address,
            requests,
            _accepting: accepting,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/users", self.address)
    }

    /// A load of one second.
    pub(crate) fn load(&self, more: &[&str]) -> Ran {
        self.load_of(&[&["--duration", "1s"], more].concat())
    }

    /// A load of what the flags say.
    pub(crate) fn load_of(&self, flags: &[&str]) -> Ran {
        valid(|| {
            // Of earlier attempts.
            self.requests.try_iter().for_each(drop);
            rtest(&[&["load", &self.url()], flags].concat())
        })
    }
}

/// A run whose numbers are valid: other tests that want the same cores starve the generator now
/// and then, and it says so.
pub(crate) fn valid(run: impl Fn() -> Ran) -> Ran {
    const STARVED: i32 = 5;
    let attempts = (0..8).map(|_| run());
    let mut last = None;
    for ran in attempts {
        if ran.code != STARVED {
            return ran;
        }
        last = Some(ran);
    }
    last.expect("there was an attempt")
}

fn converse(mut connection: TcpStream, answer: &[u8], seen: &mpsc::Sender<String>) {
    let mut request = [0; 4096];
    while let Ok(read) = connection.read(&mut request) {
        // Whoever does not look at the requests has dropped the other end.
        let _ = seen.send(String::from_utf8_lossy(&request[..read]).into_owned());
        if read == 0 || connection.write_all(answer).is_err() {
            return;
        }
    }
}
