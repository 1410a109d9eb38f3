use std::time::Duration;

use rtest_core::RunTime;
use rtest_core::traffic::LinkTick;

use super::scene::{Scene, shown};
use super::{Finding, NO_ATTEMPTS};

/// How closely it is known when a breaker opened.
const STEP: Duration = LinkTick::LENGTH;

/// For how long attempts must stay away for a breaker to be open, at least.
const AWAY: Duration = Duration::from_secs(1);

/// Of the attempts that there would be, so many may be left while it is open: it looks now and
/// then.
const LEFT: f64 = 0.2;

/// For how long attempts must be back for it to be closed, at least.
const BACK: Duration = Duration::from_millis(500);

/// Of the attempts that there would be, so many must be back.
const CLOSED: f64 = 0.5;

/// Attempts a second below which their absence says nothing.
const ENOUGH: f64 = 5.0;

/// So many attempts must be missing, or be back, for it to be no chance: where there are fewer a
/// second, it takes longer to tell.
const MISSED: f64 = 20.0;
const RETURNED: f64 = 5.0;

/// Whether callers all but stopped trying, and tried as before when it helped again.
pub(super) fn judge(
    scene: &Scene<'_>,
    opens_within: Duration,
    closes_within: Option<Duration>,
) -> Finding {
    let usual = match Usual::of(scene) {
        Ok(usual) => usual,
        Err(finding) => return finding,
    };
    let opened = match opening(scene, &usual, opens_within) {
        Ok(opened) => opened,
        Err(finding) => return finding,
    };
    let after = opened.since(scene.from);
    let began = |from, to| scene.traffic(from, to).began;
    let found = opened_for_good(scene, &usual, opened, after <= opens_within).with(format!(
        "{:.1} attempts a second before the fault, {} until it opened, {} after that",
        usual.rate,
        began(scene.from, opened),
        began(opened, scene.to)
    ));
    match closes_within {
        None => found,
        Some(within) => closed(scene, &usual, within, found),
    }
}

/// When callers all but stopped trying; nothing where they did not, or are too few to be missed.
pub(super) fn opened(scene: &Scene<'_>) -> Option<RunTime> {
    let usual = Usual::of(scene).ok()?;
    opening(scene, &usual, Duration::ZERO).ok()
}

/// The attempts that callers make where nothing is broken.
struct Usual {
    /// A second, before the fault.
    rate: f64,
    /// For each request of the load; nothing where there is no load.
    per_request: Option<f64>,
}

impl Usual {
    fn of(scene: &Scene<'_>) -> Result<Self, Finding> {
        if !scene.shows_attempts() {
            return Err(Finding::too_little(NO_ATTEMPTS));
        }
        let before = scene.before();
        let calm = scene.from.since(before).as_secs_f64();
        if calm <= 0.0 {
            return Err(Finding::too_little(scene.nothing_before()));
        }
        let rate = scene.traffic(before, scene.from).began as f64 / calm;
        if rate < ENOUGH {
            return Err(Finding::too_little(format!(
                "{rate:.1} attempts a second before the fault: too few to miss them"
            )));
        }
        let per_request = scene.calls_per_request();
        Ok(Self { rate, per_request })
    }

    /// As many attempts as the load of that time makes.
    fn expected(&self, scene: &Scene<'_>, from: RunTime, to: RunTime) -> f64 {
        match self.per_request {
            Some(calls) => calls * scene.requests(from, to),
            None => self.rate * to.since(from).as_secs_f64(),
        }
    }

    /// How long it takes until there would be so many attempts.
    fn time_for(&self, attempts: f64, at_least: Duration) -> Duration {
        let steps = (attempts / self.rate / STEP.as_secs_f64()).ceil();
        at_least.max(STEP * steps.min(f64::from(u16::MAX)) as u32)
    }
}

