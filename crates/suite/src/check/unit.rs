use rtest_core::unit::UnitError;
use rtest_core::{Code, Diagnostic};

use crate::check::Context;
use crate::shape::Field;

/// The value of a key; the inner `None` where the key is not there.
pub(in crate::check) fn read<T>(
    field: &Field<String>,
    parse: impl Fn(&str) -> Result<T, UnitError>,
    cx: &mut Context<'_>,
) -> Option<Option<T>> {
    if field.is_absent() {
        return Some(None);
    }
    let text = field.spanned()?;
    match parse(&text.value) {
        Ok(value) => Some(Some(value)),
        Err(error) => {
            cx.found.add(
                Diagnostic::new(Code::BadUnit, error.message)
                    .at(&text.span)
                    .hint(error.hint),
            );
            None
        }
    }
}
