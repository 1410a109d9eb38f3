use super::row::{HEADER, Section};
use super::{Scene, Text};
use crate::live::board::{Board, Extent, LoadBoard};
use crate::live::number::{clock, count};
use crate::live::text::Ink;

/// What moves where nothing else does; one frame each 125 ms.
const SPINNER: [&str; 8] = ["⠋", "⠙", "⠸", "⠴", "⠦", "⠧", "⠇", "⠏"];

/// What is done while no load runs.
pub(super) fn of_waiting(board: &Board, scene: Scene) -> Section {
    let frame = scene.now.as_nanos() / 125_000_000 % SPINNER.len() as u64;
    let doing = match board.stage {
        Some(stage) => stage.name(),
        None if board.activity.is_empty() => "starting",
        None => &board.activity,
    };
    let line = Text::default()
        .with(Ink::Accent, SPINNER[frame as usize])
        .with(Ink::Plain, &format!(" {doing}"))
        .with(
            Ink::Faint,
            &format!("  {}", clock(scene.now.since(Default::default()))),
        );
    Section::new(HEADER, vec![line])
}

/// The suite's name, how far the load is, and that as a bar.
pub(super) fn of_load(board: &Board, load: &LoadBoard, scene: Scene) -> Section {
    let elapsed = load.elapsed(scene.now);
    let far = match load.extent {
        Extent::Time(length) => format!("{} of {}", clock(elapsed), clock(length)),
        Extent::Iterations(all) => format!(
            "{}  {} of {}",
            clock(elapsed),
            count(load.totals.counts.completed),
            count(all)
        ),
    };
    let share = load.share(scene.now);
    let is_past = load.extent.length().is_some_and(|length| elapsed > length);
    let (ink, state) = match scene.wanted {
        wanted if wanted.stopped => (Ink::Doubtful, "stopping"),
        wanted if wanted.paused => (Ink::Doubtful, "paused"),
        _ if is_past || share >= 1.0 => (Ink::Accent, "ending"),
        _ if load.gates.some_fail() => (Ink::Bad, "running"),
        _ => (Ink::Accent, "running"),
    };
    let left = Text::default()
        .with(Ink::Strong, &board.name)
        .cut(scene.columns / 3)
        .with(ink, &format!("  {state}  "));
    let right = Text::plain(&format!("  {far}"));
    let room = scene.columns.saturating_sub(left.width() + right.width());
    Section::new(HEADER, vec![left.and(bar(share, room, ink)).and(right)])
}

/// `━━━━━╸────`
fn bar(share: f64, columns: usize, ink: Ink) -> Text {
    if columns < 4 {
        return Text::default();
    }
    let halves = (share * columns as f64 * 2.0).floor() as usize;
    let done = (halves / 2).min(columns);
    let tip = usize::from(halves % 2 == 1 && done < columns);
    Text::default()
        .with(ink, &"━".repeat(done))
        .with(ink, &"╸".repeat(tip))
        .with(Ink::Faint, &"─".repeat(columns - done - tip))
}
