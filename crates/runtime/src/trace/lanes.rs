//! The rows of a waterfall: what waits lies along its row from where it begins to where it ends.

use std::time::Duration;

use super::{Action, TraceEvent};

/// Rows at most.
const MOST_LANES: usize = 120;

/// One row of the waterfall.
pub(super) struct Lane {
    pub(super) label: String,
    pub(super) bars: Vec<Bar>,
    pub(super) marks: Vec<Mark>,
    group: Group,
}

/// Something that lasts: a timer from when it is set to when it fires, a sleep.
pub(super) struct Bar {
    pub(super) class: &'static str,
    pub(super) from: Duration,
    pub(super) to: Duration,
    pub(super) title: String,
}

/// Something that happens.
pub(super) struct Mark {
    pub(super) class: &'static str,
    pub(super) at: Duration,
    pub(super) title: String,
}

/// What rows are of, in the order in which they lie below each other.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    Loop,
    Requests,
    Callbacks,
    ThreadPool,
    Connections,
    /// Timers of Node's library: all in one row, since they say little.
    Own,
}

/// What waits, each sort with numbers of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Handle {
    Timer(u32),
    Immediate(u32),
    Work(u32),
    Socket(u32),
    Request(u32),
}

/// What an event does to something that waits.
enum Turn {
    /// It begins, in a row of this group with this label.
    Begins(Group, String),
    /// Something happens to it.
    Goes,
    /// It ends: this is the class of its bar and that of its end.
    Ends(&'static str, &'static str),
    /// It has run, and waits on if it is an interval.
    Runs,
}

impl Handle {
    fn turn(event: &TraceEvent) -> Option<(Self, Turn)> {
        let place = || event.place.clone();
        let begins = |group, label: &str| Turn::Begins(group, place().unwrap_or(label.to_owned()));
        let callback = |handle, what: &str| match place() {
            Some(place) => (handle, Turn::Begins(Group::Callbacks, place)),
            None => (
                handle,
                Turn::Begins(Group::Own, format!("{what} of Node's own")),
            ),
        };
        Some(match event.action {
            Action::TimerSet(id, _) => callback(Self::Timer(id), "timers"),
            Action::TimerFired(id) => (Self::Timer(id), Turn::Runs),
            Action::TimerCleared(id) => (Self::Timer(id), Turn::Ends("cleared", "cleared")),
            Action::ImmediateSet(id) => callback(Self::Immediate(id), "immediates"),
            Action::ImmediateRan(id) => (Self::Immediate(id), Turn::Ends("waits", "runs")),
            Action::ImmediateCleared(id) => (Self::Immediate(id), Turn::Ends("cleared", "cleared")),
            Action::WorkQueued(id, kind) => {
                let label = format!("{}s of Node's own", kind.name());
                (Self::Work(id), begins(Group::ThreadPool, &label))
            }
            Action::WorkDone(id) => (Self::Work(id), Turn::Ends("waits", "runs")),
            Action::Connection(_, id) => (
                Self::Socket(id),
                begins(Group::Connections, "connections taken"),
            ),
            Action::Connected(id, 0) => (
                Self::Socket(id),
                begins(Group::Connections, "connections made"),
            ),
            Action::Received(id, _) | Action::ReceivedEnd(id, _) | Action::Written(id, _) => {
                (Self::Socket(id), Turn::Goes)
            }
            Action::Closed(id) => (Self::Socket(id), Turn::Ends("waits", "runs")),
            Action::RequestBegan(id) => (Self::Request(id), begins(Group::Requests, "requests")),
            Action::RequestEnded(id, 0) => (Self::Request(id), Turn::Ends("request", "failed")),
            Action::RequestEnded(id, _) => (Self::Request(id), Turn::Ends("request", "runs")),
            _ => return None,
        })
    }
}

/// A handle that waits.
struct Waiting {
    handle: Handle,
    lane: usize,
    since: Duration,
    what: String,
}

/// The rows of a run.
pub(super) fn lanes(events: &[TraceEvent]) -> Vec<Lane> {
    let mut board = Board::new();
    for event in events {
        board.take(event);
    }
    board.finish()
}

struct Board {
    lanes: Vec<Lane>,
    waiting: Vec<Waiting>,
    /// When the last event was.
    last: Duration,
}

const LOOP: usize = 0;
const CHANCE: usize = 1;
const JOBS: usize = 2;
const OUTPUT: usize = 3;

