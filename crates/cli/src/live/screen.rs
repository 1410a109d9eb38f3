use std::io::{self, IsTerminal as _, Write as _};
use std::sync::{Mutex, Once};

use nix::libc::_POSIX_VDISABLE;
use nix::sys::termios::{
    LocalFlags, SetArg, SpecialCharacterIndices as Special, Termios, tcgetattr, tcsetattr,
};
use nix::unistd::{getpgrp, tcgetpgrp};

use super::text::Text;

/// The terminal as it was before it was held, if it is held now. One per process, as the terminal
/// is: a panic or a signal anywhere gives it back.
static HELD: Mutex<Option<Held>> = Mutex::new(None);

struct Held {
    /// How stdin was set, where keys are read from it.
    stdin: Option<Termios>,
}

/// Shows the cursor, lets long lines wrap again, ends an unfinished frame.
const GIVE_BACK: &str = "\x1b[?2026l\x1b[?7h\x1b[?25h";
/// Hides the cursor.
const HOLD: &str = "\x1b[?25l";

/// Gives the terminal back as it was found. Does nothing where it is not held; may be called from
/// a panic hook or right before the process ends.
pub(crate) fn restore() {
    // Whoever holds the lock is about to hold or give back the terminal itself.
    let held = HELD.try_lock().ok().and_then(|mut held| held.take());
    let Some(held) = held else { return };
    if let Some(before) = &held.stdin {
        // A terminal that is gone needs nothing.
        let _ = tcsetattr(io::stdin(), SetArg::TCSANOW, before);
    }
    let _ = io::stderr().write_all(GIVE_BACK.as_bytes());
}

/// Whether this process may write to the terminal and read from it: a job in the background may
/// not.
pub(crate) fn is_in_foreground() -> bool {
    tcgetpgrp(io::stderr()).map_or(true, |group| group == getpgrp())
}

/// Takes the terminal: no cursor and, where stdin is it, key by key and without echo. Signals of
/// the keyboard (Ctrl-C, Ctrl-Z) stay signals. Returns whether keys can be read.
pub(crate) fn hold() -> bool {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            restore();
            before(panic);
        }));
    });
    let stdin = if io::stdin().is_terminal() {
        key_by_key()
    } else {
        None
    };
    let has_keys = stdin.is_some();
    if let Ok(mut held) = HELD.lock() {
        *held = Some(Held { stdin });
    }
    let _ = io::stderr().write_all(HOLD.as_bytes());
    has_keys
}

/// Sets stdin so that a read gives what was typed so far and never waits; returns how it was.
fn key_by_key() -> Option<Termios> {
    let before = tcgetattr(io::stdin()).ok()?;
    let mut keys = before.clone();
    keys.local_flags
        .remove(LocalFlags::ICANON | LocalFlags::ECHO);
    keys.control_chars[Special::VMIN as usize] = 0;
    keys.control_chars[Special::VTIME as usize] = 0;
    // Ctrl-\ would end the process on the spot and leave the terminal like this.
    keys.control_chars[Special::VQUIT as usize] = _POSIX_VDISABLE;
    tcsetattr(io::stdin(), SetArg::TCSANOW, &keys).ok()?;
    Some(before)
}

/// The last frame, and how to get from it to the next.
#[derive(Debug, Default)]
pub(crate) struct Screen {
    colour: bool,
    drawn: Vec<Drawn>,
    columns: usize,
}

#[derive(Debug)]
struct Drawn {
    painted: String,
    width: usize,
}

impl Screen {
    /// Of a terminal that shows colours or is asked not to.
    pub(crate) fn new(colour: bool) -> Self {
        Self {
            colour,
            ..Self::default()
        }
    }

