//! Every diagnostic's stable code, with the text of `rtest explain CODE`.

use std::fmt;
use std::str::FromStr;

macro_rules! codes {
    ($($variant:ident = $id:literal, $title:literal, $explanation:literal;)*) => {
        /// The stable code of a diagnostic. A code never changes its meaning and is never reused.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code {
            $(#[doc = $title] $variant,)*
        }

        impl Code {
            /// Every code, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// As printed: `RT0101`.
            pub const fn id(self) -> &'static str {
                match self { $(Self::$variant => $id,)* }
            }

            /// One line: what the code means.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }

            /// Why it is an error, an example that has it, and the same example mended.
            pub const fn explanation(self) -> &'static str {
                match self { $(Self::$variant => $explanation,)* }
            }
        }
    };
}

codes! {
    FileNotFound = "RT0001", "the suite file cannot be read",
        "The path given to rtest does not lead to a readable file.\n\nPaths on the command line are relative to the folder you stand in; paths inside a suite\nare relative to the suite file.";
    NotText = "RT0002", "the suite file is not text",
        "A suite is YAML in UTF-8. The file holds bytes that are not UTF-8, or NUL bytes: it is\nprobably a binary file, or text in another encoding.\n\nConvert it:  iconv -f latin1 -t utf-8 suite.yaml";
    EmptyFile = "RT0003", "the suite file is empty",
        "There is nothing in the file. The smallest suite:\n\n    name: ping\n    load:\n      target: http://127.0.0.1:3000\n      scenarios:\n        ping: { executor: constant-arrival-rate, rate: 10/s, duration: 10s, flow: [{ get: / }] }\n\n`rtest init` writes one that runs as it is.";
    Syntax = "RT0004", "the file is not well-formed YAML",
        "The YAML parser stopped at the marked place. Frequent causes: a tab in the indentation, a\nmissing space after a colon, an unquoted value that begins with `{`, `[`, `*`, `&`, `@` or\n`%`.\n\n    url: {{ storefront.url }}     # wrong: read as a mapping\n    url: \"{{ storefront.url }}\"   # right";
    BudgetExceeded = "RT0005", "the file expands to more than a suite may",
        "The file is too large, too deeply nested, or its aliases (`*name`) expand to too many\nnodes. The limits protect the machine from files that grow exponentially when read.";
    UnknownKey = "RT0101", "a key that the suite language does not have",
        "Keys are never ignored: a misspelt key would silently switch off what it was meant to\nswitch on.\n\n    executor: constant-vus\n    durration: 10s    # wrong\n    duration: 10s     # right\n\n`rtest schema` prints every key as JSON Schema; editors complete from it.";
    WrongType = "RT0102", "a value of the wrong type",
        "The key expects another kind of value: text, number, list or mapping, as the message says.\n\n    depends_on: catalog      # wrong: a list is expected\n    depends_on: [catalog]    # right";
    MissingKey = "RT0103", "a required key is missing",
        "The mapping lacks a key that has no default.";
    BadUnit = "RT0104", "a value without its unit, or with an unknown one",
        "Durations, rates, sizes and shares carry units, so that nobody has to guess whether 250\nmeans seconds or milliseconds.\n\n    duration: 20        # wrong\n    duration: 20s       # right: us, ms, s, m, h, d\n    rate: 200           # wrong\n    rate: 200/s         # right: per s, m, h or 10s";
    NotExactlyOne = "RT0105", "not exactly one of several alternatives",
        "Some mappings say what they are by one key: a service is `builtin`, `process` or\n`external`; a step is one HTTP verb, `think`, `group`, `if`, `loop`, `parallel` or `choose`;\na fault is\n`latency`, `down`, `kill` or another of its kinds. The marked one has none of them, or more than one.";
    Duplicate = "RT0106", "a name that is used twice",
        "Names are unique within their list: thresholds, faults and reports refer to things by name.";
    OutOfRange = "RT0107", "a value outside its range",
        "The value is of the right type, but outside what it can mean; the message gives the range.";
    MissingVariable = "RT0108", "an environment variable that is not set",
        "`${NAME}` is resolved once, when the suite is read. Set the variable, or give it a default:\n\n    ${DB_PASSWORD}            # must be set\n    ${DB_PASSWORD:-test}      # default when unset or empty\n    ${DB_PASSWORD:?why}       # must be set; `why` is shown when it is not\n    $${literal}               # a dollar sign that is only a dollar sign";
    Contradiction = "RT0109", "keys that contradict each other",
        "Each of the keys is fine, but beside what else the suite says the marked one could have no\neffect. It is refused, for it would silently not do what it was written for.\n\n    target: http://127.0.0.1:3000\n    http: { tls: { insecure: true } }    # wrong: there is no TLS\n\n    feeder: { csv: users.csv, pick: random, at_end: stop }    # wrong: random rows have no end";
    UnknownService = "RT0201", "a reference to a service that the suite does not have",
        "`target`, `provider`, `depends_on` and links name services under `environment.services`.";
    UnknownLink = "RT0202", "a link that no `depends_on` edge makes",
        "A link is named `caller -> callee`, and exists when the caller lists the callee in\n`depends_on`. Faults address links, never ports.\n\n    services:\n      storefront: { builtin: storefront, depends_on: [catalog] }\n    …\n    - { at: 5s, for: 5s, link: \"storefront -> catalog\", down: true }";
    Cycle = "RT0203", "services or faults that wait for each other",
        "`depends_on` says what must be ready first, and `after` which fault must be over first; a\ncycle of either can never start. Remove one edge.";
    MissingFile = "RT0204", "a file that the suite names and that is not there",
        "Paths inside a suite are relative to the suite file.";
    UnknownStage = "RT0205", "a stage that the suite does not have",
        "`rtest run --stage NAME` runs what `stages.NAME` lists; entries are `contracts`, `sim`,\n`load` and `chaos`.";
    UnknownVariable = "RT0206", "a `{{ … }}` that nothing fills",
        "`{{ name }}` is filled while the run goes. Known everywhere: `{{ SERVICE.url }}`,\n`{{ SERVICE.host }}`, `{{ SERVICE.port }}`; in a flow also `{{ iteration }}`, `{{ vu }}`, the\ncolumns of its feeders, and what earlier steps have captured: those of the flow itself, of\n`before` and of `setup`.";
    UnusableFile = "RT0207", "a file that cannot be used for what the suite wants of it",
        "The file is there, but its content is not what is expected of it:\n\n    feeder: { csv: … }     a first line with the names of the columns\n    feeder: { json: … }    an array of objects, or one object a line\n    schedule: …            instants, one a line: seconds (1.25) or durations (1250ms)\n    tls: { ca, cert }      PEM, `-----BEGIN CERTIFICATE-----`\n    tls: { key }           PEM, `-----BEGIN PRIVATE KEY-----`, without a passphrase\n    file: …                any bytes, at most 64 MiB";
    UnknownFault = "RT0208", "a reference to a fault that the timeline does not have",
        "`after` names another fault of the timeline by its `name`:\n\n    - { at: 5s, for: 5s, name: slow, link: shop -> db, latency: { latency: 400ms } }\n    - { after: slow, wait: 2s, for: 5s, link: shop -> db, down: true }";
    ImpossibleFault = "RT0209", "a fault that cannot be done to what it names",
        "Services that rtest starts (`builtin`, `process`) can be killed, stopped, paused, restarted,\nsignalled and limited. An `external` service is somebody else's: only the link to it can be\nbroken, which touches nothing but this run's own calls.";
    OutsideTarget = "RT0210", "a drill that reaches beyond this machine without leave",
        "Faults and the load under them stay on this machine unless the suite says who else they may\nreach, and why; the reason stands in the record:\n\n    chaos:\n      guardrails:\n        allow: [{ target: api.staging, reason: \"agreed with the team that keeps it\" }]";
    UnknownToxic = "RT0211", "a toxic that the proxy does not have",
        "`toxic` takes every toxic of the proxy, in the words of its control API (docs/PROXY.md):\n\n    - at: 5s\n      for: 4s\n      link: \"storefront -> catalog\"\n      toxic: { type: bandwidth, attributes: { rate: 64 } }    # KB/s";
    BadThreshold = "RT0301", "a threshold that cannot be read",
        "A threshold is `aggregation operator number`:\n\n    http_req_duration: [\"p(95)<300\", \"p(99)<800\"]    # ms\n    http_req_failed: [\"rate<0.001\"]\n    checks: [\"rate>0.99\"]\n    http_reqs: [\"count>=1000\"]\n\nOperators: < <= > >= == !=. Percentiles: p(N), N from 0 to 100.";
    UnknownMetric = "RT0302", "a metric that does not exist",
        "A threshold on a metric that nothing feeds could never fail, so it is refused before\nanything starts. `rtest explain metrics` lists the metrics; a suite's own stand under\n`load.metrics`.";
    WrongAggregation = "RT0303", "an aggregation that the metric does not have",
        "Counters have `count` and `rate` (per second); rates have `rate` (a share of 0 to 1);\ngauges `value`; trends `avg`, `min`, `max`, `med`, `p(N)`, `count`.";
    BadExpectation = "RT0304", "an expectation that cannot be read",
        "Expectations are `status` (200, [200, 201] or 2xx), `headers`, `json` (JSONPath to a value\nor to `{ type, min, max, matches, exists }`) and `body_contains`.\n\n    check: { status: 200, json: { $.price: { type: number, min: 0 } } }";
    BadTarget = "RT0305", "a target that is neither a service nor a usable URL",
        "A target is the name of a service of the suite, or `http[s]://host[:port]`. A proxy is\n`http://host:port`.";
    UnknownTag = "RT0306", "a tag that no sample carries",
        "A threshold on a tag that nothing carries would have no samples. Samples carry `scenario`,\n`endpoint`, `method`, `status`, `error`, `group` (`::checkout::pay`), `contract` and `interaction` (of contracts as load), `window` (before,\nduring, after), `fault`, and the tags that scenarios and steps set under `tags`.";
    BadCapture = "RT0307", "a capture that cannot be read",
        "A capture takes a value from an answer, for the steps that follow; a measure takes one for a\nmetric. Where it is, is a JSONPath or one of `json`, `header`, `regex` and `css`:\n\n    capture:\n      id: $.id\n      token: { header: authorization, regex: \"Bearer (.*)\" }\n      csrf: { css: \"input[name=csrf]\", attribute: value, default: \"\" }\n    measure: { order_value: $.total }";
    Unmeasured = "RT0308", "a metric of the suite's own that nothing measures",
        "A metric under `load.metrics` that no request feeds would stay empty, and a threshold on it\ncould never hold. Feed it where its values come from:\n\n    metrics: { order_value: trend }\n    …\n    - post: /orders\n      measure: { order_value: $.total }";
    ImpossibleStep = "RT0309", "a step that can never be taken",
        "Whatever fills its holes, the request could not be sent: a method that is none, a header with\na line break in its name or value, a path with a space in it.";
    UnknownCheck = "RT0310", "a check that no request of the load has",
        "`fallback.check` names a check of the flow, as reports show it; a check that nothing makes\nwould never be met.\n\n    - get: /products/7\n      check: { json: { $.source: fallback } }     # named `json $.source`, or by its `name`";
    NoGoose = "RT0311", "an engine that this build does not have",
        "`engine: goose` needs goose, a library with many dependencies of its own, so a build has it\nonly when it is asked for:\n\n    cargo install --path . --features goose\n\nWithout the key, or with `engine: rtest`, every build runs the scenario.";
    EngineCannot = "RT0312", "something that the engine goose cannot do",
        "goose is a closed loop: so many users, each of which starts again when it is done. It has no\narrival rates, and what else it does not have is refused rather than left out in silence.\n\n    executor: constant-vus or per-vu-iterations, in the only scenario of a load\n    flow:     requests (get, post, put, patch, delete, head), `think`, `group`, `if`, `loop`,\n              `choose`; bodies as text, JSON, form or file; captures but by `css`; checks; tags\n    http:     `cookies: vu`, and nothing else\n\nFor everything beyond that, leave `engine` out: rtest's own engine does it.";
    ServiceExited = "RT0401", "a service ended before it was ready",
        "The command exited while rtest waited for it to become ready. The last lines it printed are\nshown; the whole log is in the run folder under `logs/`.";
    NotReady = "RT0402", "a service was not ready in time",
        "The readiness probe did not succeed within its limit. A port that is open is not enough:\nthe probe must be answered. Raise `ready.within`, or look at the service's log in the run\nfolder under `logs/`.";
    PortTaken = "RT0403", "a port that something else listens on",
        "The service is to listen on a fixed port that is already in use. Stop the other program, or\nleave `port` out: rtest then picks a free one and hands it over as PORT.";
    CommandNotFound = "RT0404", "a command that cannot be started",
        "The program of `process.command` was not found, or may not be executed. Relative programs\nare looked up in PATH; `cwd` is relative to the suite file.";
    Unreachable = "RT0405", "an address that does not answer",
        "Nothing answered at the address within the limit. For an `external` service, see that it is\nup; for `rtest load URL`, see that the URL is right.";
    EnvironmentFailed = "RT0406", "the environment could not be made",
        "An operating-system call that the environment needs failed; the message says which.";
    SetupFailed = "RT0407", "the setup of the load failed",
        "What `setup` does comes once before the load, and all scenarios build on it: users that it\nmakes, tokens that it captures. A request of it that is not answered below 400, a check that\ndoes not hold, or a capture that finds nothing ends the run before any load is sent. Where a\nstatus of 400 or above is what you want, check for it:\n\n    setup:\n      - delete: /users/7\n        check: { status: [204, 404] }";
    NothingVerified = "RT0501", "no interaction was verified",
        "A contract stage that verifies nothing is a failure, not a success: usually the folder is\nempty, the pacts are for another provider, or the provider's name differs in case; or no\noperation of an OpenAPI document matches what was asked for, or no pact of a broker.";
    UnreadableContract = "RT0502", "a contract that cannot be read",
        "A pact is JSON of version 1 to 4; a contract of Spring Cloud Contract is YAML; an OpenAPI\ndocument is 2.0, 3.0 or 3.1 in JSON or YAML, and refers to files of its own folder. The file is\nsomething else, or larger than is taken, or whoever has it does not hand it out; the message says\nwhat.";
    StateWithoutHandler = "RT0503", "a provider state that nothing sets up",
        "The pact says `given …`, and the suite has no entry for it under `states`.\n\n    states:\n      user 7 exists: { http: { post: /users, json: { id: 7, name: Surya } } }";
    NotPublished = "RT0504", "results that the broker did not take",
        "The pacts were verified, and the broker was to be told of it, but did not take the results; the\nmessage has its words. Whoever asks the broker whether the provider may be deployed gets an old\nanswer, so this fails the run. Usual causes: a token that may read and not write, a version that\nthe broker does not accept, a broker that is away.";
    NothingToSend = "RT0505", "no interaction of a contract can be sent as load",
        "A step `contract` of a flow sends the interactions of pacts, and there is none that it could\nsend: none is of this provider, or all of them are messages, or need provider states. A load\nsets up no states; where the provider is in them anyway, say so:\n\n    - contract: pacts/web-storefront.json\n      provider: storefront\n      states: as-they-are";
    SimFailed = "RT0601", "a program that the reference runtime could not run",
        "The program ended with an error, or used something that the runtime does not have; the\nmessage names it.\n\nIt has: the language, TypeScript whose types can be stripped, CommonJS and ES modules, packages from\nnode_modules, and most of Node's own library: streams, Buffer, URL, zlib, AsyncLocalStorage, fs over a\nsimulated disk, http and fetch over a simulated network, events, timers, crypto's digests, node:test\nand tests in the style of Jest and Vitest.\nIt does not have: child processes, worker threads, TLS, HTTP/2, Intl, native addons.\ndocs/RUNTIME.md has the whole table.";
    BadFlag = "RT0701", "a command-line value that cannot be used",
        "See `rtest COMMAND --help`.";
    GeneratorLimit = "RT0801", "the machine that sends cannot carry this load",
        "Each virtual user holds a connection, and each connection is an open file: `ulimit -n 65536`\nbefore the run raises the limit, `--max-vus` (`max_vus`) lowers the need. Several machines share\na load with `--shard I/N`.";
    Defect = "RT0901", "a defect of rtest",
        "rtest broke one of its own rules; nothing in the suite or on the machine is at fault. What was\nrecorded until then is kept, and the seed and the command at its end make it happen again:\nplease report them.";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl FromStr for Code {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|code| code.id().eq_ignore_ascii_case(text.trim()))
            .ok_or_else(|| format!("there is no code `{}`", text.trim()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_ordered_and_found_by_their_id() {
        assert!(Code::ALL.windows(2).all(|pair| pair[0].id() < pair[1].id()));
        for code in Code::ALL {
            assert_eq!(code.id().to_lowercase().parse(), Ok(*code));
        }
        assert!("RT9999".parse::<Code>().is_err());
    }
}
