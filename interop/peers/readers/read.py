"""Runs the vectors of Close frames against wsproto, as testdata/README.md
describes them: python3 read.py TESTDATA"""

import json
import sys

from wsproto.frame_protocol import FrameProtocol, Opcode, ParseFailed


def load(name):
    with open(f"{sys.argv[1]}/{name}.json", encoding="utf-8") as f:
        return json.load(f)["vectors"]


def receive(client, data):
    """What a new endpoint makes of the bytes: a Close, a message, an error, or nothing yet."""
    protocol = FrameProtocol(client=client, extensions=[])
    protocol.receive_bytes(data)
    try:
        for frame in protocol.received_frames():
            if frame.opcode is Opcode.CLOSE:
                return {"close": True, "code": int(frame.payload[0]), "reason": frame.payload[1] or ""}
            return {"message": True}
    except ParseFailed as e:
        return {"answer": int(e.code)}
    return {}


def agrees(v, got):
    """Whether what was received is what the vector expects."""
    if v["error"] == "":
        return got.get("close", False) and got["code"] == v["code"] and got["reason"] == v["reason"]
    if v["error"] == "incomplete":
        return got == {}
    if v["error"] == "not_close":
        return "close" not in got
    if "answer" in got:
        return got["answer"] in (v["answer"] if isinstance(v["answer"], list) else [v["answer"]])
    return v.get("early", False) and got == {}


results = []
for v in load("payloads"):
    results.append((v, agrees(v, receive(True, bytes.fromhex(v["header"] + v["bytes"])))))
for v in load("frames"):
    results.append((v, agrees(v, receive(v["role"] == "client", bytes.fromhex(v["bytes"] + v.get("rest", ""))))))
for v in load("utf8"):  # as a text message
    text = bytes.fromhex(v["bytes"])
    size = bytes([len(text)]) if len(text) < 126 else b"\x7e" + len(text).to_bytes(2, "big")
    got = receive(True, b"\x81" + size + text)
    results.append((v, got == ({"message": True} if v["valid"] else {"answer": 1007})))
differ = [v for v, agreed in results if not agreed]
for v in differ:
    print(f"differs: {v['id']} ({v['rule']})")
print(f"{len(results)} vectors, {len(differ)} differ")
