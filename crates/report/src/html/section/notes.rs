use crate::html::context::Context;
use crate::html::markup::esc;

/// Notes shown at most.
const SHOWN: usize = 200;

pub(super) fn render(context: &Context<'_>) -> Option<String> {
    let notes = &context.record.notes;
    if notes.is_empty() {
        return None;
    }
    let mut out = String::from("<ul class=\"notes\">\n");
    for (at, note) in notes.iter().take(SHOWN) {
        out.push_str(&format!(
            "<li><span class=\"faint\">{at}</span> {}</li>\n",
            esc(note)
        ));
    }
    out.push_str("</ul>\n");
    if notes.len() > SHOWN {
        out.push_str(&format!(
            "<p class=\"more\">… and {} more.</p>\n",
            notes.len() - SHOWN
        ));
    }
    Some(out)
}
