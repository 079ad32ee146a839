"""The peer that is aiohttp (Python), as server and as client."""

import asyncio

import aiohttp
from aiohttp import WSMsgType, web

from common import parse, run, say


async def handle(ws, transport):
    unsupported, reason_seen = None, ""
    async for msg in ws:
        if msg.type is WSMsgType.BINARY:
            await ws.send_bytes(msg.data)
            continue
        if msg.type is not WSMsgType.TEXT:
            break
        do, code, reason = parse(msg.data)
        if do == "close":
            if code is None:
                unsupported, code = "a Close without a code", 1000
            await ws.close(code=code, message=reason.encode())
        elif do == "drop":
            transport.abort()
        else:
            await ws.send_str(msg.data)
    # The library does not report the reason of a Close frame that it answers by
    # itself.
    event = {"code": ws.close_code or 0, "reason": reason_seen}
    if ws.exception():
        event["error"] = str(ws.exception())
    if unsupported:
        event["unsupported"] = unsupported
    say(**event)


async def server():
    async def get(request):
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        await handle(ws, request.transport)
        return ws

    app = web.Application()
    app.router.add_get("/", get)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    say(url="ws://127.0.0.1:%d/" % site._server.sockets[0].getsockname()[1])
    await asyncio.Future()


async def client(url):
    async with aiohttp.ClientSession() as session:
        while True:
            try:
                ws = await session.ws_connect(url, compress=15)
            except Exception:
                return
            await handle(ws, ws._response.connection.transport)
            await ws.close()


run(aiohttp.__version__, server, client)
