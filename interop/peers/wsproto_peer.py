"""The peer that is wsproto (Python): a protocol without I/O, here with plain
sockets around it as its documentation's example has them. As server and as
client."""

import asyncio
import socket
import urllib.parse

import wsproto
from wsproto import ConnectionType, WSConnection
from wsproto.connection import ConnectionState
from wsproto.frame_protocol import CloseReason
from wsproto.events import AcceptConnection, CloseConnection, Ping, Request, TextMessage, BytesMessage
from wsproto.utilities import LocalProtocolError, RemoteProtocolError

from common import parse, run, say


def handle(sock, ws, is_client):
    """One connection; returns the event, or None if it never was one."""
    event, open_, text = {"code": 0, "reason": ""}, False, ""
    unsupported, dropped, failed = None, False, False

    def step(data):
        nonlocal open_, text, unsupported, dropped, failed
        ws.receive_data(data)
        for e in ws.events():
            if isinstance(e, Request):
                sock.sendall(ws.send(AcceptConnection()))
                open_ = True
            elif isinstance(e, AcceptConnection):
                open_ = True
            elif isinstance(e, CloseConnection):
                # For a fault it also creates such an event, with the code to
                # send.
                if ws.state is ConnectionState.OPEN or ws.state is ConnectionState.LOCAL_CLOSING:
                    failed = True
                    event["error"] = e.reason
                elif not event["code"]:  # the end of TCP creates another one, 1006
                    event.update(code=int(e.code), reason=e.reason or "")
                if ws.state in (ConnectionState.OPEN, ConnectionState.REMOTE_CLOSING):
                    sock.sendall(ws.send(e.response()))
                if failed:
                    return
            elif isinstance(e, Ping):
                sock.sendall(ws.send(e.response()))
            elif isinstance(e, (TextMessage, BytesMessage)):
                if isinstance(e, BytesMessage):
                    continue
                text += e.data
                if not e.message_finished:
                    continue
                message, text = text, ""
                do, code, reason = parse(message)
                if do == "drop":
                    dropped = True
                    return
                if do == "close":
                    try:
                        out = ws.send(CloseConnection(code=CloseReason.NO_STATUS_RCVD if code is None else code, reason=reason or None))
                    except LocalProtocolError as err:
                        unsupported = str(err)
                        out = ws.send(CloseConnection(code=1000))
                    sock.sendall(out)
                elif ws.state is ConnectionState.OPEN:
                    sock.sendall(ws.send(TextMessage(data=message)))

    try:
        while not dropped and not failed:
            data = sock.recv(65536)
            try:
                step(data or None)
            except RemoteProtocolError as err:
                if err.event_hint is not None:
                    sock.sendall(ws.send(err.event_hint))
                event["error"] = str(err)
                break
            # "Once both sides have sent a Close, the server closes TCP."
            if not data or (not is_client and ws.state is ConnectionState.CLOSED):
                break
    except OSError as err:
        event["error"] = str(err)
    except LocalProtocolError as err:
        event["error"] = str(err)
    sock.close()
    if unsupported:
        event["unsupported"] = unsupported
    return event if open_ else None


async def server():
    listener = socket.create_server(("127.0.0.1", 0))
    say(url="ws://127.0.0.1:%d/" % listener.getsockname()[1])

    def one(sock):
        event = handle(sock, WSConnection(ConnectionType.SERVER), False)
        if event:
            say(**event)

    loop = asyncio.get_running_loop()
    while True:
        sock, _ = await loop.run_in_executor(None, listener.accept)
        loop.run_in_executor(None, one, sock)


async def client(url):
    u = urllib.parse.urlparse(url)
    while True:
        try:
            sock = socket.create_connection((u.hostname, u.port))
        except OSError:
            return
        ws = WSConnection(ConnectionType.CLIENT)
        sock.sendall(ws.send(Request(host=u.netloc, target=u.path or "/")))
        event = handle(sock, ws, True)
        if event is None:
            return
        say(**event)


run(wsproto.__version__, server, client)
