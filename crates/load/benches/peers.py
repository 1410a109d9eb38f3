#!/usr/bin/env python3
"""What a request costs the load generator, beside its peers, against one nginx on this machine.

    python3 crates/load/benches/peers.py                    # everything: about ten minutes
    python3 crates/load/benches/peers.py --only closed      # closed, open, pacing, json, memory
    python3 crates/load/benches/peers.py --rounds 9 --seconds 5

Tools take turns, round after round, so that whatever else the machine does meets all of them. What
is compared is CPU time of the generator's process per request, the median of all rounds: unlike
throughput it says little of the server and of the neighbours. Peers that are not installed are
named. Nothing but 127.0.0.1 is sent anything. Needs nginx, python3 and cargo; prints Markdown.
"""

import argparse
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Optional

WORKSPACE = Path(__file__).resolve().parents[3]

NGINX = """
daemon off; worker_processes 1; pid {dir}/pid; error_log {dir}/error.log warn;
events {{ worker_connections 30000; }}
http {{
  access_log off; keepalive_requests 1000000000; keepalive_timeout 1h;
  client_body_temp_path {dir}/1; proxy_temp_path {dir}/2; fastcgi_temp_path {dir}/3;
  uwsgi_temp_path {dir}/4; scgi_temp_path {dir}/5;
  server {{
    listen 127.0.0.1:{port} backlog=16384;
    location = /small {{ default_type text/plain; return 200 "hello, world\\n"; }}
    location = /json {{
      default_type application/json; root {dir};
      add_header X-Request-Id 0123456789abcdef; add_header Cache-Control no-store;
      add_header X-Frame-Options DENY; add_header Vary Accept;
    }}
  }}
}}
"""

# About 1 KB; what is looked for stands in the middle and at the end.
DOCUMENT = json.dumps(
    {
        "id": 7,
        "name": "Surya",
        "tags": ["alpha", "beta", "gamma"],
        "address": {"street": "Long Street 12", "city": "Erlangen", "geo": [49.59, 11.0]},
        "items": [
            {"sku": f"sku-{n:04}", "price": 9.5 + n, "count": n, "note": 'a "quoted" word'}
            for n in range(9)
        ],
        "total": 121.5,
        "last": {"deep": [{"value": "found"}]},
    }
)


