use std::io;

use nix::sys::signal::{Signal, raise};
use nix::unistd::read;

use crate::control::Steering;

/// One step of `+` or `-`, as a share of what the plan says.
const STEP: f64 = 0.1;

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Pause,
    More,
    Less,
    Stop,
    Quit,
}

impl Key {
    const fn of(byte: u8) -> Option<Self> {
        match byte {
            b'p' | b'P' => Some(Self::Pause),
            // Without shift, too.
            b'+' | b'=' => Some(Self::More),
            b'-' | b'_' => Some(Self::Less),
            b's' | b'S' => Some(Self::Stop),
            b'q' | b'Q' => Some(Self::Quit),
            _ => None,
        }
    }
}

/// Does what the keys ask for that were pressed since the last call. Stdin is a terminal that was
/// set to give what there is and never to wait.
pub(super) fn obey(steering: &Steering) {
    let mut typed = [0; 64];
    // A terminal that is gone has no keys.
    if let Ok(count) = read(io::stdin(), &mut typed) {
        act(&typed[..count], steering);
    }
}

/// Does what was typed. Arrows and other keys that send a sequence mean nothing.
fn act(typed: &[u8], steering: &Steering) {
    if typed.first() == Some(&0x1b) {
        return;
    }
    for key in typed.iter().filter_map(|byte| Key::of(*byte)) {
        match key {
            Key::Pause => steering.pause_or_resume(),
            Key::More => steering.step(STEP),
            Key::Less => steering.step(-STEP),
            Key::Stop => steering.stop(),
            Key::Quit => {
                // The same way as Ctrl-C, a second time included. It cannot fail: the signal is
                // this process's own.
                let _ = raise(Signal::SIGINT);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_change_the_load_and_arrows_do_not() {
        let steering = Steering::for_tests(true, 10);
        act(b"++=", &steering);
        assert_eq!(steering.wanted().rate_scale, 1.3);
        assert_eq!(steering.wanted().vus_scale, 1.3);
        act(b"-_x", &steering);
        assert_eq!(steering.wanted().rate_scale, 1.1);
        act(b"p", &steering);
        assert!(steering.wanted().paused);
        act(b"p", &steering);
        assert!(!steering.wanted().paused);
        act(b"\x1b[s", &steering);
        assert!(!steering.wanted().stopped);
        act(b"s", &steering);
        assert!(steering.wanted().stopped);
    }

    #[test]
    fn only_what_the_plan_has_is_changed() {
        let closed = Steering::for_tests(false, 10);
        act(b"+", &closed);
        assert_eq!(
            (closed.wanted().rate_scale, closed.wanted().vus_scale),
            (1.0, 1.1)
        );
        let open = Steering::for_tests(true, 0);
        act(b"-", &open);
        assert_eq!(
            (open.wanted().rate_scale, open.wanted().vus_scale),
            (0.9, 1.0)
        );
        act(&[b'-'; 20], &open);
        assert_eq!(
            open.wanted().rate_scale,
            0.1,
            "a load that stands still is paused"
        );
    }
}
