// Functions shared by the peers in JavaScript. peers.go describes their
// behavior.
import process from 'node:process';

export const print = (o) => process.stdout.write(JSON.stringify(o) + '\n');

// obey executes the command in a text message with the WebSocket interface of
// browsers.
export function obey(socket, text, drop) {
  const [word, code, ...reason] = text.split(' ');
  if (text === 'drop') return drop();
  if (text === 'close') return socket.close();
  if (word === 'close') {
    try {
      return socket.close(Number(code), reason.join(' '));
    } catch (e) { // a browser's socket rejects codes that a script may not send
      socket.unsupported = e.message;
      return socket.close(1000);
    }
  }
  socket.send(text);
}

// report prints a CloseEvent.
export const report = (e, socket) =>
  print({ code: e.code, reason: e.reason, wasClean: e.wasClean, unsupported: socket.unsupported });

// again connects with open until no connection can be opened.
export function again(open) {
  const connect = () => {
    const socket = open();
    let opened = false;
    socket.addEventListener('open', () => { opened = true; });
    socket.addEventListener('error', () => {});
    socket.addEventListener('close', (e) => {
      if (!opened) return process.exit(0);
      report(e, socket);
      connect();
    });
  };
  print({ url: process.argv[3] });
  connect();
}

process.stdin.on('end', () => process.exit(0)).resume();