class Nginx:
    """One worker, on a free port, gone with the `with` block."""

    def __enter__(self):
        self.dir = tempfile.TemporaryDirectory(prefix="peers-")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        directory = Path(self.dir.name)
        directory.chmod(0o755)
        (directory / "json").write_text(DOCUMENT)
        config = directory / "nginx.conf"
        config.write_text(NGINX.format(dir=directory, port=self.port))
        self.process = subprocess.Popen(
            ["nginx", "-p", str(directory), "-c", str(config)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 10
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    sys.exit(f"nginx did not start: {(directory / 'error.log').read_text()}")
                time.sleep(0.02)

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.dir.cleanup()

    def url(self, path="small"):
        return f"http://127.0.0.1:{self.port}/{path}"

    def address(self, path="small"):
        return f"127.0.0.1:{self.port}/{path}"


@dataclass
class Run:
    """What one run of a tool took."""

    requests: int
    cpu: float
    seconds: float
    rss_mb: float
    output: str

    @property
    def micros(self):
        return self.cpu / self.requests * 1e6


def run(argv, count) -> Run:
    begun = time.monotonic()
    process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.monotonic() - begun
    requests = count(output)
    if process.returncode != 0 or not requests:
        sys.exit(f"{' '.join(argv)} ended with {process.returncode}:\n{output}")
    cpu = usage.ru_utime + usage.ru_stime
    return Run(requests, cpu, seconds, usage.ru_maxrss / 1024, output)


def counting(pattern):
    return lambda output: sum(int(n) for n in re.findall(pattern, output))


def count_oha(output):
    document = json.loads(output[output.index("{") :])
    return sum(document["statusCodeDistribution"].values())


@dataclass
class Peer:
    """A tool that does the same."""

    version: list
    count: Callable[[str], int]
    closed: Callable[[str, int, int], list]
    open: Optional[Callable[[str, int, int, int], list]] = None

    def show_version(self):
        shown = subprocess.run(self.version, capture_output=True, text=True)
        lines = (shown.stdout + shown.stderr).strip().splitlines()
        return next((line for line in lines if re.search(r"\d\.\d", line)), "version unknown")


PEERS = {
    "wrk": Peer(
        ["wrk", "--version"],
        counting(r"(\d+) requests in"),
        lambda url, c, s: ["wrk", "-t1", f"-c{c}", f"-d{s}s", url],
    ),
    "h2load": Peer(
        ["h2load", "--version"],
        counting(r"(\d+) succeeded"),
        lambda url, c, s: ["h2load", "--h1", "-t1", f"-c{c}", "-D", str(s), url],
    ),
    "ab": Peer(
        ["ab", "-V"],
        counting(r"Complete requests:\s+(\d+)"),
        lambda url, c, s: ["ab", "-q", "-k", "-c", str(c), "-t", str(s), "-n", "100000000", url],
    ),
    "oha": Peer(
        ["oha", "--version"],
        count_oha,
        lambda url, c, s: oha(url, c, s),
        lambda url, rate, c, s: oha(url, c, s, "-q", str(rate)),
    ),
    "hey": Peer(
        # It has no flag for its version.
        ["sh", "-c", "dpkg-query -W hey 2>/dev/null || echo 'hey, version unknown'"],
        counting(r"\[\d+\]\s+(\d+) responses"),
        lambda url, c, s: ["hey", "-cpus", "1", "-c", str(c), "-z", f"{s}s", url],
        # Its rate is of each of its workers.
        lambda url, rate, c, s: (
            ["hey", "-cpus", "1", "-c", str(c), "-q", str(rate / c), "-z", f"{s}s", url]
        ),
    ),
}


def oha(url, connections, seconds, *more):
    basic = ["oha", "--no-tui", "--output-format", "json", "-c", str(connections)]
    return [*basic, "-z", f"{seconds}s", *more, url]


def ours(address, model, vus, seconds, *options):
    return [GENERATOR, address, model, str(vus), str(seconds), "1", *options]


count_ours = counting(r"^requests (\d+)")
lag_p50 = re.compile(r"schedule lag ms: p50 ([\d.]+)")


@dataclass
class Case:
    """Tools that are held against each other."""

    title: str
    # The row that the others are divided by.
    reference: str
    rows: dict = field(default_factory=dict)

    def measure(self, rounds):
        results = {name: [] for name in self.rows}
        for _ in range(rounds):
            for name, (argv, count) in self.rows.items():
                results[name].append(run(argv, count))
        return results

    def show(self, rounds):
        results = self.measure(rounds)
        reference = statistics.median(run.micros for run in results[self.reference])
        print(f"\n### {self.title}\n")
        print(f"| | CPU µs/request | lowest | × {self.reference} | requests/s | lag p50 µs | RSS MB |")
        print("|---|--:|--:|--:|--:|--:|--:|")
        for name, runs in results.items():
            micros = statistics.median(run.micros for run in runs)
            rate = statistics.median(run.requests / run.seconds for run in runs)
            rss = statistics.median(run.rss_mb for run in runs)
            lags = [float(lag) for run in runs for lag in lag_p50.findall(run.output)]
            lag = f"{statistics.median(lags) * 1000:.0f}" if any(lags) else ""
            lowest = min(run.micros for run in runs)
            print(
                f"| {name} | {micros:.2f} | {lowest:.2f} | {micros / reference:.2f} "
                f"| {rate:.0f} | {lag} | {rss:.0f} |",
                flush=True,
            )


def closed(nginx, seconds, peers):
    for connections in (32, 64):
        case = Case(f"Closed loop, {connections} connections", "wrk" if "wrk" in peers else "rtest")
        for name, peer in peers.items():
            case.rows[name] = (peer.closed(nginx.url(), connections, seconds), peer.count)
        plain = ours(nginx.address(), "closed", connections, seconds)
        case.rows["rtest"] = (plain, count_ours)
        case.rows["rtest, general client"] = ([*plain, "general"], count_ours)
        yield case


def open_loop(nginx, seconds, peers):
    for rate in (5_000, 20_000, 40_000):
        case = Case(f"Open loop, {rate}/s", "oha" if "oha" in peers else "rtest")
        for name, peer in peers.items():
            if peer.open:
                case.rows[name] = (peer.open(nginx.url(), rate, 64, seconds), peer.count)
        case.rows["rtest"] = (ours(nginx.address(), f"{rate}/s", 64, seconds), count_ours)
        if rate == 40_000:
            case.rows["rtest, closed"] = (ours(nginx.address(), "closed", 64, seconds), count_ours)
        yield case


def pacing(nginx, seconds, _peers):
    for rate in (1_000, 5_000):
        case = Case(f"Pacing, {rate}/s", "coalesced")
        for name in ("coalesced", "precise", "spin"):
            argv = ours(nginx.address(), f"{rate}/s", 64, seconds, name)
            case.rows[name] = (argv, count_ours)
        yield case


def json_checks(nginx, seconds, _peers):
    case = Case(f"Closed loop, 32 connections, {len(DOCUMENT)} bytes of JSON", "bare")
    bare = ours(nginx.address("json"), "closed", 32, seconds)
    case.rows["bare"] = (bare, count_ours)
    case.rows["one path"] = ([*bare, "$.last.deep[0].value"], count_ours)
    three = ["$.name", "$.items[4].price", "$.last.deep[0].value"]
    case.rows["three paths"] = ([*bare, *three], count_ours)
    case.rows["a path that searches"] = ([*bare, "$..value"], count_ours)
    yield case


def memory(nginx, seconds, _peers):
    case = Case("Memory", "1 × as long")
    for times in (1, 4):
        argv = ours(nginx.address(), "closed", 32, seconds * times)
        case.rows[f"{times} × as long"] = (argv, count_ours)
    argv = ours(nginx.address(), "closed", 10_000, max(12, seconds), "think=10s")
    case.rows["10,000 virtual users, think time 10 s"] = (argv, count_ours)
    yield case


GROUPS = {
    "closed": closed,
    "open": open_loop,
    "pacing": pacing,
    "json": json_checks,
    "memory": memory,
}


def build():
    command = ["cargo", "build", "--release", "-q", "-p", "rtest-load"]
    command += ["--example", "generator_cost", "--message-format", "json"]
    built = subprocess.run(command, cwd=WORKSPACE, stdout=subprocess.PIPE, text=True, check=True)
    messages = map(json.loads, built.stdout.splitlines())
    return next(path for path in (m.get("executable") for m in messages) if path)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--only", choices=GROUPS, action="append")
    arguments = parser.parse_args()
    if not shutil.which("nginx"):
        sys.exit("nginx is not installed: there is nothing to send load to")

    global GENERATOR
    GENERATOR = build()
    peers = {name: peer for name, peer in PEERS.items() if shutil.which(name)}
    for name, peer in PEERS.items():
        print(f"- {peer.show_version() if name in peers else f'{name}: NOT INSTALLED, not compared'}")
    load = os.getloadavg()[0]
    print(f"- {os.cpu_count()} cores, load {load:.1f} before")
    print(f"- medians of {arguments.rounds} rounds of {arguments.seconds} s each")
    with Nginx() as nginx:
        for name in arguments.only or GROUPS:
            for case in GROUPS[name](nginx, arguments.seconds, peers):
                case.show(arguments.rounds)


if __name__ == "__main__":
    main()
