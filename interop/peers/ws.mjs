// The peer ws (npm), as server and as client.
import process from 'node:process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSecure } from 'node:https';
import { createRequire } from 'node:module';
import WebSocket, { WebSocketServer } from 'ws';
import { again, obey, print, report } from './common.mjs';

const listen = (socket) => {
  socket.addEventListener('message', (e) => obey(socket, String(e.data), () => socket.terminate()));
  return socket;
};

switch (process.argv[2]) {
  case 'version':
    console.log(createRequire(import.meta.url)('ws/package.json').version);
    process.exit(0);
  case 'server': {
    const secure = process.env.PEERS_CERT;
    const http = secure
      ? createSecure({ cert: readFileSync(process.env.PEERS_CERT), key: readFileSync(process.env.PEERS_KEY) })
      : createServer();
    const server = new WebSocketServer({ server: http, perMessageDeflate: true });
    http.listen(0, '127.0.0.1', () => print({ url: `ws${secure ? 's' : ''}://127.0.0.1:${http.address().port}/` }));
    server.on('connection', (socket) => {
      listen(socket).addEventListener('close', (e) => report(e, socket));
      socket.addEventListener('error', () => {});
    });
    break;
  }
  case 'client':
    again(() => listen(new WebSocket(process.argv[3])));
}
