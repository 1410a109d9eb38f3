use rtest_core::plan::DelayPlan;
use rtest_core::{Code, Diagnostic, MOST_LOG_BYTES, Recorded, RecordedUnit};

use crate::check::Context;
use crate::check::reference::{Existing, path};
use crate::scalar::Choice;
use crate::shape::Field;
use crate::spanned::Spanned;

/// A delay as a histogram log has it.
pub(super) fn recorded(
    file: &Spanned<String>,
    unit: &Field<Choice<RecordedUnit>>,
    tag: &Field<String>,
    cx: &mut Context<'_>,
) -> Option<DelayPlan> {
    let path = path(file, Existing::File, cx)?;
    let mut refuse = |message: String| {
        cx.found
            .add(Diagnostic::new(Code::UnusableFile, message).at(&file.span));
        None
    };
    let shown = path.display();
    match std::fs::metadata(&path) {
        Ok(found) if found.len() > MOST_LOG_BYTES => {
            return refuse(format!(
                "`{shown}` is larger than {} MiB",
                MOST_LOG_BYTES >> 20
            ));
        }
        _ => {}
    }
    let log = match std::fs::read_to_string(&path) {
        Ok(log) => log,
        Err(error) => return refuse(format!("`{shown}` cannot be read: {error}")),
    };
    let unit = unit.value().map_or(RecordedUnit::default(), |unit| unit.0);
    match Recorded::of_log(&log, unit, tag.value().map(String::as_str)) {
        Ok(recorded) => {
            let name = path.file_name().unwrap_or_default();
            let file = name.to_string_lossy().into_owned();
            Some(DelayPlan::Recorded { file, recorded })
        }
        Err(error) => refuse(match error.line {
            Some(line) => format!("{shown}:{line}: {error}"),
            None => format!("{shown}: {error}"),
        }),
    }
}
