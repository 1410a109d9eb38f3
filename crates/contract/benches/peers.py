#!/usr/bin/env python3
"""What verifying a pact takes, beside Pact's own verifier as Node teams have it.

    cd crates/contract/benches/peer && npm ci
    python3 crates/contract/benches/peers.py                      # RTEST=path/to/rtest
    python3 crates/contract/benches/peers.py --interactions 500 --rounds 5

Whole commands, from the shell's point of view: the pact is read, every interaction is asked of the
same trivial provider, results are written. They take turns, round after round, so that whatever
else the machine does meets all of them; told are the medians of all rounds, of the time on the
clock and of the CPU time of the process. A run that does not verify every interaction ends it all.
Nothing but 127.0.0.1 is sent anything. Prints Markdown.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PEER = Path(__file__).resolve().parent / "peer"
RTEST = os.environ.get("RTEST", "rtest")


def pact(interactions: int) -> dict:
    """As `--example throughput` makes it: each with rules, headers and a body."""
    user = {
        "id": 7,
        "name": "Surya",
        "email": "surya@example.com",
        "tags": ["a", "b"],
        "address": {"city": "Pune", "zip": 411001},
    }
    rules = {
        "$.id": {"matchers": [{"match": "integer"}]},
        "$.name": {"matchers": [{"match": "type"}]},
        "$.email": {"matchers": [{"match": "regex", "regex": "^[^@]+@[^@]+$"}]},
        "$.tags": {"matchers": [{"match": "type", "min": 1}]},
    }
    response = {
        "status": 200,
        "headers": {"Content-Type": "application/json"},
        "body": user,
        "matchingRules": {"body": rules},
    }
    return {
        "consumer": {"name": "web"},
        "provider": {"name": "storefront"},
        "interactions": [
            {
                "description": f"shows user {number}",
                "request": {"method": "GET", "path": f"/users/{number}"},
                "response": response,
            }
            for number in range(interactions)
        ],
        "metadata": {"pactSpecification": {"version": "3.0.0"}},
    }


def run(command: list[str], out: Path) -> tuple[float, float, str]:
    """Seconds on the clock, seconds of CPU, and what it printed; ends it all where it fails."""
    with open(out / "stdout", "wb") as printed, open(out / "stderr", "wb") as said:
        began = time.monotonic()
        process = subprocess.Popen(
            command,
            stdout=printed,
            stderr=said,
            env={**os.environ, "PACT_DO_NOT_TRACK": "true"},
        )
        _, status, used = os.wait4(process.pid, 0)
        took = time.monotonic() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    text = (out / "stdout").read_text()
    if process.returncode != 0:
        sys.exit(f"{' '.join(command)}: exit code {process.returncode}\n{text}\n{(out / 'stderr').read_text()}")
    return took, used.ru_utime + used.ru_stime, text


def ours(file: Path, url: str, out: Path, interactions: int, jobs: int) -> tuple[float, float]:
    command = [RTEST, "contract", "verify", str(file), "--provider", "storefront"]
    command += ["--provider-url", url, "--jobs", str(jobs), "--out", str(out / "runs")]
    took, cpu, _ = run([*command, "--report", f"json={out / 'report.json'}"], out)
    told = json.loads((out / "report.json").read_text())["rtest"]["contracts"]["interactions"]
    verified = sum(one["status"] == "verified" for one in told)
    assert verified == interactions, f"{verified} of {interactions} verified"
    return took, cpu


def theirs(file: Path, url: str, out: Path, interactions: int) -> tuple[float, float]:
    took, cpu, text = run(["node", str(PEER / "verify.js"), str(file), "storefront", url], out)
    told = json.loads(text.splitlines()[-1])["interactionResults"]
    verified = sum(one["result"] == "OK" for one in told)
    assert verified == interactions, f"{verified} of {interactions} verified"
    return took, cpu


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--interactions", type=int, nargs="+", default=[500, 2000])
    arguments.add_argument("--rounds", type=int, default=3)
    chosen = arguments.parse_args()
    if not (PEER / "node_modules").is_dir():
        sys.exit(f"run `npm ci` in {PEER}")
    of_peer = json.loads((PEER / "package.json").read_text())["dependencies"]
    [(package, version)] = of_peer.items()
    contenders = {
        "rtest": lambda *given: ours(*given, jobs=1),
        "rtest `--jobs 16`": lambda *given: ours(*given, jobs=16),
        f"`{package}` {version}": theirs,
    }
    provider = subprocess.Popen(["node", str(PEER / "provider.js")], stdout=subprocess.PIPE, text=True)
    try:
        url = f"http://127.0.0.1:{int(provider.stdout.readline())}"
        print("| interactions | | time | CPU time |\n|--:|---|--:|--:|", flush=True)
        for interactions in chosen.interactions:
            figures = {name: [] for name in contenders}
            with tempfile.TemporaryDirectory() as folder:
                out = Path(folder)
                file = out / "pact.json"
                file.write_text(json.dumps(pact(interactions), indent=2))
                for _ in range(chosen.rounds):
                    for name, contender in contenders.items():
                        figures[name].append(contender(file, url, out, interactions))
            for name, rounds in figures.items():
                took, cpu = (statistics.median(of) for of in zip(*rounds))
                print(f"| {interactions:,} | {name} | {took:.2f} s | {cpu:.2f} s |", flush=True)
    finally:
        provider.terminate()
        provider.wait()


if __name__ == "__main__":
    main()
