#!/usr/bin/env python3
"""Confirms findings of closeframe probe without its code.

    confirm.py URL         against a server
    confirm.py -listen     against a client, whose URL is printed first

Standard input is a JSON list of results of "closeframe probe -format json".
For each, the script opens a TCP connection, sends the same bytes at the same
times, and compares the frames that come back with those that probe reported.
It prints the ids of those that are the same, one a line.
"""

import base64
import json
import os
import socket
import sys
import time


def frames(b, cut=False):
    """The frames in b: first byte, length, mask bit, beginning of the payload.

    If cut, b is one frame of which a report keeps only the first bytes.
    """
    out = []
    while len(b) >= 2:
        n, at = b[1] & 0x7F, 2
        if n == 126:
            n, at = int.from_bytes(b[2:4], "big"), 4
        elif n == 127:
            n, at = int.from_bytes(b[2:10], "big"), 10
        masked = bool(b[1] & 0x80)
        key = bytes(4)
        if masked:
            key, at = b[at : at + 4], at + 4
        payload = b[at : at + n]
        if len(payload) < n and not cut:
            break
        payload = bytes(c ^ key[i % 4] for i, c in enumerate(payload[:200]))
        if masked != listening:  # the payload is random
            payload = b""
        out.append((b[0], n, masked, payload))
        b = b[at + n :]
    return out


def header(conn):
    b = b""
    while b"\r\n\r\n" not in b:
        more = conn.recv(4096)
        if not more:
            raise OSError("no opening handshake")
        b += more
    head, _, rest = b.partition(b"\r\n\r\n")
    return head.decode("latin-1"), rest


def request(host, deflate):
    extension = "Sec-WebSocket-Extensions: permessage-deflate\r\n" if deflate else ""
    key = base64.b64encode(os.urandom(16)).decode()
    return (
        "GET / HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\n%s\r\n" % (host, key, extension)
    ).encode()


def response(head, deflate):
    import hashlib

    fields = dict(line.split(": ", 1) for line in head.split("\r\n")[1:])
    fields = {k.lower(): v for k, v in fields.items()}
    key = fields["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    extension = ""
    if deflate:
        extension = "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover\r\n"
    return (
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: %s\r\n%s\r\n" % (base64.b64encode(hashlib.sha1(key.encode()).digest()).decode(), extension)
    ).encode()


def play(conn, events, got):
    """Sends what the prober sent, and returns what came back."""
    began = time.monotonic()
    sent = [e for e in events if e["by"] == "prober"]
    limit = max(e["ms"] for e in events) / 1000 + 1
    while True:
        now = time.monotonic() - began
        while sent and sent[0]["ms"] / 1000 <= now:
            e = sent.pop(0)
            try:
                if "bytes" in e:
                    conn.sendall(bytes.fromhex(e["bytes"]))
                elif e["what"] == "FIN":
                    conn.shutdown(socket.SHUT_WR)
            except OSError:
                pass
        if now > limit:
            return got
        until = min([limit] + [e["ms"] / 1000 for e in sent[:1]])
        conn.settimeout(max(until - now, 0.001))
        try:
            b = conn.recv(65536)
        except TimeoutError:
            continue
        except OSError:
            return got
        if not b:
            return got
        got += b


results = json.load(sys.stdin)
listening = sys.argv[1] == "-listen"
if listening:
    ln = socket.create_server(("127.0.0.1", 0))
    print("ws://127.0.0.1:%d/" % ln.getsockname()[1], flush=True)
    ln.settimeout(20)
else:
    host = sys.argv[1][len("ws://") :].rstrip("/")
for r in results:
    want = []
    for e in r["events"]:
        if e["by"] == "peer" and "bytes" in e:
            want += frames(bytes.fromhex(e["bytes"]), True)
    deflate = "deflate" in r["id"]
    if listening:
        conn, _ = ln.accept()
        head, rest = header(conn)
        conn.sendall(response(head, deflate))
    else:
        name, port = host.rsplit(":", 1)
        conn = socket.create_connection((name, int(port)), 20)
        conn.sendall(request(host, deflate))
        _, rest = header(conn)
    with conn:
        got = frames(play(conn, r["events"], rest))
    # The Ping that probe sends to a silent peer carries its own payload, and
    # is among the bytes sent.
    if got == want:
        print(r["id"], flush=True)
    else:
        print(r["id"], "got", got, "want", want, file=sys.stderr)
