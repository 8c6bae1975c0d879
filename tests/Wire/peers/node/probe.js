'use strict';
// What the Node peers share: the packages, loaded from the proto files themselves.
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

exports.grpc = grpc;

exports.load = (protos) =>
  grpc.loadPackageDefinition(loader.loadSync('probe.proto', { includeDirs: [protos], keepCase: true, longs: Number, defaults: true })).iucutter.tests.v1;

exports.expect = (name, got, want) => {
  if (JSON.stringify(got) !== JSON.stringify(want)) {
    console.log(`FAILED ${name}: got ${JSON.stringify(got)}, want ${JSON.stringify(want)}`);
    process.exit(1);
  }
  console.log(`ok ${name}`);
};
