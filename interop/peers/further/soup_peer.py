"""The peer that is libsoup 3, through its GObject bindings."""

import sys

sys.path.insert(0, ".")  # of common.py: peers run in the folder above
import gi

gi.require_version("Soup", "3.0")
from gi.repository import Gio, GLib, Soup

from common import end_with_stdin, say


def listen(conn):
    open_connections.append(conn)

    def message(conn, kind, data):
        if data.get_data() == b"close 1000 bye":
            conn.close(1000, "bye")
        elif conn.get_state() == Soup.WebsocketState.OPEN:
            conn.send_message(kind, data)

    conn.connect("message", message)
    conn.connect("closed", open_connections.remove)


open_connections = []
loop = GLib.MainLoop()
match sys.argv[1]:
    case "version":
        print("%d.%d.%d" % (Soup.get_major_version(), Soup.get_minor_version(), Soup.get_micro_version()))
        sys.exit()
    case "server":
        server = Soup.Server()
        server.add_websocket_handler("/", None, None, lambda s, msg, path, conn: listen(conn))
        server.listen(Gio.InetSocketAddress.new_from_string("127.0.0.1", 0), 0)
        say(url="ws://127.0.0.1:%d/" % server.get_uris()[0].get_port())
    case "client":
        session = Soup.Session()

        def connect():
            msg = Soup.Message.new("GET", sys.argv[2])
            session.websocket_connect_async(msg, None, None, GLib.PRIORITY_DEFAULT, None, connected)

        def connected(session, result):
            try:
                conn = session.websocket_connect_finish(result)
            except GLib.Error:
                loop.quit()
                return
            listen(conn)
            conn.connect("closed", lambda c: connect())

        say(url=sys.argv[2])
        connect()
end_with_stdin()
loop.run()
