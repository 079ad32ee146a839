"""What the peers in Python share. See peers.go for what they do."""

import asyncio
import json
import sys
import threading
import os


def say(**o):
    sys.stdout.write(json.dumps(o) + "\n")
    sys.stdout.flush()


def parse(text):
    """The command in a text message, and the code and reason to close with."""
    if text in ("close", "drop"):
        return text, None, ""
    word, _, rest = text.partition(" ")
    code, _, reason = rest.partition(" ")
    if word == "close" and code.isdigit():
        return "close", int(code), reason
    return "echo", None, ""


def end_with_stdin():
    """Ends the process when its standard input ends."""

    def wait():
        sys.stdin.buffer.read()
        os._exit(0)

    threading.Thread(target=wait, daemon=True).start()


def run(version, server, client):
    """Runs what the command line asks for; server and client are coroutines."""
    if sys.argv[1] == "version":
        print(version)
        return
    end_with_stdin()
    if sys.argv[1] == "server":
        asyncio.run(server())
    else:
        say(url=sys.argv[2])
        asyncio.run(client(sys.argv[2]))
