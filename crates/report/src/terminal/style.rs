/// Columns of prose where nothing else bounds them.
const PROSE: usize = 100;

/// How the terminal looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether ANSI colours are written.
    pub colour: bool,
    /// Columns; taken to be at least 60. None where there is no edge, as in a file: nothing is cut.
    pub width: Option<usize>,
}

impl Default for Style {
    /// No colour and no edge: for files.
    fn default() -> Self {
        Self {
            colour: false,
            width: None,
        }
    }
}

/// What a piece of text is, and so how it is coloured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Ink {
    #[default]
    Plain,
    Strong,
    Faint,
    Good,
    Bad,
    Doubtful,
    Fault,
}

impl Style {
    pub(super) fn paint(self, ink: Ink, text: &str) -> String {
        let code = match ink {
            Ink::Plain => "",
            Ink::Strong => "1",
            Ink::Faint => "2",
            Ink::Good => "32",
            Ink::Bad => "31",
            Ink::Doubtful => "33",
            Ink::Fault => "35",
        };
        if !self.colour || code.is_empty() || text.is_empty() {
            return text.to_owned();
        }
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }

    /// White on the ink's colour: the verdict's badge. In brackets where there is no colour.
    pub(super) fn badge(self, ink: Ink, text: &str) -> String {
        let code = match ink {
            Ink::Good => "42",
            Ink::Bad => "41",
            _ => "43",
        };
        if self.colour {
            format!("\u{1b}[1;30;{code}m {text} \u{1b}[0m")
        } else {
            format!("[{text}]")
        }
    }

    /// A section's heading.
    pub(super) fn heading(self, text: &str) -> String {
        format!("\n{}\n", self.paint(Ink::Strong, text))
    }

    /// Columns that there are to write in.
    pub(super) fn columns(self) -> usize {
        self.width.map_or(usize::MAX, |width| width.max(60))
    }

    /// Columns after which prose goes on in the next line.
    pub(super) fn measure(self) -> usize {
        self.columns().min(self.width.map_or(PROSE, |_| usize::MAX))
    }

    /// `most` where there is an edge; what an edge would cut is whole without one.
    pub(super) fn at_most(self, most: usize) -> usize {
        self.width.map_or(usize::MAX, |_| most)
    }
}