    /// What to write: `above` as lasting lines, the frame below them in place of the last one.
    /// The cursor rests below the frame. Lines that are as before are not written again.
    pub(crate) fn next(&mut self, above: &[Text], frame: &[Text], columns: usize) -> String {
        let columns = columns.max(1);
        let lines: Vec<Drawn> = frame
            .iter()
            .map(|text| Drawn {
                painted: text.paint(self.colour),
                width: text.width(),
            })
            .collect();
        // Synchronised: the terminal shows all of it at once, or none of it.
        let mut out = String::from("\x1b[?2026h");
        // A terminal that became narrower has wrapped what was drawn.
        let rows: usize = self
            .drawn
            .iter()
            .map(|line| line.width.div_ceil(columns).max(1))
            .sum();
        if rows > 0 {
            out.push_str(&format!("\x1b[{rows}A\r"));
        }
        let afresh = !above.is_empty() || columns != self.columns;
        if afresh {
            out.push_str("\x1b[J");
        }
        for text in above {
            out.push_str(&text.paint(self.colour));
            out.push_str("\r\n");
        }
        // The frame is cut to the terminal; what takes more columns there than is known here
        // must not push the rest down.
        out.push_str("\x1b[?7l");
        for (index, line) in lines.iter().enumerate() {
            let before = self.drawn.get(index).filter(|_| !afresh);
            if before.is_none_or(|before| before.painted != line.painted) {
                // First, not last: after a line of full width the cursor stands on its end.
                out.push_str("\x1b[K");
                out.push_str(&line.painted);
            }
            out.push_str("\r\n");
        }
        out.push_str("\x1b[?7h\x1b[J\x1b[?2026l");
        self.drawn = lines;
        self.columns = columns;
        out
    }

    /// Leaves what is drawn where it is: the next frame comes below.
    pub(crate) fn forget(&mut self) {
        self.drawn.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a terminal shows after these writes. Knows the few sequences that `next` uses; wide
    /// enough for every line.
    fn shown(writes: &[String]) -> Vec<String> {
        let mut lines: Vec<String> = vec![String::new()];
        let (mut row, mut column) = (0, 0);
        for write in writes {
            let mut rest = write.as_str();
            while let Some(c) = rest.chars().next() {
                rest = &rest[c.len_utf8()..];
                match c {
                    '\r' => column = 0,
                    '\n' => {
                        row += 1;
                        lines.resize(lines.len().max(row + 1), String::new());
                    }
                    '\x1b' => {
                        let end = rest
                            .find(|c: char| c.is_ascii_alphabetic())
                            .expect("its end");
                        let (sequence, after) = rest.split_at(end + 1);
                        rest = after;
                        match sequence {
                            "[K" => lines[row].truncate(column),
                            "[J" => {
                                lines[row].truncate(column);
                                lines.truncate(row + 1);
                            }
                            "[?2026h" | "[?2026l" | "[?7l" | "[?7h" => {}
                            up => {
                                let rows = up.trim_start_matches('[').trim_end_matches('A');
                                row -= rows.parse::<usize>().expect(up);
                            }
                        }
                    }
                    c => {
                        let until = (column + 1).min(lines[row].len());
                        lines[row].replace_range(column..until, &c.to_string());
                        column += 1;
                    }
                }
            }
        }
        lines
    }

    fn lines(texts: &[&str]) -> Vec<Text> {
        texts.iter().map(|text| Text::plain(text)).collect()
    }

    #[test]
    fn a_frame_takes_the_place_of_the_last_one() {
        let mut screen = Screen::new(false);
        let mut writes = vec![screen.next(&[], &lines(&["one", "two", "three"]), 80)];
        assert_eq!(shown(&writes), ["one", "two", "three", ""]);
        writes.push(screen.next(&[], &lines(&["one", "2"]), 80));
        assert_eq!(shown(&writes), ["one", "2", ""]);
        assert!(
            !writes[1].contains("one"),
            "what is as before is not written"
        );
        writes.push(screen.next(&lines(&["lasting"]), &lines(&["one", "2"]), 80));
        assert_eq!(shown(&writes), ["lasting", "one", "2", ""]);
        writes.push(screen.next(&[], &[], 80));
        assert_eq!(shown(&writes), ["lasting", ""]);
        screen.forget();
        writes.push(screen.next(&[], &lines(&["anew"]), 80));
        assert_eq!(shown(&writes), ["lasting", "anew", ""]);
    }

    #[test]
    fn a_frame_that_a_narrower_terminal_has_wrapped_is_taken_back_whole() {
        let mut screen = Screen::new(false);
        screen.next(&[], &lines(&["0123456789", "01234"]), 10);
        let narrower = screen.next(&[], &lines(&["01234", "01234"]), 6);
        assert!(narrower.contains("\x1b[3A\r\x1b[J"), "{narrower:?}");
    }
}