/// When attempts began to stay away, or what is to be said where they did not.
fn opening(scene: &Scene<'_>, usual: &Usual, within: Duration) -> Result<RunTime, Finding> {
    if scene.ticks().all(|tick| tick.began == 0) {
        let words = "no attempt was made under the fault: nothing could open it";
        return Err(Finding::judged(false, words));
    }
    let ending = scene.ending_scenario(scene.to);
    let until = ending.map_or(scene.to, |(end, _)| end);
    let length = usual.time_for(MISSED, AWAY);
    let absence = Absence::new(scene, usual);
    if let Some(opened) = absence.first(until, length) {
        return Ok(opened);
    }
    let lasted = shown(scene.to.since(scene.from));
    if let Some((_, name)) = ending {
        let words = format!("not open until `{name}` ended under the fault");
        return Err(Finding::too_little(words));
    }
    if scene.to.since(scene.from) < within {
        return Err(Finding::too_little(format!(
            "not open in the {lasted} of the fault, and it has {}",
            shown(within)
        )));
    }
    if !absence.could_be_told(until, length) {
        let words = "too few requests ended under the fault to miss their attempts";
        return Err(Finding::too_little(words));
    }
    if scene.from + within + length > scene.to && absence.is_calm(scene.from + within, scene.to) {
        return Err(Finding::too_little(format!(
            "attempts may have stayed away at the end, but the fault lasted only {lasted}"
        )));
    }
    let in_all = scene.traffic(scene.from, scene.to).began as f64;
    let rate = usual.rate;
    Err(if absence.is_seen_but_for_others(until, length) {
        let words = "it never opened: attempts stayed away while others were under way, and \
                     callers that wait make none";
        Finding::judged(false, words)
    } else {
        let a_second = in_all / scene.to.since(scene.from).as_secs_f64();
        Finding::judged(
            false,
            format!(
                "it never opened: {a_second:.1} attempts a second to the end, {rate:.1} before \
                 the fault"
            ),
        )
    })
}

/// Stretches of the fault in which callers do not try.
struct Absence<'s, 'a> {
    scene: &'s Scene<'a>,
    usual: &'s Usual,
    under_way: Vec<(RunTime, u64)>,
    /// What was under way all the time before, such as a stream, is so for another reason.
    lasting: u64,
}

impl<'s, 'a> Absence<'s, 'a> {
    fn new(scene: &'s Scene<'a>, usual: &'s Usual) -> Self {
        let lasting = scene.under_way(RunTime::ZERO, scene.before(), scene.from);
        Self {
            scene,
            usual,
            under_way: scene.under_way_over_time(),
            lasting,
        }
    }

    /// Attempts are as few as with an open breaker.
    fn is_calm(&self, from: RunTime, to: RunTime) -> bool {
        let left = self.scene.traffic(from, to).began as f64;
        left <= LEFT * self.usual.expected(self.scene, from, to)
    }

    /// There would be enough of them to be missed.
    fn tells(&self, from: RunTime, to: RunTime) -> bool {
        let expected = self.usual.expected(self.scene, from, to);
        let time = to.since(from).as_secs_f64();
        // Where the load ends fewer requests than before, because most of them hang, it tells less.
        expected >= MISSED / 2.0 && expected >= LEFT * self.usual.rate * time
    }

    /// Nothing is under way at some time of its second half: callers do not try, rather than wait.
    fn is_idle(&self, from: RunTime, to: RunTime) -> bool {
        let middle = from + to.since(from) / 2;
        let first = self.under_way.partition_point(|(at, _)| *at <= middle);
        let end = self.under_way.partition_point(|(at, _)| *at <= to);
        let within = &self.under_way[first.saturating_sub(1)..end];
        within.iter().any(|(_, count)| *count <= self.lasting)
    }

    fn stretches(
        &self,
        until: RunTime,
        length: Duration,
    ) -> impl Iterator<Item = (RunTime, RunTime)> {
        let all = steps(self.scene.from, until, length);
        all.filter(|(from, to)| self.tells(*from, *to) && self.is_calm(*from, *to))
    }

    /// When the first began.
    fn first(&self, until: RunTime, length: Duration) -> Option<RunTime> {
        let mut stretches = self.stretches(until, length);
        let (from, _) = stretches.find(|(from, to)| self.is_idle(*from, *to))?;
        let from = self.since(from, length);
        // A stretch that is empty enough as a whole may begin with steps that are not.
        let is_full = |at: &RunTime| {
            let count = self.scene.traffic(*at, *at + STEP).began as f64;
            count > 1.0 && count > LEFT * self.usual.expected(self.scene, *at, *at + STEP)
        };
        let mut starts = (0..).map(|step| from + STEP * step);
        starts.find(|at| !is_full(at))
    }

