use std::collections::VecDeque;
use std::time::Duration;

use rtest_core::Seed;
use rtest_core::plan::{SimDelay, SimLink};

use super::*;
use crate::explore::Chance;
use crate::world::arrivals::{Arrival, Arrivals};

/// A network, and what it tells, in order, until nothing is on its way.
struct Run {
    network: Network,
    arrivals: Arrivals,
    pending: VecDeque<Arrival>,
    now_ns: u64,
}

const SECOND_NS: u64 = 1_000_000_000;

impl Run {
    fn new(seed: u64) -> Self {
        Self {
            network: Network::new(Rc::new(RefCell::new(Chooser::new(
                Seed::new(seed),
                &Chance::Seeded,
                0,
            )))),
            arrivals: Arrivals::default(),
            pending: VecDeque::new(),
            now_ns: 0,
        }
    }

    fn listen(&mut self, ip: &str, port: u16) -> SocketId {
        let id = self.network.open();
        self.network.bind(id, ip, port).expect("bound");
        self.network.listen(id).expect("listening");
        id
    }

    fn connect(&mut self, ip: &str, port: u16) -> SocketId {
        let id = self.network.open();
        self.network
            .connect(
                id,
                ip,
                port,
                self.now_ns,
                &mut self.arrivals,
                &mut self.pending,
            )
            .expect("it begins");
        id
    }

    fn write(&mut self, id: SocketId, data: &[u8]) -> Result<bool> {
        self.network
            .write(id, data.to_vec(), self.now_ns, &mut self.arrivals)
    }

    fn read(&mut self, id: SocketId) {
        self.network.set_reading(id, true).expect("it is open");
    }

    fn close(&mut self, id: SocketId) {
        self.network
            .close(id, false, self.now_ns, &mut self.arrivals);
    }

    fn link(&mut self, to: &str, change: SimLink) {
        self.network
            .change_link(to, &change, self.now_ns, &mut self.arrivals);
    }

    /// Lets arrive what arrives within `seconds`.
    fn pass(&mut self, seconds: u64) -> Vec<What> {
        let end_ns = self.now_ns + seconds * SECOND_NS;
        let mut told = Vec::new();
        loop {
            self.network.watch_started(self.now_ns, &mut self.arrivals);
            let mut arrived: Vec<Arrival> = self.pending.drain(..).collect();
            if let Some(first_ns) = self.arrivals.first_ns()
                && first_ns <= end_ns
            {
                self.now_ns = self.now_ns.max(first_ns);
                let batch = self.arrivals.take_until(self.now_ns).into_values();
                let left = self.network.absorb(batch, self.now_ns, &mut self.arrivals);
                arrived.extend(left);
            }
            let more = self.arrivals.first_ns().is_some_and(|ns| ns <= end_ns);
            if arrived.is_empty() && !more {
                self.now_ns = end_ns;
                return told;
            }
            for arrival in arrived {
                let Arrival::Packet(packet) = arrival else {
                    panic!("{arrival:?}");
                };
                let now_ns = self.now_ns;
                let arrivals = &mut self.arrivals;
                let mut next = self.network.arrive(packet, now_ns, arrivals);
                while let Some(Told { socket, what }) = next {
                    told.push(what);
                    next = self.network.read_on(socket, now_ns, arrivals);
                }
            }
        }
    }

    /// A connection to `ip:80`, both ends reading.
    fn connected(&mut self, ip: &str) -> (SocketId, SocketId) {
        self.listen(ip, 80);
        let client = self.connect(ip, 80);
        let told = self.pass(1);
        let accepted = told.iter().find_map(|what| match what {
            What::Connection(id) => Some(*id),
            _ => None,
        });
        let server = accepted.expect("a connection");
        self.read(client);
        self.read(server);
        (client, server)
    }
}

fn bytes(told: &[What]) -> Vec<u8> {
    let data = told.iter().filter_map(|what| match what {
        What::Read(data) => Some(data.as_slice()),
        _ => None,
    });
    data.flatten().copied().collect()
}

#[test]
fn on_one_host_the_listener_hears_first_and_no_time_passes() {
    let mut run = Run::new(1);
    run.listen("::", 3000);
    run.connect("127.0.0.1", 3000);
    let told = run.pass(0);
    assert!(
        matches!(told[..], [What::Connection(_), What::Connected(0)]),
        "{told:?}"
    );
}

#[test]
fn nobody_listening_is_refused_on_this_host_at_once_and_on_others_after_a_round_trip() {
    let mut run = Run::new(1);
    run.connect("127.0.0.1", 3000);
    assert_eq!(run.pending.len(), 1);
    let refused = What::Connected(Errno::ECONNREFUSED.code());
    assert_eq!(run.pass(0), [refused]);
    let ip = run.network.host("prices");
    run.connect(&ip, 80);
    assert_eq!(run.pending.len(), 0);
    assert!(run.arrivals.first_ns().is_some_and(|ns| ns > 0));
    assert_eq!(run.pass(1).len(), 1);
}

