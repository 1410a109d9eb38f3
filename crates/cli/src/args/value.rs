//! Values of flags that are more than a number or a text.

use std::net::IpAddr;
use std::path::PathBuf;

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
}
