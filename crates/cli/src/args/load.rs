use std::net::IpAddr;
use std::path::PathBuf;

use clap::{Args, ValueHint, value_parser};
use rtest_core::plan::{Cookies, Pacing, Shard};

use super::value::{form_field, host_address, named, shard};
use super::{OfLoadArgs, OutputArgs};

/// Virtual users at most, as in a suite.
const MOST_VUS: i64 = 100_000;

/// Without a file: one request, again and again. Each flag has its key in the suite language.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  rtest load http://localhost:3000/users                          10 VUs for 10 s
  rtest load http://localhost:3000/users --rate 200/s -d 1m       200 arrivals a second
  rtest load http://localhost:3000/users --stage 30s:100 --stage 1m:100 --stage 10s:0
  rtest load http://localhost:3000/users -n 10000 -c 50           so many requests
  rtest load https://localhost/ -k -t 'p(95)<300' -t 'http_req_failed rate<0.1%'")]
pub(crate) struct LoadArgs {
    /// `http[s]://host[:port][/path][?query]`
    #[arg(value_hint = ValueHint::Url)]
    pub(crate) url: String,
    #[command(flatten)]
    pub(crate) schedule: ScheduleArgs,
    #[command(flatten)]
    pub(crate) request: RequestArgs,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
    #[command(flatten)]
    pub(crate) gates: GateArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    #[command(flatten)]
    pub(crate) of_load: OfLoadArgs,
}

/// When requests are sent, and how many at once.
#[derive(Debug, Args)]
#[command(next_help_heading = "Load")]
pub(crate) struct ScheduleArgs {
    /// Virtual users that each send one request after the other (closed model) [default: 10]
    #[arg(long, short = 'c', value_name = "N", value_parser = value_parser!(u32).range(1..=MOST_VUS))]
    pub(crate) vus: Option<u32>,
    /// Arrivals per unit of time, whatever the answers (open model): 200/s, 30/m
    #[arg(long, value_name = "RATE", conflicts_with = "vus")]
    pub(crate) rate: Option<String>,
    /// For how long [default: 10s]
    #[arg(long, short, visible_short_alias = 'z', value_name = "DURATION")]
    pub(crate) duration: Option<String>,
    /// So many iterations, shared by the virtual users; --duration limits them [default: 10m]
    #[arg(
        long, short = 'n', value_name = "N", value_parser = value_parser!(u64).range(1..),
        conflicts_with_all = ["rate", "stages"]
    )]
    pub(crate) iterations: Option<u64>,
    /// A straight line to so many virtual users, 30s:100, or to a rate, 30s:200/s; repeatable
    #[arg(
        long = "stage",
        value_name = "DURATION:TARGET",
        conflicts_with = "duration"
    )]
    pub(crate) stages: Vec<String>,
    /// Virtual users at most, in an open model
    #[arg(
        long, value_name = "N", value_parser = value_parser!(u32).range(1..=MOST_VUS),
        conflicts_with_all = ["vus", "iterations"]
    )]
    pub(crate) max_vus: Option<u32>,
    /// Arrivals as independent users come, not evenly spaced
    #[arg(long)]
    pub(crate) poisson: bool,
    /// How closely arrivals keep their schedule: coalesced, precise or spin [default: coalesced]
    #[arg(long, value_name = "HOW", value_parser = named(&Pacing::NAMES), hide_possible_values = true)]
    pub(crate) pacing: Option<Pacing>,
    /// How long running requests may take to end afterwards
    #[arg(long, value_name = "DURATION", default_value = "30s")]
    pub(crate) graceful_stop: String,
    /// Send one part of N, 0/4 to 3/4; `rtest merge` makes one run of them
    #[arg(long, value_name = "I/N", value_parser = shard, requires = "seed")]
    pub(crate) shard: Option<Shard>,
}

