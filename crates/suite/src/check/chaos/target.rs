//! What a fault breaks, and what it does to it.

use std::time::Duration;

use rtest_core::plan::{
    FaultTarget, Limit, LinkFault, RampStep, ServiceChoice, ServiceFault, Share, Signal, TOXICS,
    ToxicPlan,
};
use rtest_core::unit::{UnitError, parse_size};
use rtest_core::{Code, Diagnostic, nearest};

use super::http_fault::http_fault;
use super::recorded::recorded;
use crate::check::Context;
use crate::check::unit::read;
use crate::collection::NamedEntry;
use crate::file::{Fault, Latency, LimitKeys, ToxicKeys, ToxicStream};
use crate::scalar::shown;
use crate::shape::Field;
use crate::spanned::Spanned;

/// The steps of a ramp that does not say how many.
const STEPS: u32 = 10;

/// What a fault breaks, and what it turns into while it lasts.
pub(super) fn target(
    fault: &Fault,
    lasting: Duration,
    cx: &mut Context<'_>,
) -> Option<(FaultTarget, Vec<RampStep>)> {
    if let Some(kind) = service_fault(fault, cx) {
        let services = services(fault, cx);
        let target = FaultTarget::Services {
            services: services?,
            fault: kind?,
        };
        return Some((target, Vec::new()));
    }
    let link = fault
        .link
        .spanned()
        .and_then(|link| cx.services.link(&link.value, &link.span, cx.found));
    let (fault, ramp) = if let Some(latency) = fault.latency.entry() {
        self::latency(&latency.value.value, lasting, cx)?
    } else if let Some(http) = fault.http.entry() {
        let http = http_fault(&http.value.value, cx);
        (LinkFault::Http(http?), Vec::new())
    } else if let Some(toxic) = fault.toxic.entry() {
        let toxic = self::toxic(&toxic.value.value, cx);
        (LinkFault::Toxic(toxic?), Vec::new())
    } else if fault.reset.entry().is_some() {
        (LinkFault::Reset, Vec::new())
    } else {
        fault.down.entry()?;
        (LinkFault::Down, Vec::new())
    };
    Some((FaultTarget::Link { link: link?, fault }, ramp))
}

fn toxic(keys: &ToxicKeys, cx: &mut Context<'_>) -> Option<ToxicPlan> {
    let unknown = |what: &str, word: &Spanned<String>, known: &[&'static str]| {
        let found = Diagnostic::new(Code::UnknownToxic, format!("`{}` is {what}", word.value))
            .at(&word.span);
        match nearest(&word.value, known.iter().copied()) {
            Some(near) => found.hint(format!("did you mean `{near}`?")),
            None => found.hint(format!("there are {}", known.join(", "))),
        }
    };
    let kind = keys.kind.spanned()?;
    let Some((name, attributes)) = TOXICS.iter().find(|(name, _)| *name == kind.value) else {
        let known = TOXICS.map(|(name, _)| name);
        cx.found.add(unknown("no type of toxic", kind, &known));
        return None;
    };
    let given = keys.attributes.value().map(|given| given.0.as_slice());
    let mut read = serde_json::Map::new();
    for (attribute, value) in given
        .unwrap_or_default()
        .iter()
        .filter_map(NamedEntry::given)
    {
        if attributes.contains(&attribute.value.as_str()) {
            read.insert(attribute.value.clone(), value.value.0.to_json());
        } else {
            let what = format!("no attribute of a {name}");
            cx.found.add(unknown(&what, attribute, attributes));
        }
    }
    let toxicity = keys.toxicity.spanned();
    if let Some(share) = toxicity.filter(|share| !(0.0..=1.0).contains(&share.value)) {
        cx.found
            .add(Diagnostic::new(Code::OutOfRange, "a toxicity is from 0 to 1").at(&share.span));
        return None;
    }
    let toxicity = toxicity.map_or(1.0, |share| share.value);
    Some(ToxicPlan {
        kind: name,
        upstream: keys
            .stream
            .value()
            .is_some_and(|stream| stream.0 == ToxicStream::Upstream),
        toxicity_millionths: (toxicity * 1e6).round() as u32,
        attributes: read,
    })
}

