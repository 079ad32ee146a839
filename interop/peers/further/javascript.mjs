// The peers Bun and Deno, as server and as client. They echo messages and close
// with 1000 on the text "close 1000 bye".
const bun = typeof Bun !== 'undefined';
const args = bun ? process.argv.slice(2) : Deno.args;
const print = (o) => console.log(JSON.stringify(o));
const exit = (n) => (bun ? process.exit(n) : Deno.exit(n));

const obey = (socket, text) => {
  if (text === 'close 1000 bye') socket.close(1000, 'bye');
  else socket.send(text);
};

async function endWithStdin() {
  const stream = bun ? Bun.stdin.stream() : Deno.stdin.readable;
  for await (const _ of stream);
  exit(0);
}

function client(url) {
  const socket = new WebSocket(url);
  let opened = false;
  socket.onopen = () => { opened = true; };
  socket.onmessage = (e) => obey(socket, e.data);
  socket.onerror = () => {};
  socket.onclose = () => (opened ? client(url) : exit(0));
}

switch (args[0]) {
  case 'version':
    console.log(bun ? Bun.version : Deno.version.deno);
    exit(0);
  case 'server':
    if (bun) {
      const server = Bun.serve({
        hostname: '127.0.0.1',
        port: 0,
        fetch: (req, srv) => (srv.upgrade(req) ? undefined : new Response('', { status: 426 })),
        websocket: { message: (ws, m) => obey(ws, m) },
      });
      print({ url: `ws://127.0.0.1:${server.port}/` });
    } else {
      Deno.serve({
        hostname: '127.0.0.1',
        port: 0,
        onListen: ({ port }) => print({ url: `ws://127.0.0.1:${port}/` }),
      }, (req) => {
        const { socket, response } = Deno.upgradeWebSocket(req);
        socket.onmessage = (e) => obey(socket, e.data);
        return response;
      });
    }
    break;
  case 'client':
    print({ url: args[1] });
    client(args[1]);
}
endWithStdin();
