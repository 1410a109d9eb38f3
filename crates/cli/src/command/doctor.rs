use std::env;
use std::net::TcpListener;
use std::process::{Command, Stdio};

use nix::sys::resource::{Resource, getrlimit};

use crate::exit::{Exit, Failure};
use crate::{host, output};

/// One thing that was looked at.
struct Finding {
    what: &'static str,
    seen: String,
    verdict: Need,
}

/// Whether a run needs it.
enum Need {
    Fine,
    /// Something will not work; how to mend it.
    Optional(&'static str),
    /// No run will work; how to mend it.
    Required(&'static str),
}

/// File descriptors below which a load of some thousand connections does not fit.
const ENOUGH_FILES: u64 = 4096;

pub(crate) fn execute() -> Result<Exit, Failure> {
    let findings = [
        cores(),
        open_files(),
        loopback(),
        ephemeral_ports(),
        temporary_folder(),
        clock(),
        node(),
        docker(),
    ];
    let mut text = String::new();
    let mut exit = Exit::Passed;
    for Finding {
        what,
        seen,
        verdict,
    } in findings
    {
        let (mark, mend) = match verdict {
            Need::Fine => ("ok  ", None),
            Need::Optional(mend) => ("note", Some(mend)),
            Need::Required(mend) => {
                exit = Exit::Environment;
                ("FAIL", Some(mend))
            }
        };
        text.push_str(&format!("{mark}  {what:<18} {seen}\n"));
        if let Some(mend) = mend {
            text.push_str(&format!("      {:<18} {mend}\n", ""));
        }
    }
    output::data(text.as_bytes())?;
    Ok(exit)
}

fn cores() -> Finding {
    let cores = host::cores();
    let verdict = if cores >= 2 {
        Need::Fine
    } else {
        Need::Optional("load and target share one core: the generator may be the bottleneck")
    };
    Finding {
        what: "cores",
        seen: cores.to_string(),
        verdict,
    }
}

fn open_files() -> Finding {
    let what = "open files";
    match getrlimit(Resource::RLIMIT_NOFILE) {
        Ok((soft, hard)) => Finding {
            what,
            seen: format!("{soft} (at most {hard})"),
            verdict: if soft >= ENOUGH_FILES {
                Need::Fine
            } else {
                Need::Optional("each connection is a file: `ulimit -n 65536` before larger loads")
            },
        },
        Err(error) => Finding {
            what,
            seen: error.to_string(),
            verdict: Need::Fine,
        },
    }
}

fn loopback() -> Finding {
    let what = "loopback";
    match TcpListener::bind(("127.0.0.1", 0)) {
        Ok(_) => Finding {
            what,
            seen: "127.0.0.1 takes listeners".to_owned(),
            verdict: Need::Fine,
        },
        Err(error) => Finding {
            what,
            seen: error.to_string(),
            verdict: Need::Required("services and proxies listen on 127.0.0.1: bring `lo` up"),
        },
    }
}

fn ephemeral_ports() -> Finding {
    let what = "ephemeral ports";
    let text =
        std::fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range").unwrap_or_default();
    let mut bounds = text
        .split_whitespace()
        .filter_map(|bound| bound.parse::<u32>().ok());
    match (bounds.next(), bounds.next()) {
        (Some(low), Some(high)) => Finding {
            what,
            seen: format!("{low}-{high}"),
            verdict: if high.saturating_sub(low) >= 10_000 {
                Need::Fine
            } else {
                Need::Optional(
                    "few ports for connections: `sysctl net.ipv4.ip_local_port_range='1024 65000'`",
                )
            },
        },
        _ => Finding {
            what,
            seen: "not known on this system".to_owned(),
            verdict: Need::Fine,
        },
    }
}

fn temporary_folder() -> Finding {
    let folder = env::temp_dir();
    let probe = folder.join(format!("rtest-doctor-{}", std::process::id()));
    let written = std::fs::write(&probe, b"x").and_then(|()| std::fs::remove_file(&probe));
    Finding {
        what: "temporary folder",
        seen: match &written {
            Ok(()) => format!("{} can be written", folder.display()),
            Err(error) => format!("{}: {error}", folder.display()),
        },
        verdict: if written.is_ok() {
            Need::Fine
        } else {
            Need::Required("set TMPDIR to a folder that can be written")
        },
    }
}

fn clock() -> Finding {
    let source =
        std::fs::read_to_string("/sys/devices/system/clocksource/clocksource0/current_clocksource");
    let seen = source.map_or_else(
        |_| "not known on this system".to_owned(),
        |it| it.trim().to_owned(),
    );
    let slow = ["hpet", "acpi_pm", "jiffies"].contains(&seen.as_str());
    let verdict = if slow {
        Need::Optional("reading this clock is slow; latencies below 10 us are not to be trusted")
    } else {
        Need::Fine
    };
    Finding {
        what: "clock source",
        seen,
        verdict,
    }
}

fn node() -> Finding {
    let version = Command::new("node")
        .arg("--version")
        .stdin(Stdio::null())
        .output();
    match version {
        Ok(output) if output.status.success() => Finding {
            what: "node",
            seen: String::from_utf8_lossy(&output.stdout).trim().to_owned(),
            verdict: Need::Fine,
        },
        _ => Finding {
            what: "node",
            seen: "not found".to_owned(),
            verdict: Need::Optional(
                "only needed for services written in it; `rtest sim` has its own engine",
            ),
        },
    }
}

fn docker() -> Finding {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let version = runtime.map(|runtime| runtime.block_on(rtest_env::engine_version()));
    let (seen, verdict) = match version {
        Ok(Ok(version)) => (version, Need::Fine),
        Ok(Err(failure)) => (
            failure.to_string(),
            Need::Optional(
                "only needed for services in containers: start `dockerd`, or set DOCKER_HOST",
            ),
        ),
        Err(error) => (error.to_string(), Need::Fine),
    };
    Finding {
        what: "docker engine",
        seen,
        verdict,
    }
}
