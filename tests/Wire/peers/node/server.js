'use strict';
// The probe on grpc-js, for our client: server.js SOCKET PROTOS. Prints its TCP port, and serves until its input ends.
const { grpc, load } = require('./probe');

const [socket, protos] = process.argv.slice(2);

const failureOf = (request) => {
  const metadata = new grpc.Metadata();
  metadata.set('reason', 'asked for');
  metadata.set('reason-bin', Buffer.from([0, 1, 255]));
  return { code: request.status, details: request.text, metadata };
};

const server = new grpc.Server();
server.addService(load(protos).Probe.service, {
  Unary(call, callback) {
    const { request } = call;
    if (request.behaviour === 'echo' || request.behaviour === 'gzip') {
      callback(null, { text: request.text, data: request.data });
    } else if (request.behaviour === 'fail') {
      callback(failureOf(request));
    } else if (request.behaviour === 'metadata') {
      const mine = new grpc.Metadata();
      for (const key of ['x-text', 'x-raw-bin']) for (const value of call.metadata.get(key)) mine.add(key, value);
      call.sendMetadata(mine.clone());
      callback(null, {}, mine);
    }
  },
  Collect(call, callback) {
    let count = 0;
    let done = false;
    const end = (error) => { if (!done) { done = true; callback(error, { count }); } };
    call.on('data', (request) => {
      count += request.data.length;
      if (request.behaviour === 'refuse') end({ code: 7, details: 'not from you' });
      if (request.behaviour === 'answer-early') end(null);
    });
    call.on('end', () => end(null));
    call.on('error', () => {});
  },
  Emit(call) {
    const { request } = call;
    for (let i = 0; i < request.count; i++) call.write({ count: i, data: request.data });
    if (request.status) call.emit('error', failureOf(request));
    else call.end();
  },
  Chat(call) {
    call.on('data', (request) => call.write({ text: request.text }));
    call.on('end', () => call.end());
    call.on('error', () => {});
  },
});
const bind = (address) => new Promise((resolve, reject) => {
  server.bindAsync(address, grpc.ServerCredentials.createInsecure(), (error, port) => (error ? reject(error) : resolve(port)));
});
(async () => {
  const port = await bind('127.0.0.1:0');
  await bind(`unix:${socket}`);
  console.log(port);
  process.stdin.on('end', () => server.forceShutdown()).resume();
})();
