use rtest_core::clock::RunTime;
use rtest_core::event::ServiceImage;
use rtest_metrics::ServiceRecord;

use crate::html::chart::{Bar, Gantt, Row, TimeAxis};
use crate::html::context::Context;
use crate::html::markup::Heading::{Number, Words};
use crate::html::markup::{esc, table};
use crate::number::{seconds, took};
use crate::startup::{CriticalPath, began};

pub(super) fn render(context: &Context<'_>) -> Option<String> {
    let record = context.record;
    if record.services.is_empty() {
        return None;
    }
    let mut out = waterfall(context);
    services(&mut out, context);
    links(&mut out, context);
    for service in &record.services {
        let Some((status, tail)) = &service.exited else {
            continue;
        };
        out.push_str(&format!(
            "<article class=\"gate bad\"><h3>{} ended by itself <span class=\"faint\">{}</span></h3>",
            esc(&service.name),
            esc(status)
        ));
        if !tail.is_empty() {
            let lines: Vec<String> = tail.iter().map(|line| esc(line).to_string()).collect();
            out.push_str(&format!("<pre>{}</pre>", lines.join("\n")));
        }
        out.push_str("</article>\n");
    }
    Some(out)
}

/// From its turn to its start to ready to the end, on the run's clock.
fn waterfall(context: &Context<'_>) -> String {
    let record = context.record;
    // Start-up is what is looked at; the long rest of the run would press it into a sliver.
    let ready = record.services.iter().filter_map(|service| service.ready);
    let started = record.services.iter().filter_map(began);
    let last = ready.chain(started).max().unwrap_or(record.last);
    let to = (last.as_secs_f64() * 1.15).max(0.05);
    let path = CriticalPath::of(record);
    let rows: Vec<Row> = record
        .services
        .iter()
        .map(|service| {
            let is_critical = path.as_ref().is_some_and(|path| path.has(&service.name));
            Row {
                label: service.name.clone(),
                detail: starting(service, is_critical),
                bars: bars(service, is_critical, record.last),
                marks: Vec::new(),
            }
        })
        .collect();
    let gantt = Gantt {
        id: "startup",
        title: "Start-up of the environment",
        description: rows
            .iter()
            .map(|row| format!("{}: {}", row.label, row.detail))
            .collect::<Vec<_>>()
            .join("; "),
        axis: TimeAxis { from: 0.0, to },
        rows,
        shares_cursor: false,
    };
    let path = path.map(|path| {
        format!(
            "<p class=\"lead\">{} <span class=\"faint\">– the chain that decided it is outlined below: grey is what it \
             took to fetch and make, yellow to become ready.</span></p>\n",
            esc(&capitalised(&path.in_words()))
        )
    });
    path.unwrap_or_default() + &gantt.render()
}

fn bars(service: &ServiceRecord, is_critical: bool, last: RunTime) -> Vec<Bar> {
    let mut bars = Vec::new();
    let end = service.exited_at.or(service.stopped).unwrap_or(last);
    if let Some(preparing) = service.preparing {
        let until = service.started.unwrap_or(end);
        let class = if is_critical {
            "preparing critical"
        } else {
            "preparing"
        };
        bars.push(bar(preparing, until, class, "preparing"));
    }
    if let Some(started) = service.started {
        let until = service.ready.unwrap_or(end);
        let class = if is_critical {
            "starting critical"
        } else {
            "starting"
        };
        bars.push(bar(started, until, class, "starting"));
    }
    if let Some(ready) = service.ready {
        bars.push(bar(ready, end, "ready", "ready"));
    }
    bars
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

fn bar(from: RunTime, to: RunTime, class: &'static str, word: &str) -> Bar {
    Bar {
        from: from.as_secs_f64(),
        to: to.as_secs_f64(),
        class,
        title: format!("{word} {from} to {to}"),
    }
}

fn starting(service: &ServiceRecord, is_critical: bool) -> String {
    match (began(service), service.ready) {
        (Some(began), Some(ready)) => {
            let path = if is_critical {
                ", on the critical path"
            } else {
                ""
            };
            format!("ready after {}{path}", took(ready.since(began)))
        }
        (None, Some(_)) => "was up already".to_owned(),
        (Some(_), None) => "never ready".to_owned(),
        (None, None) => "never started".to_owned(),
    }
}

fn services(out: &mut String, context: &Context<'_>) {
    let record = context.record;
    let rows: String = record
        .services
        .iter()
        .map(|service| {
            let header = record
                .header
                .services
                .iter()
                .find(|header| header.name == service.name);
            let provider = header.map_or("", |header| &header.provider);
            let image = service.image.as_ref().map(image).unwrap_or_default();
            let depends_on = header.map(|header| header.depends_on.join(", "));
            let (class, word) = match (&service.exited, service.ready) {
                (Some(_), _) => ("bad", "✗ ended by itself"),
                (None, None) => ("bad", "✗ never ready"),
                (None, Some(_)) => ("good", "✓ stayed up"),
            };
            format!(
                "<tr><td><span class=\"chip {class}\">{word}</span></td><th scope=\"row\">{}</th><td>{}{image}</td>\
                 <td><code>{}</code></td><td>{}</td><td class=\"num\">{}</td></tr>\n",
                esc(&service.name),
                esc(provider),
                esc(service.address.as_deref().unwrap_or("–")),
                esc(&depends_on.unwrap_or_default()),
                service
                    .ready
                    .map_or_else(|| "–".to_owned(), |at| format!("{} s", seconds(at.as_secs_f64())))
            )
        })
        .collect();
    out.push_str(&table(
        "Services",
        &[
            Words("Status"),
            Words("Service"),
            Words("Provider"),
            Words("Address"),
            Words("Depends on"),
            Number("Ready at"),
        ],
        &rows,
    ));
}

/// Which image it was; its whole id, and its registry's, where one points at it.
fn image(image: &ServiceImage) -> String {
    let whole = image.digest.as_deref().unwrap_or(&image.id);
    let id = image.id.strip_prefix("sha256:").unwrap_or(&image.id);
    let short: String = id.chars().take(12).collect();
    format!(
        " <code class=\"faint\" title=\"{}\">{}</code>",
        esc(whole),
        esc(&short)
    )
}

fn links(out: &mut String, context: &Context<'_>) {
    let links = &context.record.links;
    if links.is_empty() {
        return;
    }
    let rows: String = links
        .iter()
        .map(|(link, listen)| {
            format!(
                "<tr><th scope=\"row\">{}</th><td><code>{}</code></td></tr>\n",
                esc(link),
                esc(listen)
            )
        })
        .collect();
    out.push_str(&table(
        "Links, each through a proxy",
        &[Words("Link"), Words("Proxy")],
        &rows,
    ));
}
