// The peer that is ws (npm), as server and as client.
import process from 'node:process';
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
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: true });
    server.on('listening', () => print({ url: `ws://127.0.0.1:${server.address().port}/` }));
    server.on('connection', (socket) => {
      listen(socket).addEventListener('close', (e) => report(e, socket));
      socket.addEventListener('error', () => {});
    });
    break;
  }
  case 'client':
    again(() => listen(new WebSocket(process.argv[3])));
}