fn latency(
    latency: &Latency,
    lasting: Duration,
    cx: &mut Context<'_>,
) -> Option<(LinkFault, Vec<RampStep>)> {
    if let Some(file) = latency.recorded.spanned() {
        let delay = recorded(file, &latency.unit, &latency.tag, cx)?;
        return Some((LinkFault::Delay(delay), Vec::new()));
    }
    let by = latency.latency.value()?.0;
    let jitter = latency.jitter.value().copied().unwrap_or_default();
    let from = latency.from.value().copied();
    if let (Some(steps), true) = (latency.steps.key(), latency.from.is_absent()) {
        cx.found.add(
            Diagnostic::new(Code::MissingKey, "steps of a latency need `from`")
                .at(steps)
                .hint("say where it begins: `{ from: 50ms, latency: 400ms, steps: 8 }`"),
        );
    }
    let least = from.map_or(by, |from| from.min(by));
    if !jitter_fits(&latency.jitter, least, cx) {
        return None;
    }
    let of = |latency| LinkFault::Latency { latency, jitter };
    let Some(from) = from else {
        return Some((of(by), Vec::new()));
    };
    let steps = latency.steps.value().map_or(STEPS, |steps| steps.small());
    let between = |step: u32| {
        let share = f64::from(step) / f64::from(steps - 1);
        let seconds = from.as_secs_f64() * (1.0 - share) + by.as_secs_f64() * share;
        // To whole microseconds, which is what a link's latency is kept in.
        Duration::from_micros((seconds * 1e6).round() as u64)
    };
    let ramp = (1..steps).map(|step| RampStep {
        after: lasting * step / steps,
        fault: of(between(step)),
    });
    Some((of(from), ramp.collect()))
}

/// Whether a jitter leaves something of a latency, or a report that it does not.
pub(in crate::check) fn jitter_fits(
    jitter: &Field<Duration>,
    latency: Duration,
    cx: &mut Context<'_>,
) -> bool {
    let Some(given) = jitter.spanned().filter(|given| given.value > latency) else {
        return true;
    };
    cx.found.add(
        Diagnostic::new(
            Code::OutOfRange,
            format!(
                "a jitter of {} around {} would send answers before they are there",
                shown(given.value),
                shown(latency)
            ),
        )
        .at(&given.span)
        .hint(format!("it is at most {}", shown(latency))),
    );
    false
}

/// What happens to services; the inner `None` where that cannot be read.
fn service_fault(fault: &Fault, cx: &mut Context<'_>) -> Option<Option<ServiceFault>> {
    let plain = [
        (&fault.kill, ServiceFault::Kill),
        (&fault.stop, ServiceFault::Stop),
        (&fault.pause, ServiceFault::Pause),
        (&fault.restart, ServiceFault::Restart),
        (&fault.disconnect, ServiceFault::Disconnect),
    ];
    let mut plain = plain.into_iter();
    if let Some((_, kind)) = plain.find(|(flag, _)| flag.entry().is_some()) {
        return Some(Some(kind));
    }
    if let Some(name) = fault.signal.spanned() {
        return Some(signal(name, cx).map(ServiceFault::Signal));
    }
    let limit = fault.limit.entry()?;
    Some(self::limit(&limit.value, cx).map(ServiceFault::Limit))
}

fn signal(name: &Spanned<String>, cx: &mut Context<'_>) -> Option<Signal> {
    let signal = Signal::parse(&name.value);
    if signal.is_none() {
        let upper = name.value.to_ascii_uppercase();
        let hint = match upper.trim_start_matches("SIG") {
            "KILL" => "that is the fault `kill: true`".to_owned(),
            "STOP" | "TSTP" | "CONT" => "that is the fault `pause: true`".to_owned(),
            _ => match nearest(&upper, Signal::NAMES) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("signals are {}", Signal::NAMES.join(", ")),
            },
        };
        cx.found.add(
            Diagnostic::new(
                Code::OutOfRange,
                format!("there is no signal `{}` to send", name.value),
            )
            .at(&name.span)
            .hint(hint),
        );
    }
    signal
}

/// The part of the machine that a service is left with.
pub(in crate::check) fn limit(keys: &Spanned<LimitKeys>, cx: &mut Context<'_>) -> Option<Limit> {
    if keys.value.cpu.is_absent() && keys.value.memory.is_absent() {
        cx.found.add(
            Diagnostic::new(Code::NotExactlyOne, "a limit needs `cpu`, `memory` or both")
                .at(&keys.span),
        );
        return None;
    }
    let cpu = read(&keys.value.cpu, |text| percent(text, 10_000, "50%"), cx);
    let memory = read(&keys.value.memory, memory_size, cx);
    Some(Limit {
        cpu_percent: cpu?,
        memory_bytes: memory?,
    })
}

/// A process that has less than this does not even start.
const LEAST_MEMORY: u64 = 1 << 20;

