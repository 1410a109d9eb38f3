use std::time::Duration;

use rquickjs::{ArrayBuffer, Function};

use super::{Break, EventLoop, Step};
use crate::error::Budget;
use crate::trace::{Action, Phase};
use crate::world::net::{Network, SocketId, Told, What};
use crate::world::{Arrival, Arrivals};

impl<'js> EventLoop<'js> {
    /// Waits for whatever comes next, from outside or a timer, and takes in what has come from
    /// outside. It does not wait where an immediate is queued, something is pending or closing,
    /// or nothing keeps the loop alive. `module` is the program's main module, which arrives here.
    pub(crate) fn poll_phase(&self, module: Option<Function<'js>>) -> Step<'js> {
        self.host.enter(Phase::Poll);
        if let Some(module) = module {
            return self.run_module(&module);
        }
        self.watch_started();
        self.wait()?;
        let now_ns = self.host.clock.borrow().elapsed_ns();
        let signals = std::mem::take(&mut self.host.world.borrow_mut().signals);
        for arrival in self.arrived(now_ns) {
            self.arrive(arrival)?;
        }
        for number in signals {
            self.host.record(Action::Signal(number), None);
            self.deliver("signalArrived", (number,))?;
        }
        Ok(())
    }

    /// Has the system watch what the program reads from since the last poll.
    fn watch_started(&self) {
        let now_ns = self.host.clock.borrow().elapsed_ns();
        let world = &mut *self.host.world.borrow_mut();
        world.network.watch_started(now_ns, &mut world.arrivals);
    }

    /// What has come in by now.
    fn arrived(&self, now_ns: u64) -> Vec<Arrival> {
        let world = &mut *self.host.world.borrow_mut();
        match world.arrivals.first_ns() {
            Some(first_ns) if first_ns <= now_ns => {
                let arrived = world.arrivals.take_until(now_ns).into_values();
                world.network.absorb(arrived, now_ns, &mut world.arrivals)
            }
            _ => Vec::new(),
        }
    }

    /// Sleeps until the loop's timer is due or something arrives, whichever is first.
    fn wait(&self) -> Step<'js> {
        let (arrival_ns, alive) = {
            let world = self.host.world.borrow();
            if world.must_not_sleep() || !world.signals.is_empty() {
                return Ok(());
            }
            (world.arrivals.first_ns(), world.keep_alive())
        };
        let (due, timers_alive) = {
            let timers = self.host.timers.borrow();
            (timers.due(), timers.keep_alive())
        };
        if self.host.immediates.borrow().keep_alive() || !(alive || timers_alive) {
            return Ok(());
        }
        let mut clock = self.host.clock.borrow_mut();
        if due.is_some_and(|due| due <= clock.loop_ms())
            || arrival_ns.is_some_and(|at_ns| at_ns <= clock.elapsed_ns())
        {
            return Ok(());
        }
        if !timers_alive && arrival_ns.is_none() && self.only_servers_wait() {
            return Err(self.host.exceed(Budget::Wait));
        }
        let due_at = due.map(|due| clock.instant_of(due));
        let arrival_at = arrival_ns.map(Duration::from_nanos);
        let Some(wake) = due_at.into_iter().chain(arrival_at).min() else {
            return Err(self.host.exceed(Budget::Wait));
        };
        let limit = self.host.limits.virtual_time;
        if wake > limit {
            // Timers that do not count, such as a server's own, do not make it a busy program.
            let idle = !timers_alive && arrival_ns.is_none();
            let budget = if idle {
                Budget::Wait
            } else {
                Budget::VirtualTime(limit)
            };
            return Err(self.host.exceed(budget));
        }
        let from_ns = clock.elapsed_ns();
        match (arrival_ns, due) {
            (Some(at_ns), _) if arrival_at == Some(wake) => clock.sleep_until_arrival(at_ns),
            (_, Some(due)) => clock.sleep_until(due),
            _ => {}
        }
        let to_ns = clock.elapsed_ns();
        drop(clock);
        self.host.delays.borrow_mut().slept(from_ns, to_ns);
        self.host.record(Action::Slept, None);
        self.host.let_go();
        Ok(())
    }

    /// Whether nothing can happen but that servers look after connections, of which there are none.
    fn only_servers_wait(&self) -> bool {
        let has_connections = self.host.world.borrow().network.has_connections();
        !has_connections && self.host.timers.borrow().only_rounds_of_library()
    }