    /// From when on attempts stayed away until then. Those that were under way may take long to end;
    /// but before the first has failed nothing opens a breaker.
    fn since(&self, from: RunTime, length: Duration) -> RunTime {
        let failed = self.scene.ticks().find(|tick| tick.ends.failed() > 0);
        let Some(failed) = failed else { return from };
        let mut since = from;
        while since.since(failed.from) >= STEP {
            let earlier = RunTime::ZERO + since.since(RunTime::ZERO + STEP);
            if earlier < self.scene.from || !self.is_calm(earlier, earlier + length) {
                break;
            }
            since = earlier;
        }
        since
    }

    /// There is a stretch in which attempts would be missed.
    fn could_be_told(&self, until: RunTime, length: Duration) -> bool {
        steps(self.scene.from, until, length).any(|(from, to)| self.tells(from, to))
    }

    /// Attempts stay away, but those that are under way may be why.
    fn is_seen_but_for_others(&self, until: RunTime, length: Duration) -> bool {
        self.stretches(until, length).next().is_some()
    }
}

/// Attempts must stay away to the end of the fault, but for those that look whether it helps again.
fn opened_for_good(scene: &Scene<'_>, usual: &Usual, opened: RunTime, in_time: bool) -> Finding {
    let words = format!("opened after {}", shown(opened.since(scene.from)));
    let left = scene.traffic(opened, scene.to).began as f64;
    let expected = usual.expected(scene, opened, scene.to);
    if left <= LEFT * expected {
        return Finding::judged(in_time, words);
    }
    let again = back(scene, usual, opened, scene.to);
    Finding::judged(
        false,
        match again {
            Some(at) => format!(
                "{words}, and closed again after {} under the fault",
                shown(at.since(scene.from))
            ),
            None => format!(
                "{words}, and {:.0} % of the attempts were made after that",
                100.0 * left / expected
            ),
        },
    )
}

/// When attempts were back between two instants.
fn back(scene: &Scene<'_>, usual: &Usual, from: RunTime, to: RunTime) -> Option<RunTime> {
    let length = usual.time_for(RETURNED, BACK);
    let is_back = |from: RunTime, to: RunTime| {
        let back = scene.traffic(from, to).began as f64;
        // Of a load that ends next to nothing it is not known.
        let least = LEFT * usual.rate * to.since(from).as_secs_f64();
        let expected = usual.expected(scene, from, to);
        back > 0.0 && back >= CLOSED * expected.max(least)
    };
    let first = Duration::max(STEP, length / 5);
    let mut steps = steps(from, to, length);
    let found = steps.find(|(from, to)| is_back(*from, *to) && is_back(*from, *from + first));
    found.map(|(at, _)| at)
}

fn closed(scene: &Scene<'_>, usual: &Usual, within: Duration, opened: Finding) -> Finding {
    let seen_for = scene.after().since(scene.to);
    let (met, words) = match back(scene, usual, scene.to, scene.after()) {
        Some(at) => {
            let after = at.since(scene.to);
            let words = format!("closed {} after the fault", shown(after));
            (Some(after <= within), words)
        }
        None if seen_for < within => {
            let words = format!("and not closed in the {} seen", shown(seen_for));
            (None, words)
        }
        None => match scene.ending_scenario(scene.to + within) {
            Some((_, name)) => (None, format!("and not closed until `{name}` ended")),
            None => (Some(false), "and never closed again".to_owned()),
        },
    };
    let observed = format!("{}, {words}", opened.observed);
    let finding = match met {
        // It has failed before it was closed.
        _ if opened.status.is_trouble() => return Finding { observed, ..opened },
        Some(met) => Finding::judged(met, observed),
        None => Finding::too_little(observed),
    };
    Finding {
        evidence: opened.evidence,
        ..finding
    }
}

/// Stretches of a length, one step apart, between two instants.
fn steps(from: RunTime, to: RunTime, length: Duration) -> impl Iterator<Item = (RunTime, RunTime)> {
    (0..)
        .map(move |step| from + STEP * step)
        .map(move |start| (start, start + length))
        .take_while(move |(_, end)| *end <= to)
}
