use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use rtest_core::plan::{CasesPlan, LoadPlan, Stage};
use rtest_core::{Code, Diagnostic, Plan, Secrets, Seed, Span, fnv1a, nearest};

use crate::check::{self, NOTHING_TO_DO, Parts};
use crate::diagnostics::Diagnostics;
use crate::file::SuiteFile;
use crate::include;
use crate::interpolate;
use crate::node::Kind;
use crate::secrets;
use crate::shape::{Shape, quoted_list};
use crate::source::Source;
use crate::yaml;

/// Bytes of a suite at most.
const MAX_BYTES: usize = 1 << 20;

/// What a suite is read with, beside its text.
#[derive(Clone, Default)]
pub struct Inputs {
    /// The process environment, for `${NAME}`.
    pub variables: BTreeMap<String, String>,
    /// Whether whoever runs the suite has the engine goose.
    pub has_goose: bool,
}

/// Shows names only: values may be secrets.
impl fmt::Debug for Inputs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.variables.keys()).finish()
    }
}

/// A suite in which nothing is wrong: every reference leads somewhere, every value is in range,
/// every default is applied.
#[derive(Clone, Debug)]
pub struct CheckedSuite {
    name: String,
    shown: Arc<str>,
    hash: u64,
    seed: Option<Seed>,
    parts: Parts,
    secrets: Secrets,
}

/// Reads and checks the suite in a file. Spans show the path as it is given here; paths in the
/// suite are relative to the file's folder.
///
/// # Errors
/// Everything that is wrong with the suite, in the order of its text; never empty.
pub fn load(path: &Path, inputs: &Inputs) -> Result<CheckedSuite, Vec<Diagnostic>> {
    let shown = path.display().to_string();
    let text = read("suite", path, &shown).map_err(|diagnostic| vec![*diagnostic])?;
    let base = path.parent().unwrap_or(Path::new(""));
    // `suite.yaml` alone has an empty parent, which no file system knows.
    let base = if base.as_os_str().is_empty() {
        Path::new(".")
    } else {
        base
    };
    check(&text, &shown, base, inputs)
}

/// The text of a suite file, or of one that belongs to it; `what` it is to the reader.
pub(crate) fn read(what: &str, path: &Path, shown: &str) -> Result<String, Box<Diagnostic>> {
    let unreadable = |error: std::io::Error| {
        Diagnostic::new(
            Code::FileNotFound,
            format!("the {what} `{shown}` cannot be read: {error}"),
        )
    };
    let mut bytes = Vec::new();
    File::open(path)
        // One byte more than is allowed, so that too much is noticed; a device may have no end.
        .and_then(|file| file.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes))
        .map_err(unreadable)?;
    if bytes.len() > MAX_BYTES {
        return Err(too_large(what, shown));
    }
    String::from_utf8(bytes)
        .map_err(|error| not_text(what, shown, error.utf8_error().valid_up_to()))
}

/// Checks the text of a suite. `shown` is the path that spans show; paths in the suite are
/// relative to `base_dir`.
///
/// # Errors
/// Everything that is wrong with the suite, in the order of its text; never empty.
pub fn check(
    text: &str,
    shown: &str,
    base_dir: &Path,
    inputs: &Inputs,
) -> Result<CheckedSuite, Vec<Diagnostic>> {
    let mut found = Diagnostics::default();
    let mut secrets = Secrets::default();
    let suite = checked(text, shown, base_dir, inputs, &mut secrets, &mut found);
    match suite {
        Ok(Some(suite)) if found.is_empty() => Ok(CheckedSuite { secrets, ..suite }),
        Ok(_) => Err(found.into_sorted(&secrets)),
        Err(fatal) => {
            found.add(*fatal);
            Err(found.into_sorted(&secrets))
        }
    }
}

fn checked(
    text: &str,
    shown: &str,
    base_dir: &Path,
    inputs: &Inputs,
    secrets: &mut Secrets,
    found: &mut Diagnostics,
) -> Result<Option<CheckedSuite>, Box<Diagnostic>> {
    // A byte order mark is no part of the first line.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    refuse_unusable(text, shown)?;
    let source = Source::new(text, shown);
    let mut root = yaml::parse(&source, found)?;
    if matches!(root.kind, Kind::Null) {
        return Err(empty(shown));
    }
    interpolate::resolve(&mut root, &inputs.variables, secrets, found);
    include::compose(&mut root, base_dir, inputs, secrets, found);
    include::cases(&mut root, base_dir, inputs, secrets, found);
    include::states(&mut root, base_dir, inputs, secrets, found);
    let Some(file) = SuiteFile::read(&root, found) else {
        return Ok(None);
    };
    let parts = check::check(&file, base_dir, inputs.has_goose, found);
    let name = file.name.value().cloned();
    Ok(name.map(|name| CheckedSuite {
        name,
        shown: Arc::clone(source.file()),
        hash: fnv1a(text.as_bytes()),
        seed: file.seed.value().map(|seed| Seed::new(seed.0)),
        parts,
        secrets: Secrets::default(),
    }))
}