    /// Runs the callback of what has come.
    pub(crate) fn arrive(&self, arrival: Arrival) -> Step<'js> {
        match arrival {
            Arrival::Work(id) => {
                self.host.world.borrow_mut().release();
                self.host.record(Action::WorkDone(id), None);
                self.deliver("workDone", (id,))
            }
            Arrival::Done(id) => {
                self.host.world.borrow_mut().release();
                self.deliver("requestDone", (id,))
            }
            Arrival::Wake => {
                self.host.world.borrow_mut().waking = false;
                self.deliver_messages()
            }
            Arrival::Fault(fault) => {
                let now_ns = self.host.clock.borrow().elapsed_ns();
                self.host.world.borrow_mut().strike(*fault, now_ns);
                Ok(())
            }
            Arrival::Packet(packet) => {
                let mut told = self.on_network(|network, now_ns, arrivals| {
                    network.arrive(packet, now_ns, arrivals)
                });
                while let Some(news) = told {
                    let socket = news.socket;
                    self.tell(news)?;
                    told = self.on_network(|network, now_ns, arrivals| {
                        network.read_on(socket, now_ns, arrivals)
                    });
                }
                Ok(())
            }
        }
    }

    /// What the network has to tell at this instant.
    fn on_network(
        &self,
        ask: impl FnOnce(&mut Network, u64, &mut Arrivals) -> Option<Told>,
    ) -> Option<Told> {
        let now_ns = self.host.clock.borrow().elapsed_ns();
        let world = &mut *self.host.world.borrow_mut();
        ask(&mut world.network, now_ns, &mut world.arrivals)
    }

    /// Runs the callbacks of all messages that ports have, each with its own drain.
    fn deliver_messages(&self) -> Step<'js> {
        self.host.record(Action::Woken, None);
        self.call::<_, ()>(&self.hook("portsBegin")?, ())?;
        let next = self.hook("portsNext")?;
        loop {
            match self.call::<_, bool>(&next, ()) {
                Ok(true) => self.close_callback()?,
                Ok(false) => return Ok(()),
                Err(Break::Thrown(error)) => self.uncaught(error)?,
                Err(stopped) => return Err(stopped),
            }
        }
    }

    /// Runs the callback of a socket.
    fn tell(&self, told: Told) -> Step<'js> {
        let Told { socket, what } = told;
        let action = match &what {
            What::Connection(accepted) => Action::Connection(socket, *accepted),
            What::Connected(status) => Action::Connected(socket, *status),
            What::Read(data) => Action::Received(socket, data.len() as u32),
            What::ReadEnded(status) => Action::ReceivedEnd(socket, *status),
            What::Written(status) => Action::Written(socket, *status),
        };
        self.host.record(action, None);
        match what {
            What::Connection(accepted) => self.deliver("socketAccepted", (socket, accepted)),
            What::Connected(status) => self.deliver("socketConnected", (socket, status)),
            What::Read(data) => match ArrayBuffer::new_copy(self.ctx.clone(), data) {
                Ok(data) => self.read(socket, data),
                Err(_) => Err(self.host.exceed(Budget::Memory(self.host.limits.memory))),
            },
            What::ReadEnded(status) => self.deliver("socketReadEnded", (socket, status)),
            What::Written(status) => self.deliver("socketWritten", (socket, status)),
        }
    }

    /// Hands bytes to whoever reads a socket. Where that is a parser, Node ends a callback scope
    /// after each piece of a body.
    fn read(&self, socket: SocketId, data: ArrayBuffer<'js>) -> Step<'js> {
        let mut result = self.call::<_, bool>(&self.hook("socketRead")?, (socket, data));
        loop {
            match result {
                Ok(goes_on) => {
                    self.close_callback()?;
                    if !goes_on {
                        return Ok(());
                    }
                }
                Err(Break::Thrown(error)) => return self.uncaught(error),
                Err(stopped) => return Err(stopped),
            }
            result = self.call(&self.hook("socketContinues")?, (socket,));
        }
    }

    /// The main module is evaluated by a promise job, so that the jobs it makes run before its
    /// ticks do.
    fn run_module(&self, module: &Function<'js>) -> Step<'js> {
        match self.call::<_, ()>(module, ()) {
            Err(Break::Thrown(error)) => self.uncaught(error)?,
            other => other?,
        }
        self.run_microtasks()?;
        self.close_callback()
    }
}
