// This program runs the vectors of Close frames against the receiver of ws, as
// testdata/README.md describes them: node read.mjs TESTDATA
import { readFileSync } from 'node:fs';
import { Receiver } from 'ws';

const load = (name) => JSON.parse(readFileSync(`${process.argv[2]}/${name}.json`)).vectors;
const hex = (digits) => Buffer.from(digits ?? '', 'hex');

// receive returns the result of a new receiver for the bytes: a Close frame, a
// message, an error, or nothing yet.
const receive = (isServer, bytes) => new Promise((resolve) => {
  const receiver = new Receiver({ isServer });
  receiver.on('conclude', (code, reason) => resolve({ close: true, code, reason: reason.toString() }));
  receiver.on('message', () => resolve({ message: true }));
  receiver.on('error', (error) => {
    const status = Object.getOwnPropertySymbols(error).find((s) => s.description === 'status-code');
    resolve({ error: error.message, answer: error[status] });
  });
  receiver.write(bytes);
  setTimeout(() => resolve({}), 5);
});

// agrees reports whether the result is the one in the vector.
const agrees = (v, got) => {
  switch (v.error) {
    case '': return got.close && got.code === v.code && got.reason === v.reason;
    case 'incomplete': return !got.close && !got.error;
    case 'not_close': return !got.close;
  }
  return got.error ? [v.answer].flat().includes(got.answer) : v.early && !got.close;
};

const checks = [];
for (const v of load('payloads')) {
  checks.push([v, receive(false, hex(v.header + v.bytes)).then((got) => agrees(v, got))]);
}
for (const v of load('frames')) {
  checks.push([v, receive(v.role === 'server', hex(v.bytes + (v.rest ?? ''))).then((got) => agrees(v, got))]);
}
for (const v of load('utf8')) { // as a text message
  const text = hex(v.bytes);
  const header = text.length < 126 ? [0x81, text.length] : [0x81, 126, text.length >> 8, text.length & 255];
  checks.push([v, receive(false, Buffer.concat([Buffer.from(header), text])).then((got) => (v.valid ? got.message : got.answer === 1007))]);
}
let differ = 0;
for (const [v, agreed] of checks) {
  if (!await agreed) {
    differ++;
    console.log(`differs: ${v.id} (${v.rule})`);
  }
}
console.log(`${checks.length} vectors, ${differ} differ`);
