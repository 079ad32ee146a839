"""The peer that is Tornado, as server and as client."""

import asyncio
import sys

sys.path.insert(0, ".")  # of common.py: peers run in the folder above
import tornado
import tornado.httpserver
import tornado.netutil
import tornado.web
import tornado.websocket

from common import run, say


class Echo(tornado.websocket.WebSocketHandler):
    def get_compression_options(self):
        return {}

    def on_message(self, message):
        if message == "close 1000 bye":
            self.close(1000, "bye")
        else:
            self.write_message(message, isinstance(message, bytes))


async def server():
    app = tornado.web.Application([("/", Echo)])
    sockets = tornado.netutil.bind_sockets(0, "127.0.0.1")
    tornado.httpserver.HTTPServer(app).add_sockets(sockets)
    say(url="ws://127.0.0.1:%d/" % sockets[0].getsockname()[1])
    await asyncio.Future()


async def next_message(ws):
    # After a reason that is not UTF-8, the library drops the connection without
    # reporting it to the reader.
    try:
        return await asyncio.wait_for(asyncio.ensure_future(ws.read_message()), 5)
    except asyncio.TimeoutError:
        return None


async def client(url):
    while True:
        try:
            ws = await tornado.websocket.websocket_connect(url)
        except Exception:
            return
        while (message := await next_message(ws)) is not None:
            if message == "close 1000 bye":
                ws.close(1000, "bye")
            else:
                try:
                    await ws.write_message(message, isinstance(message, bytes))
                except tornado.websocket.WebSocketClosedError:
                    pass


run(tornado.version, server, client)