fn memory_size(text: &str) -> Result<u64, UnitError> {
    let bytes = parse_size(text)?;
    if bytes < LEAST_MEMORY {
        return Err(UnitError {
            message: format!("`{}` is less than any process needs", text.trim()),
            hint: "write at least `1MiB`".to_owned(),
        });
    }
    Ok(bytes)
}

/// `50%`, of 1 to `most`.
fn percent(text: &str, most: u32, example: &str) -> Result<u32, UnitError> {
    let number = text.trim().strip_suffix('%').map(str::trim);
    let number = number.and_then(|number| number.parse::<u32>().ok());
    number
        .filter(|number| (1..=most).contains(number))
        .ok_or_else(|| UnitError {
            message: format!("`{}` is not a share of 1% to {most}%", text.trim()),
            hint: format!("write a whole number of percent: `{example}`"),
        })
}

/// Which services a fault strikes.
fn services(fault: &Fault, cx: &mut Context<'_>) -> Option<ServiceChoice> {
    let keys = [
        ("service", fault.service.key()),
        ("services", fault.services.key()),
        ("label", fault.label.key()),
    ];
    let mut given = keys.iter().filter_map(|(name, key)| Some((*name, (*key)?)));
    match (given.next(), given.next()) {
        (Some(_), None) => {}
        (None, _) => {
            // A `link` in its place has been reported.
            if let (Some(span), true) = (fault.kind(), fault.link.is_absent()) {
                cx.found.add(
                    Diagnostic::new(
                        Code::NotExactlyOne,
                        "a fault on services needs exactly one of `service`, `services`, `label`",
                    )
                    .at(&span)
                    .label("whom does it strike?"),
                );
            }
            return None;
        }
        (Some((first, _)), Some((second, span))) => {
            cx.found.add(
                Diagnostic::new(
                    Code::NotExactlyOne,
                    format!("a fault has both `{first}` and `{second}`"),
                )
                .at(span)
                .hint("keep exactly one of `service`, `services`, `label`"),
            );
            return None;
        }
    }
    let mut is_complete = true;
    let mut among: Vec<String> = Vec::new();
    let listed = fault.services.value().map(|list| list.items.as_slice());
    for name in fault
        .service
        .spanned()
        .into_iter()
        .chain(listed.unwrap_or_default())
    {
        match cx.services.named(&name.value, &name.span, cx.found) {
            Some(service) if among.contains(&service) => cx.found.add(
                Diagnostic::new(Code::Duplicate, format!("`{service}` is listed twice"))
                    .at(&name.span),
            ),
            Some(service) => among.push(service),
            None => is_complete = false,
        }
    }
    if let Some(label) = fault.label.spanned() {
        among = cx.services.labelled(&label.value, &label.span, cx.found);
    }
    refuse_external(fault, &among, cx);
    let share = match fault.pick.spanned() {
        None => Share::All,
        Some(pick) => match pick.value.trim() {
            "all" => Share::All,
            "one" => Share::One,
            text => match percent(text, 100, "50%") {
                Ok(percent) => Share::Percent(u8::try_from(percent).unwrap_or(100)),
                Err(_) => {
                    cx.found.add(
                        Diagnostic::new(
                            Code::OutOfRange,
                            format!("`{text}` does not say how many services"),
                        )
                        .at(&pick.span)
                        .hint("write `all`, `one`, or a share of them: `50%`"),
                    );
                    return None;
                }
            },
        },
    };
    (is_complete && !among.is_empty()).then_some(ServiceChoice { among, share })
}

/// What is already up is not rtest's to stop.
fn refuse_external(fault: &Fault, among: &[String], cx: &mut Context<'_>) {
    let external = among.iter().find(|name| cx.services.is_external(name));
    let keys = [
        fault.service.entry().map(|entry| &entry.whole),
        fault.services.key(),
        fault.label.key(),
    ];
    if let (Some(name), Some(span)) = (external, keys.into_iter().flatten().next()) {
        cx.found.add(
            Diagnostic::new(
                Code::ImpossibleFault,
                format!("`{name}` is external: it is not rtest's to stop"),
            )
            .at(span)
            .hint("break the link to it instead"),
        );
    }
    let no_container = among.iter().find(|name| !cx.services.is_container(name));
    if let (Some(name), Some(span)) = (no_container, fault.disconnect.key()) {
        cx.found.add(
            Diagnostic::new(
                Code::ImpossibleFault,
                format!("`{name}` is no container: it has no network of its own"),
            )
            .at(span)
            .hint("break the links to it instead"),
        );
    }
}
