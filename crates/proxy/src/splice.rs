use std::io;
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::{Bytes, BytesMut};
use nix::fcntl::{FcntlArg, OFlag, SpliceFFlags, fcntl, splice};
use nix::unistd::{pipe2, read};
use tokio::io::Interest;
use tokio::net::TcpStream;

/// How much a pipe is asked to hold: the most that a user may ask for by default.
const PIPE_SIZE: usize = 1024 * 1024;
/// So many pipes are kept for the next who needs one; a pipe that is empty holds no memory.
const PIPES_KEPT: usize = 64;

/// The pipes of a proxy that nobody is using.
#[derive(Debug, Default)]
pub(crate) struct Pipes(Mutex<Vec<Pipe>>);

/// A pipe of the kernel's. What is in it was read from a socket and never seen by us.
#[derive(Debug)]
struct Pipe {
    out: OwnedFd,
    into: OwnedFd,
}

impl Pipes {
    fn take(&self) -> io::Result<Pipe> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        kept.map_or_else(Pipe::new, Ok)
    }

    /// Keeps an empty pipe.
    fn give_back(&self, pipe: Pipe) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() < PIPES_KEPT {
            kept.push(pipe);
        }
    }
}

impl Pipe {
    fn new() -> io::Result<Self> {
        let (out, into) = pipe2(OFlag::O_NONBLOCK | OFlag::O_CLOEXEC)?;
        // Where the user has too many large ones already, it keeps the size that it has.
        let _ = fcntl(&into, FcntlArg::F_SETPIPE_SZ(PIPE_SIZE as i32));
        Ok(Self { out, into })
    }
}

/// What a step has moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moved {
    /// So many bytes came in; as many, and what was held, are out.
    Bytes(usize),
    /// The sender has ended.
    End,
}

/// What has failed.
#[derive(Debug)]
pub(crate) enum Failed {
    Sender,
    Receiver,
    /// The kernel does not do it for these sockets, or there is no pipe to be had. Nothing is lost:
    /// it had not begun.
    Unable,
}

/// Moves bytes from socket to socket within the kernel.
#[derive(Debug)]
pub(crate) struct Conduit {
    pipes: Arc<Pipes>,
    /// While bytes are in it.
    pipe: Option<Pipe>,
    held: usize,
}

impl Conduit {
    pub(crate) fn new(pipes: Arc<Pipes>) -> Self {
        Self {
            pipes,
            pipe: None,
            held: 0,
        }
    }

    /// Waits for bytes and moves them: at most a pipe full. `came` and `left` are told of them as
    /// they do.
    ///
    /// # Cancellation
    /// May be dropped at any time; what was not moved on stays for the next step, or for
    /// [`Conduit::reclaim`].
    pub(crate) async fn step(
        &mut self,
        from: &TcpStream,
        to: &TcpStream,
        came: impl Fn(usize),
        left: impl Fn(usize),
    ) -> Result<Moved, Failed> {
        let mut count = 0;
        // Only an empty pipe is filled: of another one, "would block" would not say which side.
        if self.held == 0 {
            count = self.fill(from).await?;
            if count == 0 {
                return Ok(Moved::End);
            }
            came(count);
        }
        while self.held > 0 {
            left(self.drain(to).await.map_err(|_| Failed::Receiver)?);
        }
        Ok(Moved::Bytes(count))
    }

    async fn fill(&mut self, from: &TcpStream) -> Result<usize, Failed> {
        loop {
            from.readable().await.map_err(|_| Failed::Sender)?;
            let pipe = self.pipes.take().map_err(|_| Failed::Unable)?;
            let filled = from.try_io(Interest::READABLE, || {
                Ok(splice(from, None, &pipe.into, None, PIPE_SIZE, FLAGS)?)
            });
            match filled {
                Ok(0) => {
                    self.pipes.give_back(pipe);
                    return Ok(0);
                }
                Ok(count) => {
                    self.held = count;
                    self.pipe = Some(pipe);
                    return Ok(count);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.pipes.give_back(pipe);
                }
                Err(error) if error.kind() == io::ErrorKind::InvalidInput => {
                    return Err(Failed::Unable);
                }
                Err(_) => return Err(Failed::Sender),
            }
        }
    }

