//! Values of flags that are more than a number or a text.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use rtest_core::plan::Shard;

/// `FORMAT=PATH`.
#[derive(Clone, Debug)]
pub(crate) struct ReportRequest {
    pub(crate) format: String,
    pub(crate) path: PathBuf,
}

/// `html=report.html`; the format must be one that there is.
pub(super) fn report_request(text: &str) -> Result<ReportRequest, String> {
    let formats: Vec<&str> = rtest_report::formats().collect();
    let (format, path) = text
        .split_once('=')
        .filter(|(_, path)| !path.is_empty())
        .ok_or_else(|| "write FORMAT=PATH, as in html=report.html".to_owned())?;
    if !formats.contains(&format) {
        let near = rtest_core::nearest(format, formats.iter().copied());
        let hint = near.map_or_else(
            || format!("formats are {}", formats.join(", ")),
            |near| format!("did you mean `{near}`?"),
        );
        return Err(format!("there is no report format `{format}`; {hint}"));
    }
    Ok(ReportRequest {
        format: format.to_owned(),
        path: path.into(),
    })
}

/// `0/4` to `3/4`. Schedulers that count from 1 say `1/4` to `4/4`: the part is `I mod N`, so
/// that either way all of them together are the whole.
pub(super) fn shard(text: &str) -> Result<Shard, String> {
    const HINT: &str = "write I/N, as in 0/4, 1/4, 2/4, 3/4";
    let (index, of) = text.split_once('/').ok_or(HINT)?;
    let (index, of): (u32, u32) = match (index.trim().parse(), of.trim().parse()) {
        (Ok(index), Ok(of)) => (index, of),
        _ => return Err(HINT.to_owned()),
    };
    match of {
        0 => Err("a load has at least one part".to_owned()),
        _ if index > of => Err(format!("there is no part {index} of {of}; {HINT}")),
        _ => Ok(Shard {
            index: index % of,
            of,
        }),
    }
}

/// An address that only this machine reaches: whoever reaches it can change the load.
pub(super) fn loopback(text: &str) -> Result<SocketAddr, String> {
    let named = text.strip_prefix("localhost:");
    let numeric = named.map(|port| format!("127.0.0.1:{port}"));
    let address: SocketAddr = numeric
        .as_deref()
        .unwrap_or(text)
        .parse()
        .map_err(|_| "write ADDRESS:PORT, as in 127.0.0.1:6565".to_owned())?;
    if address.ip().is_loopback() {
        Ok(address)
    } else {
        Err("only loopback addresses are taken, as in 127.0.0.1:6565".to_owned())
    }
}

/// A duration with its unit.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    rtest_core::unit::parse_duration(text)
        .map_err(|error| format!("{}: {}", error.message, error.hint))
}

/// A multiple of what the plan says.
pub(super) fn scale(text: &str) -> Result<f64, String> {
    let factor = text.parse::<f64>().ok();
    factor
        .filter(|factor| factor.is_finite() && *factor >= 0.0)
        .ok_or_else(|| "write a factor of 0 or more, as in 1.5".to_owned())
}

/// One of the words that a suite has for it.
pub(super) fn named<T: Copy + Send + Sync + 'static>(
    names: &'static [(&'static str, T)],
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(names.iter().map(|(name, _)| *name)).map(move |text| {
        let known = names.iter().find(|(name, _)| *name == text);
        known.expect("clap lets only these words through").1
    })
}

/// `NAME=IP`: the address of a name that is not looked up.
pub(super) fn host_address(text: &str) -> Result<(String, IpAddr), String> {
    let (name, address) = text
        .split_once('=')
        .filter(|(name, _)| !name.is_empty())
        .ok_or_else(|| "write NAME=IP, as in api.example.com=10.0.0.7".to_owned())?;
    let address = address
        .parse()
        .map_err(|_| format!("`{address}` is not an IP address"))?;
    Ok((name.to_ascii_lowercase(), address))
}

/// `NAME=VALUE` of a form.
pub(super) fn form_field(text: &str) -> Result<(String, String), String> {
    let (name, value) = text
        .split_once('=')
        .filter(|(name, _)| !name.is_empty())
        .ok_or_else(|| "write NAME=VALUE, as in name=Surya".to_owned())?;
    Ok((name.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_counted_from_0_and_from_1_are_the_same_parts() {
        let parts = |texts: [&str; 3]| {
            let mut parts = texts.map(|text| shard(text).expect(text).index);
            parts.sort_unstable();
            parts
        };
        assert_eq!(parts(["0/3", "1/3", "2/3"]), [0, 1, 2]);
        assert_eq!(parts(["1/3", "2/3", "3/3"]), [0, 1, 2]);
        for wrong in ["", "3", "1/0", "4/3", "a/b", "-1/3"] {
            assert!(shard(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_control_api_listens_on_loopback_only() {
        for fine in ["127.0.0.1:6565", "[::1]:0", "localhost:6565"] {
            assert!(loopback(fine).is_ok(), "{fine}");
        }
        for wrong in [
            "0.0.0.0:6565",
            "192.168.1.2:6565",
            "[::]:1",
            ":6565",
            "6565",
        ] {
            assert!(loopback(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_scale_is_a_factor_of_0_or_more() {
        assert_eq!(scale("1.5"), Ok(1.5));
        for wrong in ["-1", "NaN", "inf", "150%"] {
            assert!(scale(wrong).is_err(), "{wrong}");
        }
    }
}
