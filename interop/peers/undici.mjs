// The peer undici (npm), whose WebSocket is the one built into Node. It is only
// a client.
import process from 'node:process';
import { createRequire } from 'node:module';
import { WebSocket } from 'undici';
import { again, obey } from './common.mjs';

switch (process.argv[2]) {
  case 'version':
    console.log(createRequire(import.meta.url)('undici/package.json').version);
    process.exit(0);
  case 'client':
    again(() => {
      const socket = new WebSocket(process.argv[3]);
      // The interface has no method to drop a connection.
      const drop = () => { socket.unsupported = 'to drop TCP'; socket.close(1000); };
      socket.addEventListener('message', (e) => obey(socket, String(e.data), drop));
      return socket;
    });
}
