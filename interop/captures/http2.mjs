// This program opens a WebSocket over HTTP/2 (RFC 8441) with both ends in Node.
// The server sends a message and closes with 1001, and the client answers.
import http2 from 'node:http2';
import process from 'node:process';

const server = http2.createSecureServer({ cert: process.env.CERT, key: process.env.KEY, settings: { enableConnectProtocol: true } });
server.on('stream', (stream, headers) => {
  if (headers[':protocol'] !== 'websocket') return stream.close();
  stream.respond({ ':status': 200 });
  stream.write(Buffer.from('8105' + Buffer.from('hello').toString('hex'), 'hex'));
  stream.write(Buffer.from('880a03e9' + Buffer.from('moving..').toString('hex'), 'hex'));
  stream.on('data', () => stream.end());
});
server.listen(0, '127.0.0.1', () => {
  const client = http2.connect(`https://localhost:${server.address().port}`, { ca: process.env.CERT });
  client.on('remoteSettings', () => {
    const stream = client.request({ ':method': 'CONNECT', ':protocol': 'websocket', ':path': '/h2', 'sec-websocket-version': '13' },
      { endStream: false });
    let seen = 0;
    stream.on('data', (b) => {
      seen += b.length;
      if (seen === 7 + 12) stream.end(Buffer.from('88820102030402eb', 'hex'));
    });
    stream.on('close', () => client.close(() => server.close()));
  });
});
