'use strict';
// Calls our server by grpc-js: client.js TARGET PROTOS
const { grpc, load, expect } = require('./probe');

const [target, protos] = process.argv.slice(2);
const client = new (load(protos).Probe)(target, grpc.credentials.createInsecure());
const chunk = Buffer.alloc(200000);

const unary = (request, metadata = new grpc.Metadata(), options = {}) => new Promise((resolve, reject) => {
  const seen = {};
  const call = client.Unary(request, metadata, options, (error, reply) => {
    if (error) reject(error);
    else setImmediate(() => resolve({ reply, ...seen }));
  });
  call.on('metadata', (headers) => { seen.headers = headers; });
  call.on('status', (status) => { seen.status = status; });
});

const collect = (messages) => new Promise((resolve, reject) => {
  const call = client.Collect((error, reply) => (error ? reject(error) : resolve(reply)));
  call.on('error', () => {});
  for (const message of messages) call.write(message);
  call.end();
});

const list = (call) => new Promise((resolve, reject) => {
  const all = [];
  call.on('data', (reply) => all.push(reply)).on('error', reject).on('end', () => resolve(all));
});

const failure = async (name, promise, code) => {
  const error = await promise.then(() => ({ code: 0 }), (e) => e);
  expect(name, error.code, code);
  return error;
};

(async () => {
  const { reply } = await unary({ behaviour: 'echo', text: 'grüße', data: Buffer.from([0, 1, 2]) });
  expect('unary', [reply.text, [...reply.data]], ['grüße', [0, 1, 2]]);

  expect('client streaming', (await collect(Array.from({ length: 30 }, (_, i) => ({ data: chunk, last: i === 29 })))).count, 6000000);
  expect('server streaming', (await list(client.Emit({ count: 9, data: chunk }))).map((r) => r.count), [0, 1, 2, 3, 4, 5, 6, 7, 8]);

  const chat = client.Chat();
  for (const text of 'abc') chat.write({ text });
  chat.end();
  expect('duplex', (await list(chat)).map((r) => r.text), ['a', 'b', 'c']);

  const error = await failure('failure', unary({ behaviour: 'fail', status: 9, text: '50 % grüße\n' }), 9);
  expect('failure\'s message', error.details, '50 % grüße\n');
  expect('failure\'s trailers', [...error.metadata.get('reason-bin')[0]], [0, 1, 255]);

  const sent = new grpc.Metadata();
  sent.set('x-text', 'a b');
  sent.set('x-raw-bin', Buffer.from([0, 255, 7]));
  const { headers, status } = await unary({ behaviour: 'metadata' }, sent);
  expect('headers', [headers.get('x-text'), [...headers.get('x-raw-bin')[0]]], [['a b'], [0, 255, 7]]);
  expect('trailers', [status.metadata.get('x-text'), [...status.metadata.get('x-raw-bin')[0]]], [['a b'], [0, 255, 7]]);

  await failure('deadline', unary({ behaviour: 'wait' }, undefined, { deadline: Date.now() + 300 }), 4);
  await failure('unwritten method', new Promise((resolve, reject) => client.Unwritten({}, (e, r) => (e ? reject(e) : resolve(r)))), 12);
  await failure('too large', unary({ behaviour: 'echo', data: Buffer.alloc(5 << 20) }), 8);
  await failure('refused upload', collect(Array.from({ length: 300 }, () => ({ behaviour: 'refuse', data: chunk }))), 7);
  await failure('late failure', list(client.Emit({ count: 3, status: 15 })), 15);

  const watch = client.Emit({ behaviour: 'wait', count: 1 });
  watch.once('data', () => watch.cancel());
  await failure('cancelled', list(watch), 1);

  // Cut an upload; what the server made of it is asked by the test.
  const upload = client.Collect(() => {});
  upload.on('error', () => {});
  upload.write({ text: 'first', data: chunk });
  await new Promise((resolve) => { setTimeout(resolve, 300); });
  upload.cancel();
  expect('cut', true, true);
  await new Promise((resolve) => { setTimeout(resolve, 300); });
  client.close();
  console.log('done');
})();