    async fn drain(&mut self, to: &TcpStream) -> io::Result<usize> {
        loop {
            let pipe = self.pipe.as_ref().ok_or(io::ErrorKind::UnexpectedEof)?;
            let drained = to.try_io(Interest::WRITABLE, || {
                Ok(splice(&pipe.out, None, to, None, self.held, FLAGS)?)
            });
            match drained {
                Ok(count) => {
                    self.held -= count;
                    if self.held == 0
                        && let Some(pipe) = self.pipe.take()
                    {
                        self.pipes.give_back(pipe);
                    }
                    return Ok(count);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => to.writable().await?,
                Err(error) => return Err(error),
            }
        }
    }

    /// What is in the pipe, so that it can go another way.
    ///
    /// # Errors
    /// The kernel does not give it back: then bytes are lost.
    pub(crate) fn reclaim(&mut self) -> io::Result<Bytes> {
        let mut bytes = BytesMut::zeroed(self.held);
        let mut filled = 0;
        if let Some(pipe) = self.pipe.take() {
            while filled < self.held {
                match read(&pipe.out, &mut bytes[filled..])? {
                    0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                    count => filled += count,
                }
            }
            self.pipes.give_back(pipe);
        }
        self.held = 0;
        Ok(bytes.freeze())
    }
}

const FLAGS: SpliceFFlags = SpliceFFlags::SPLICE_F_MOVE.union(SpliceFFlags::SPLICE_F_NONBLOCK);

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    async fn pair() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (one, other) = tokio::join!(TcpStream::connect(address), listener.accept());
        (one.unwrap(), other.unwrap().0)
    }

    #[tokio::test]
    async fn bytes_are_moved_in_order_the_end_is_seen_and_the_pipe_is_kept() {
        let ((mut sender, from), (to, mut receiver)) = (pair().await, pair().await);
        let pipes = Arc::new(Pipes::default());
        let mut conduit = Conduit::new(pipes.clone());
        let sent: Vec<u8> = (0..3_000_000_u32).map(|index| (index / 5) as u8).collect();
        let expected = sent.clone();
        let sending = tokio::spawn(async move {
            sender.write_all(&sent).await.unwrap();
        });
        let receiving = tokio::spawn(async move {
            let mut seen = Vec::new();
            receiver.read_to_end(&mut seen).await.unwrap();
            seen
        });
        let mut moved = 0;
        while let Moved::Bytes(count) = conduit.step(&from, &to, |_| (), |_| ()).await.unwrap() {
            moved += count;
        }
        drop(to);
        sending.await.unwrap();
        let seen = receiving.await.unwrap();
        assert_eq!(moved, expected.len());
        assert!(seen == expected);
        assert_eq!(pipes.0.lock().unwrap().len(), 1);
    }

    #[tokio::test]
    async fn what_a_receiver_does_not_take_is_given_back_whole() {
        let ((sender, from), (to, mut receiver)) = (pair().await, pair().await);
        let mut conduit = Conduit::new(Arc::default());
        let mut written = 0_usize;
        let mut passed = 0;
        // Until the receiver's buffers are full and the pipe holds some.
        while conduit.held == 0 || written == 0 {
            let block: Vec<u8> = (written..written + 200_000)
                .map(|at| (at / 9) as u8)
                .collect();
            if let Ok(count) = sender.try_write(&block) {
                written += count;
            }
            let step = conduit.step(&from, &to, |_| (), |_| ());
            let _ = tokio::time::timeout(std::time::Duration::from_millis(20), step).await;
        }
        let rest = conduit.reclaim().unwrap();
        assert!(!rest.is_empty());
        assert_eq!(conduit.held, 0);
        drop(to);
        let mut seen = Vec::new();
        receiver.read_to_end(&mut seen).await.unwrap();
        passed += seen.len();
        seen.extend_from_slice(&rest);
        let whole = (0..passed + rest.len()).map(|at| (at / 9) as u8);
        assert!(whole.eq(seen));
    }
}