impl Board {
    fn new() -> Self {
        let first = ["loop", "chance", "ticks, promise jobs", "output"];
        Self {
            lanes: first.map(|label| Lane::new(label, Group::Loop)).into(),
            waiting: Vec::new(),
            last: Duration::ZERO,
        }
    }

    fn take(&mut self, event: &TraceEvent) {
        let title = event.to_string().trim().to_owned();
        if let Some((handle, turn)) = Handle::turn(event) {
            self.turn(handle, turn, event, title);
        } else {
            self.mark(event, title);
        }
        self.last = event.at;
    }

    fn turn(&mut self, handle: Handle, turn: Turn, event: &TraceEvent, title: String) {
        let position = self.waiting.iter().position(|one| one.handle == handle);
        let (class, end) = match turn {
            Turn::Begins(group, label) => {
                if let Some(index) = position {
                    self.waiting.remove(index); // it is set anew
                }
                if let Some(lane) = self.lane(group, &label) {
                    self.waiting.push(Waiting {
                        handle,
                        lane,
                        since: event.at,
                        what: event.action.to_string(),
                    });
                }
                return;
            }
            Turn::Goes => {
                let lane = position.map_or(LOOP, |index| self.waiting[index].lane);
                self.lanes[lane].mark("loop", event.at, title);
                return;
            }
            Turn::Ends(class, end) => (class, end),
            Turn::Runs => ("waits", "runs"),
        };
        let Some(index) = position else {
            return;
        };
        let waiting = &mut self.waiting[index];
        let lane = &mut self.lanes[waiting.lane];
        let own = lane.group == Group::Own;
        lane.bars.push(Bar {
            class: if own { "own" } else { class },
            from: waiting.since,
            to: event.at,
            title: format!("{}, {title}", waiting.what),
        });
        lane.mark(if own { "loop" } else { end }, event.at, title);
        // An interval waits again.
        waiting.since = event.at;
        if !matches!(turn, Turn::Runs) {
            self.waiting.remove(index);
        }
    }

    /// A row with this label in which nothing waits, if there is room for one.
    fn lane(&mut self, group: Group, label: &str) -> Option<usize> {
        let free = self.lanes.iter().enumerate().position(|(index, lane)| {
            let is_taken = || self.waiting.iter().any(|waiting| waiting.lane == index);
            lane.group == group && lane.label == label && (group == Group::Own || !is_taken())
        });
        if free.is_none() && self.lanes.len() >= MOST_LANES {
            return None;
        }
        Some(free.unwrap_or_else(|| {
            self.lanes.push(Lane::new(label, group));
            self.lanes.len() - 1
        }))
    }

    fn mark(&mut self, event: &TraceEvent, title: String) {
        let (lane, class) = match event.action {
            Action::Slept => {
                self.lanes[LOOP].bars.push(Bar {
                    class: "slept",
                    from: self.last,
                    to: event.at,
                    title,
                });
                return;
            }
            Action::Chose(choice) => {
                let takes = Duration::from_nanos(choice.point.time_ns(choice.value));
                self.lanes[CHANCE].bars.push(Bar {
                    class: "chance",
                    from: event.at,
                    to: event.at + takes,
                    title: title.clone(),
                });
                (CHANCE, "chance")
            }
            Action::Tick | Action::Microtasks(_) => (JOBS, "job"),
            Action::Wrote(..) => (OUTPUT, "output"),
            Action::Found(_) | Action::Uncaught => (LOOP, "found"),
            _ => (LOOP, "loop"),
        };
        self.lanes[lane].mark(class, event.at, title);
    }

    /// What still waits lies along its row to the end.
    fn finish(mut self) -> Vec<Lane> {
        for waiting in self.waiting {
            self.lanes[waiting.lane].bars.push(Bar {
                class: "open",
                from: waiting.since,
                to: self.last,
                title: format!("{}, and nothing came of it in this run", waiting.what),
            });
        }
        self.lanes.sort_by_key(|lane| lane.group);
        self.lanes
    }
}

impl Lane {
    fn new(label: &str, group: Group) -> Self {
        Self {
            label: label.to_owned(),
            bars: Vec::new(),
            marks: Vec::new(),
            group,
        }
    }

    fn mark(&mut self, class: &'static str, at: Duration, title: String) {
        self.marks.push(Mark { class, at, title });
    }
}
