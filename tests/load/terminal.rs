//! The view on a real terminal: `script` gives one, and copies what is typed to it.

use std::io::{Read as _, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc;

use crate::server::{OK, Server};

/// A shell command on a terminal of its own. It ends with the terminal, where a test fails before.
struct Terminal {
    script: Child,
    keys: ChildStdin,
    shown: mpsc::Receiver<Vec<u8>>,
    so_far: String,
}

impl Terminal {
    fn running(command: &str) -> Self {
        let mut script = Command::new("script")
            .args(["-q", "-e", "-c", command, "/dev/null"])
            .env_remove("CI")
            .env_remove("NO_COLOR")
            .env("SHELL", "/bin/sh")
            .env("TERM", "xterm-256color")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("`script` is part of every Debian");
        let keys = script.stdin.take().expect("piped");
        let mut output = script.stdout.take().expect("piped");
        let (send, shown) = mpsc::channel();
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = output.read(&mut bytes) {
                if send.send(bytes[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self {
            script,
            keys,
            shown,
            so_far: String::new(),
        }
    }

    /// Waits until these words are shown.
    #[track_caller]
    fn shows(&mut self, words: &str) -> &mut Self {
        while !self.so_far.contains(words) {
            let Ok(more) = self.shown.recv() else {
                panic!("`{words}` was never shown in\n{}", self.so_far);
            };
            self.so_far.push_str(&String::from_utf8_lossy(&more));
        }
        self
    }

    fn types(&mut self, keys: &str) -> &mut Self {
        self.keys.write_all(keys.as_bytes()).expect("typed");
        self
    }

    /// The exit code, and everything that was shown.
    fn ends(mut self) -> (i32, String) {
        let status = self.script.wait().expect("it ends");
        for more in self.shown.iter() {
            self.so_far.push_str(&String::from_utf8_lossy(&more));
        }
        (
            status.code().unwrap_or(-1),
            std::mem::take(&mut self.so_far),
        )
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.script.kill();
        let _ = self.script.wait();
    }
}

/// A load of ten minutes, then how the terminal is set. The shell itself outlives a Ctrl-C.
fn load(server: &Server) -> String {
    let rtest = env!("CARGO_BIN_EXE_rtest");
    let load = format!("{rtest} load {} -c 2 -d 10m", server.url());
    format!("trap : INT; stty rows 30 cols 100; {load}; code=$?; stty -a; exit $code")
}

/// What is written when the terminal is taken, and when it is given back.
const TAKEN: &str = "\x1b[?25l";
const GIVEN_BACK: &str = "\x1b[?25h";

#[track_caller]
fn is_given_back(shown: &str) {
    let after = shown.rsplit(GIVEN_BACK).next().unwrap_or_default();
    assert!(shown.contains(TAKEN) && !after.contains(TAKEN), "{shown}");
    assert!(
        after.contains(" icanon") && after.contains(" echo "),
        "{after}"
    );
}

#[test]
fn keys_pause_scale_and_stop_the_load_and_the_terminal_is_given_back() {
    let server = Server::answering(OK);
    let mut terminal = Terminal::running(&load(&server));
    terminal.shows("answered").shows("p\x1b[0m\x1b[2m pause");
    terminal.types("+").shows("VUs × 1.10");
    terminal.types("p").shows("paused");
    terminal.types("p").types("s").shows("stopping");
    let (code, shown) = terminal.ends();
    // 5 where the machine is so busy with other tests that the generator has no core.
    assert!([0, 5].contains(&code), "{code}: {shown}");
    assert!(shown.contains("load control: stopped"), "{shown}");
    is_given_back(&shown);
}

#[test]
fn quitting_is_an_interrupt_and_the_terminal_is_given_back() {
    for key in ["q", "\x03"] {
        let server = Server::answering(OK);
        let mut terminal = Terminal::running(&load(&server));
        terminal.shows("answered").types(key);
        let (code, shown) = terminal.ends();
        assert_eq!(code, 130, "{shown}");
        assert!(shown.contains("stopping: "), "{shown}");
        is_given_back(&shown);
    }
}

#[test]
fn without_colours_the_view_has_none() {
    let server = Server::answering(OK);
    let mut terminal = Terminal::running(&format!("export NO_COLOR=1; {}", load(&server)));
    terminal.shows("answered").types("s");
    let (_, shown) = terminal.ends();
    assert!(
        !shown.contains("\x1b[36m") && !shown.contains("\x1b[1m"),
        "{shown}"
    );
}
