"""Lets in who answers its challenge (RFC 7616): the algorithm is the path's first part.

Prints its port. A nonce is good for three answers, whose counts must ascend; `/old` challenges as
RFC 2069 did. Answers `in`, with how often it has challenged until then.
"""

import hashlib
import os
import re
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

REALM, USER, PASSWORD = 'the "realm"', "Mufasa", "Circle: of Life"
HASHES = {"md5": hashlib.md5, "sha-256": hashlib.sha256}
nonces = {}
challenges = 0


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        kind = self.path.strip("/").split("?")[0]
        name = "md5" if kind == "old" else kind
        fault = self.fault(name, kind == "old")
        if fault is None:
            return self.answer(200, f"in after {challenges}")
        self.challenge(name, kind == "old", fault)

    def fault(self, name, old):
        given = self.headers.get("authorization")
        if given is None:
            return "none"
        pairs = re.findall(r'([\w*]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))', given)
        got = {key: re.sub(r"\\(.)", r"\1", quoted or plain) for key, quoted, plain in pairs}
        if got["nonce"] not in nonces:
            return "stale"
        digest = lambda text: HASHES[name.removesuffix("-sess")](text.encode()).hexdigest()
        key = digest(f"{USER}:{REALM}:{PASSWORD}")
        if name.endswith("-sess"):
            key = digest(f"{key}:{got['nonce']}:{got['cnonce']}")
        what = digest(f"GET:{self.path}")
        if old:
            expected = digest(f"{key}:{got['nonce']}:{what}")
        else:
            counted = f"{got['nonce']}:{got['nc']}:{got['cnonce']}:{got['qop']}"
            expected = digest(f"{key}:{counted}:{what}")
            if int(got["nc"], 16) <= nonces[got["nonce"]]:
                return "replayed"
            nonces[got["nonce"]] = int(got["nc"], 16)
            if nonces[got["nonce"]] > 3:
                return "stale"
        good = got["response"] == expected and got["uri"] == self.path
        good = good and got["username"] == USER and got["opaque"] == "o"
        return None if good else "wrong"

    def challenge(self, name, old, fault):
        global challenges
        challenges += 1
        nonce = os.urandom(8).hex()
        nonces[nonce] = 0
        quoted = REALM.replace('"', '\\"')
        value = f'Digest realm="{quoted}", nonce="{nonce}", opaque="o"'
        if not old:
            value += f', qop="auth, auth-int", algorithm={name.upper().replace("-SESS", "-sess")}'
        if fault == "stale":
            value += ", stale=true"
        self.answer(401, fault, [("WWW-Authenticate", 'Basic realm="x"'), ("WWW-Authenticate", value)])

    def answer(self, status, text, headers=()):
        self.send_response(status)
        for header, value in headers:
            self.send_header(header, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
