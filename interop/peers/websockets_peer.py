"""The peer that is websockets (Python), as server and as client."""

import asyncio

import websockets
from websockets.version import version

from common import parse, run, say


async def handle(ws):
    unsupported = None
    try:
        async for message in ws:
            do, code, reason = parse(message) if isinstance(message, str) else ("echo", None, "")
            if do == "close":
                if code is None:
                    unsupported, code = "a Close without a code", 1000
                try:
                    await ws.close(code, reason)
                except Exception as e:  # the library rejects the code or the reason
                    unsupported = str(e)
                    ws.transport.abort()  # because close cannot be called again
            elif do == "drop":
                ws.transport.abort()
            else:
                await ws.send(message)
    except websockets.ConnectionClosed:
        pass
    await ws.wait_closed()
    event = {"code": ws.close_code, "reason": ws.close_reason or ""}
    if unsupported:
        event["unsupported"] = unsupported
    say(**event)


async def server():
    async with websockets.serve(handle, "127.0.0.1", 0) as s:
        say(url="ws://127.0.0.1:%d/" % s.sockets[0].getsockname()[1])
        await asyncio.Future()


async def client(url):
    while True:
        try:
            ws = await websockets.connect(url)
        except Exception:
            return
        await handle(ws)


run(version, server, client)
