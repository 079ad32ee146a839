"""The peer that is Qt WebSockets, through PyQt5."""

import sys

sys.path.insert(0, ".")  # of common.py: peers run in the folder above
from PyQt5.QtCore import QCoreApplication, QT_VERSION_STR, QTimer, QUrl
from PyQt5.QtNetwork import QHostAddress
from PyQt5.QtWebSockets import QWebSocket, QWebSocketServer

from common import end_with_stdin, say

app = QCoreApplication(sys.argv)
alive = set()


def listen(ws):
    alive.add(ws)

    def message(text):
        if text == "close 1000 bye":
            ws.close(1000, "bye")
        else:
            ws.sendTextMessage(text)

    ws.textMessageReceived.connect(message)
    ws.binaryMessageReceived.connect(ws.sendBinaryMessage)
    ws.disconnected.connect(lambda: alive.discard(ws))


match sys.argv[1]:
    case "version":
        print(QT_VERSION_STR)
        sys.exit()
    case "server":
        server = QWebSocketServer("peer", QWebSocketServer.NonSecureMode)
        server.newConnection.connect(lambda: listen(server.nextPendingConnection()))
        server.listen(QHostAddress.LocalHost, 0)
        say(url="ws://127.0.0.1:%d/" % server.serverPort())
    case "client":

        def connect():
            ws = QWebSocket()
            opened = []
            listen(ws)
            ws.connected.connect(lambda: opened.append(True))
            ws.disconnected.connect(lambda: QTimer.singleShot(0, connect) if opened else app.quit())
            ws.open(QUrl(sys.argv[2]))

        say(url=sys.argv[2])
        connect()
end_with_stdin()
app.exec()
