"""The peer that is autobahn-python on asyncio, as server and as client."""

import asyncio
import sys

sys.path.insert(0, ".")  # of common.py: peers run in the folder above
import autobahn
from autobahn.asyncio.websocket import (
    WebSocketClientFactory,
    WebSocketClientProtocol,
    WebSocketServerFactory,
    WebSocketServerProtocol,
)

from common import run, say


class Echo:
    def onMessage(self, payload, is_binary):
        if payload == b"close 1000 bye":
            self.sendClose(1000, "bye")
        else:
            self.sendMessage(payload, is_binary)


class Server(Echo, WebSocketServerProtocol):
    pass


async def server():
    factory = WebSocketServerFactory()
    factory.protocol = Server
    s = await asyncio.get_running_loop().create_server(factory, "127.0.0.1", 0)
    say(url="ws://127.0.0.1:%d/" % s.sockets[0].getsockname()[1])
    await asyncio.Future()


async def client(url):
    host, port = url[len("ws://") : -1].split(":")
    while True:
        done = asyncio.Event()

        class Client(Echo, WebSocketClientProtocol):
            def connection_lost(self, exc):
                super().connection_lost(exc)
                done.set()

        factory = WebSocketClientFactory(url)
        factory.protocol = Client
        try:
            await asyncio.get_running_loop().create_connection(factory, host, int(port))
        except OSError:
            return
        await done.wait()


run(autobahn.__version__, server, client)
