use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rtest_core::event::Event;
use rtest_core::plan::Plan;
use rtest_core::{Clock, Secrets};
use rtest_metrics::RunRecord;
use rtest_run::Observer;

use super::board::Board;
use super::mode::Mode;
use super::news;
use super::painter::Live;
use super::plain::Plain;
use super::text::{Ink, Text};
use crate::control::{Published, Steering};
use crate::output;

/// Looks on while a run goes, and tells those who want to know: a person, the control API.
#[derive(Debug)]
pub(crate) struct Lookout {
    shared: Arc<Shared>,
    voice: Voice,
    plain: Plain,
    secrets: Secrets,
    published: Option<Arc<Published>>,
}

/// What the lookout folds, and a view or the control API reads.
#[derive(Debug)]
pub(crate) struct Shared {
    board: Mutex<Board>,
    /// Lines that wait to be written above the view.
    lasting: Mutex<Vec<Text>>,
}

impl Shared {
    /// The board as it is now. Held for as long as folding one event or making one frame takes.
    pub(crate) fn board(&self) -> MutexGuard<'_, Board> {
        // A panic leaves a board that is behind by an event at most.
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn take_lasting(&self) -> Vec<Text> {
        let mut lasting = self.lasting.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *lasting)
    }

    pub(super) fn has_load(&self) -> bool {
        self.board().load.is_some()
    }
}

/// Says lasting lines: above the view, where there is one.
#[derive(Clone, Debug)]
pub(crate) struct Voice {
    mode: Mode,
    shared: Arc<Shared>,
}

impl Voice {
    /// Says a line that a person must see, also one who wants to see no progress.
    pub(crate) fn call(&self, text: &str) {
        match self.mode {
            Mode::Live => self.say(Text::plain(text)),
            Mode::Plain | Mode::Silent => output::say(text),
        }
    }

    /// Says a line of progress.
    pub(crate) fn news(&self, text: &str) {
        self.say(Text::plain(text));
    }

    fn say(&self, text: Text) {
        match self.mode {
            Mode::Live => {
                let lasting = self.shared.lasting.lock();
                lasting.unwrap_or_else(PoisonError::into_inner).push(text);
            }
            Mode::Plain => output::say(text.paint(false).trim_end()),
            Mode::Silent => {}
        }
    }
}

impl Lookout {
    /// For a run of this plan; says what will be run.
    pub(crate) fn new(mode: Mode, plan: &Plan, published: Option<Arc<Published>>) -> Self {
        let shared = Arc::new(Shared {
            board: Mutex::new(Board::of(plan)),
            lasting: Mutex::default(),
        });
        let lookout = Self {
            voice: Voice {
                mode,
                shared: Arc::clone(&shared),
            },
            shared,
            plain: Plain::default(),
            secrets: plan.secrets.clone(),
            published,
        };
        let stages: Vec<&str> = plan.stages.iter().map(|stage| stage.name()).collect();
        let first = Text::default()
            .with(Ink::Strong, &format!("rtest: {}", plan.name))
            .with(
                Ink::Plain,
                &format!("  seed {}  {}", plan.seed, stages.join(", ")),
            );
        lookout.say(first);
        lookout
    }

    /// The view of it, where it is shown on a terminal; must be called inside a runtime.
    pub(crate) fn live(&self, steering: Steering, clock: Arc<dyn Clock>) -> Option<Live> {
        (self.voice.mode == Mode::Live)
            .then(|| Live::start(Arc::clone(&self.shared), steering, clock))
    }

    /// For others who have something to say.
    pub(crate) fn voice(&self) -> Voice {
        self.voice.clone()
    }

    /// What it folds.
    pub(crate) fn shared(&self) -> Arc<Shared> {
        Arc::clone(&self.shared)
    }

    fn say(&self, text: Text) {
        self.voice.say(text.redacted(&self.secrets));
    }
}

impl Observer for Lookout {
    fn observe(&mut self, event: &Event, record: &RunRecord) {
        let mut board = self.shared.board();
        board.apply(event, record);
        let news = news::line(event, &board.words);
        let about_the_load = match self.voice.mode {
            Mode::Plain => self.plain.line(event, &board),
            Mode::Live | Mode::Silent => None,
        };
        drop(board);
        for line in news.into_iter().chain(about_the_load) {
            self.say(line);
        }
        if let Some(published) = &self.published {
            published.look(event.at, record);
        }
    }
}
