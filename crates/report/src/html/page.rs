use rtest_metrics::{RunRecord, Verdict};

use super::context::Context;
use super::markup::esc;
use super::section::SECTIONS;
use crate::reporter::{ReportError, Reporter};

const STYLE: &str = include_str!("style.css");
const CURSOR: &str = include_str!("cursor.js");

/// One self-contained page.
#[derive(Debug)]
pub(crate) struct Html;

impl Reporter for Html {
    fn format(&self) -> &'static str {
        "html"
    }

    fn file_name(&self) -> &'static str {
        "report.html"
    }

    fn render(&self, record: &RunRecord, verdict: &Verdict) -> Result<Vec<u8>, ReportError> {
        Ok(page(&Context::new(record, verdict)).into_bytes())
    }
}

fn page(context: &Context<'_>) -> String {
    let mut navigation = String::new();
    let mut sections = String::new();
    for section in SECTIONS {
        let Some(body) = (section.render)(context) else {
            continue;
        };
        let (id, title) = (section.id, section.title);
        navigation.push_str(&format!("<a href=\"#{id}\">{title}</a>"));
        sections.push_str(&format!(
            "<section id=\"{id}\" aria-labelledby=\"{id}-title\">\n\
             <h2 id=\"{id}-title\">{title}</h2>\n{body}</section>\n"
        ));
    }
    let head = super::section::head(context);
    let footer = super::section::footer(context);
    let name = esc(&context.record.header.name);
    let outcome = context.verdict.outcome.name();
    let timeline = timeline(context);
    // Well-formed as XML: the style holds no `<` and no `&`, the script is marked as CDATA.
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'\"/>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n\
         <meta name=\"color-scheme\" content=\"light dark\"/>\n\
         <title>{name}: {outcome}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         {head}<nav aria-label=\"Sections\"><div class=\"inner\">{navigation}</div></nav>\n\
         <main>\n{sections}</main>\n{footer}\
         <script id=\"timeline\" type=\"application/json\">{timeline}</script>\n\
         <script>\n//<![CDATA[\n{CURSOR}//]]>\n</script>\n</body>\n</html>\n"
    )
}

/// The points of time that the cursor stops at. Numbers alone, so nothing to escape.
fn timeline(context: &Context<'_>) -> String {
    let axis = context.axis();
    let points = context
        .timeline
        .iter()
        .flat_map(|timeline| &timeline.points);
    let points: Vec<String> = points
        .map(|point| format!("[{:.3},{:.3}]", point.from, point.to))
        .collect();
    format!(
        "{{\"axis\":[{:.3},{:.3}],\"points\":[{}]}}",
        axis.from,
        axis.to,
        points.join(",")
    )
}