#[test]
fn bytes_arrive_once_and_in_order_whatever_the_link_does() {
    for seed in 0..40 {
        let mut run = Run::new(seed);
        let ip = run.network.host("prices");
        let (client, _) = run.connected(&ip);
        run.link(
            "prices",
            SimLink {
                delay: Some(SimDelay::Uniform {
                    latency: Some(Duration::from_millis(50)),
                    jitter: Some(Duration::from_millis(50)),
                }),
                loss: Some(0.3),
                rate: Some(Some(10_000)),
                ..SimLink::default()
            },
        );
        let sent: Vec<u8> = (0..200).collect();
        for chunk in sent.chunks(7) {
            assert_eq!(run.write(client, chunk), Ok(true));
        }
        run.close(client);
        let told = run.pass(3600);
        assert_eq!(bytes(&told), sent, "seed {seed}");
        assert_eq!(told.last(), Some(&What::ReadEnded(EOF)), "seed {seed}");
    }
}

#[test]
fn a_partition_holds_bytes_back_and_after_a_quarter_of_an_hour_the_sender_gives_up() {
    let cut = |partitioned| SimLink {
        partitioned: Some(partitioned),
        ..SimLink::default()
    };
    let mut run = Run::new(3);
    let ip = run.network.host("prices");
    let (client, _) = run.connected(&ip);
    run.link("prices", cut(true));
    run.write(client, b"hello").expect("taken");
    assert_eq!(run.pass(60), []);
    run.network.heal();
    assert_eq!(bytes(&run.pass(120)), b"hello");
    run.link("prices", cut(true));
    run.write(client, b"again").expect("taken");
    let told = run.pass(2000);
    assert_eq!(told, [What::ReadEnded(Errno::ETIMEDOUT.code())]);
    assert_eq!(run.write(client, b"x"), Err(Errno::ETIMEDOUT));
    assert_eq!(run.write(client, b"x"), Err(Errno::EPIPE));
}

#[test]
fn connecting_into_a_partition_times_out_after_127_s() {
    let mut run = Run::new(3);
    let ip = run.network.host("prices");
    run.listen(&ip, 80);
    let partitioned = Some(true);
    run.link(
        "prices",
        SimLink {
            partitioned,
            ..SimLink::default()
        },
    );
    run.connect(&ip, 80);
    assert_eq!(run.pass(126), []);
    assert_eq!(run.pass(2), [What::Connected(Errno::ETIMEDOUT.code())]);
}

#[test]
fn a_write_waits_while_the_other_end_does_not_read() {
    let mut run = Run::new(1);
    run.listen("127.0.0.1", 80);
    let client = run.connect("127.0.0.1", 80);
    let told = run.pass(0);
    let What::Connection(server) = told[0] else {
        panic!("{told:?}");
    };
    assert_eq!(run.write(client, &[1; 200 << 10]), Ok(true));
    assert_eq!(run.write(client, &[2; 100 << 10]), Ok(false));
    assert_eq!(run.pass(10), []);
    run.read(server);
    let told = run.pass(1);
    assert_eq!(bytes(&told).len(), 300 << 10);
    let written = told.iter().filter(|what| **what == What::Written(0));
    assert_eq!(written.count(), 1);
}

#[test]
fn closing_with_bytes_unread_resets_the_other_end() {
    let mut run = Run::new(1);
    let (client, server) = run.connected("127.0.0.1");
    run.network.set_reading(server, false).expect("open");
    run.write(client, b"never read").expect("taken");
    run.pass(0);
    run.close(server);
    let reset = What::ReadEnded(Errno::ECONNRESET.code());
    assert_eq!(run.pass(1), [reset]);
}

#[test]
fn a_link_that_goes_down_ends_connections_and_refuses_new_ones() {
    let mut run = Run::new(1);
    let ip = run.network.host("prices");
    run.connected(&ip);
    let down = Some(true);
    run.link(
        "prices:80",
        SimLink {
            down,
            ..SimLink::default()
        },
    );
    assert_eq!(run.pass(1), [What::ReadEnded(EOF), What::ReadEnded(EOF)]);
    run.connect(&ip, 80);
    assert_eq!(run.pass(1), [What::Connected(Errno::ECONNREFUSED.code())]);
}

#[test]
fn an_address_is_taken_once() {
    let mut run = Run::new(1);
    run.listen("::", 3000);
    let second = run.network.open();
    run.network.bind(second, "127.0.0.1", 3000).expect("bound");
    assert_eq!(run.network.listen(second), Err(Errno::EADDRINUSE));
    let elsewhere = run.network.open();
    assert_eq!(
        run.network.bind(elsewhere, "10.9.9.9", 3000),
        Err(Errno::EADDRNOTAVAIL)
    );
}