/// What is sent, and what must come back.
#[derive(Debug, Args)]
#[command(next_help_heading = "Request")]
pub(crate) struct RequestArgs {
    /// HTTP method [default: GET, or POST with a body]
    #[arg(long, short = 'X', value_name = "METHOD")]
    pub(crate) method: Option<String>,
    /// A header: 'Name: value'; repeatable
    #[arg(long = "header", short = 'H', value_name = "HEADER")]
    pub(crate) headers: Vec<String>,
    /// A text body
    #[arg(long, value_name = "TEXT", conflicts_with_all = ["body_file", "json", "form"])]
    pub(crate) body: Option<String>,
    /// A file's bytes as the body
    #[arg(
        long, value_name = "FILE", value_hint = ValueHint::FilePath,
        conflicts_with_all = ["json", "form"]
    )]
    pub(crate) body_file: Option<PathBuf>,
    /// A JSON body
    #[arg(long, value_name = "JSON", conflicts_with = "form")]
    pub(crate) json: Option<String>,
    /// A field of a form; repeatable
    #[arg(long, value_name = "NAME=VALUE", value_parser = form_field)]
    pub(crate) form: Vec<(String, String)>,
    /// Basic authentication
    #[arg(long, short, value_name = "NAME:PASSWORD")]
    pub(crate) user: Option<String>,
    /// Digest authentication of the --user instead
    #[arg(long, requires = "user")]
    pub(crate) digest: bool,
    /// A bearer token
    #[arg(long, value_name = "TOKEN", conflicts_with = "user")]
    pub(crate) bearer: Option<String>,
    /// From a request's beginning to its last byte, connecting included
    #[arg(long, value_name = "DURATION", default_value = "60s")]
    pub(crate) timeout: String,
    /// Redirects that are followed at most
    #[arg(long, value_name = "N", default_value = "10")]
    pub(crate) redirects: u32,
    /// The status that answers must have: 200, 2xx or 200,204
    #[arg(long, value_name = "STATUS")]
    pub(crate) expect_status: Option<String>,
}

/// How it is sent.
#[derive(Debug, Args)]
#[command(next_help_heading = "Connection")]
pub(crate) struct ConnectionArgs {
    /// HTTP/1.1 only
    #[arg(long = "http1.1", conflicts_with = "http2")]
    pub(crate) http1: bool,
    /// HTTP/2; without TLS by prior knowledge
    #[arg(long)]
    pub(crate) http2: bool,
    /// Take any certificate
    #[arg(long, short = 'k')]
    pub(crate) insecure: bool,
    /// CAs to trust instead of the system's, PEM
    #[arg(long, visible_alias = "cacert", value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) ca: Option<PathBuf>,
    /// The client's certificate, PEM
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) cert: Option<PathBuf>,
    /// Its private key, PEM [default: in the --cert file]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "cert")]
    pub(crate) key: Option<PathBuf>,
    /// The name in SNI and of the certificate, instead of the URL's host
    #[arg(long, value_name = "NAME")]
    pub(crate) server_name: Option<String>,
    /// Connect to this socket instead of the URL's host and port
    #[arg(
        long, value_name = "PATH", value_hint = ValueHint::FilePath,
        conflicts_with_all = ["proxy", "connect_to"]
    )]
    pub(crate) unix_socket: Option<PathBuf>,
    /// An HTTP proxy: http://[name:password@]host:port
    #[arg(long, short = 'x', value_name = "URL")]
    pub(crate) proxy: Option<String>,
    /// The address of a host, which is then not looked up; repeatable
    #[arg(long, visible_alias = "host-ip", value_name = "NAME=IP", value_parser = host_address)]
    pub(crate) connect_to: Vec<(String, IpAddr)>,
    /// A connection for each request
    #[arg(long, visible_alias = "disable-keepalive")]
    pub(crate) no_keepalive: bool,
    /// Connections open at once, at most; requests wait for one
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(1..))]
    pub(crate) max_connections: Option<u32>,
    /// How long opening a connection may take
    #[arg(long, value_name = "DURATION")]
    pub(crate) connect_timeout: Option<String>,
    /// Ask for compressed answers (gzip, deflate, br, zstd)
    #[arg(long)]
    pub(crate) compressed: bool,
    /// Send cookies back: for an iteration, or as long as a virtual user lives [default: vu]
    #[arg(
        long, value_name = "FOR", value_parser = named(&Cookies::NAMES),
        num_args = 0..=1, require_equals = true, default_missing_value = "vu",
        hide_possible_values = true
    )]
    pub(crate) cookies: Option<Cookies>,
}

/// What the numbers must be.
#[derive(Debug, Args)]
#[command(next_help_heading = "Gates")]
pub(crate) struct GateArgs {
    /// A gate in k6's grammar: 'p(95)<300', 'http_req_failed rate<0.01'; repeatable
    #[arg(long = "threshold", short = 't', value_name = "EXPRESSION")]
    pub(crate) thresholds: Vec<String>,
    /// End the load when a threshold is breached, looked at for the first time after DURATION
    /// [default: 0s]
    #[arg(
        long, value_name = "DURATION", requires = "thresholds",
        num_args = 0..=1, require_equals = true, default_missing_value = "0s"
    )]
    pub(crate) abort_on_fail: Option<String>,
}