fn refuse_unusable(text: &str, shown: &str) -> Result<(), Box<Diagnostic>> {
    if text.len() > MAX_BYTES {
        Err(too_large("suite", shown))
    } else if let Some(offset) = text.find('\0') {
        Err(not_text("suite", shown, offset))
    } else if text.trim().is_empty() {
        Err(empty(shown))
    } else {
        Ok(())
    }
}

fn too_large(what: &str, shown: &str) -> Box<Diagnostic> {
    Box::new(Diagnostic::new(
        Code::BudgetExceeded,
        format!("the {what} `{shown}` has more than {MAX_BYTES} bytes"),
    ))
}

pub(crate) fn not_text(what: &str, shown: &str, offset: usize) -> Box<Diagnostic> {
    Box::new(
        Diagnostic::new(
            Code::NotText,
            format!("the {what} `{shown}` is not text in UTF-8"),
        )
        .note(format!(
            "the byte at offset {offset} cannot be read as text"
        ))
        .hint("is it the right file?"),
    )
}

fn empty(shown: &str) -> Box<Diagnostic> {
    Box::new(
        Diagnostic::new(Code::EmptyFile, format!("the suite `{shown}` is empty"))
            .hint("`rtest init` writes one that runs as it is"),
    )
}

impl CheckedSuite {
    /// The suite's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The suite's own seed.
    pub fn seed(&self) -> Option<Seed> {
        self.seed
    }

    /// The names that `stages` has, in the suite's order.
    pub fn stages(&self) -> impl Iterator<Item = &str> {
        self.parts.stages.iter().map(|(name, _)| name.as_str())
    }

    /// The plan of one run: of the named stage, or of everything the suite has.
    ///
    /// The seed is the given one, else the suite's, else a fresh one. Services and links are
    /// always all there; of the other parts those that do not run are absent, thresholds on
    /// faults with the faults.
    ///
    /// # Errors
    /// There is no such stage, or the suite is an environment and nothing else.
    #[allow(clippy::result_large_err)] // once a run
    pub fn plan(&self, seed: Option<Seed>, stage: Option<&str>) -> Result<Plan, Diagnostic> {
        let stages = match stage {
            None if self.parts.present.is_empty() => {
                let message = format!(
                    "`{}` has an environment, and nothing to do in it",
                    self.shown
                );
                return Err(Diagnostic::new(Code::MissingKey, message).hint(format!(
                    "{NOTHING_TO_DO}, or bring it up with `rtest env up`"
                )));
            }
            None => &self.parts.present,
            Some(wanted) => self
                .parts
                .stages
                .iter()
                .find(|(name, _)| name == wanted)
                .map(|(_, stages)| stages)
                .ok_or_else(|| self.unknown_stage(wanted))?,
        };
        Ok(self.plan_of(stages, seed))
    }

    /// The services and the links between them, and nothing to do with them.
    pub fn environment(&self) -> Plan {
        self.plan_of(&[], None)
    }

    fn plan_of(&self, stages: &[Stage], seed: Option<Seed>) -> Plan {
        let parts = self.parts.clone();
        let mut secrets = self.secrets.clone();
        if let Some(load) = &parts.load {
            secrets::gather(load, &mut secrets);
        }
        secrets::gather_contracts(&parts.contracts, &mut secrets);
        let runs = |stage| stages.contains(&stage);
        let load = parts.load.filter(|_| runs(Stage::Load));
        Plan {
            name: self.name.clone(),
            suite: Arc::clone(&self.shown),
            suite_hash: self.hash,
            seed: seed.or(self.seed).unwrap_or_else(Seed::fresh),
            stages: stages.to_vec(),
            services: parts.services,
            links: parts.links,
            // Where nothing is done, nobody asks what it took.
            sample: parts.sample.filter(|_| !stages.is_empty()),
            cases: if runs(Stage::Cases) {
                parts.cases
            } else {
                CasesPlan::default()
            },
            load: if runs(Stage::Chaos) {
                load
            } else {
                load.map(without_faults)
            },
            chaos: parts.chaos.filter(|_| runs(Stage::Chaos)),
            contracts: parts
                .contracts
                .into_iter()
                .filter(|_| runs(Stage::Contracts))
                .collect(),
            sims: parts
                .sims
                .into_iter()
                .filter(|_| runs(Stage::Sim))
                .collect(),
            secrets,
        }
    }

    fn unknown_stage(&self, wanted: &str) -> Diagnostic {
        let diagnostic = Diagnostic::new(
            Code::UnknownStage,
            format!("the suite has no stage `{wanted}`"),
        )
        .at(&Span::of_flag("--stage", wanted));
        match nearest(wanted, self.stages()) {
            Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
            None if self.parts.stages.is_empty() => {
                diagnostic.hint("it has no `stages`: run it without `--stage`")
            }
            None => diagnostic.hint(format!("its stages are {}", quoted_list(self.stages()))),
        }
    }
}

/// Without the thresholds that select by fault or window: nothing would ever feed them.
fn without_faults(mut load: LoadPlan) -> LoadPlan {
    load.thresholds.retain(|gate| {
        let tags = &gate.threshold.metric.tags;
        !tags
            .iter()
            .any(|(name, _)| matches!(name.as_str(), "window" | "fault"))
    });
    load
}
