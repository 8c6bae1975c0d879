"""Calls our server by C-core: client.py TARGET DESCRIPTORS"""
import sys
import time

import grpc
from google.protobuf import descriptor_pb2

from probe import PROBE, expect, failure, load, message, pool_of, stub

target, descriptors = sys.argv[1:]
pool = load(descriptors)
channel = grpc.insecure_channel(target)
Unary, Request = stub(channel, pool, PROBE + "/Unary")
Collect, _ = stub(channel, pool, PROBE + "/Collect")
Emit, _ = stub(channel, pool, PROBE + "/Emit")
Chat, _ = stub(channel, pool, PROBE + "/Chat")

reply = Unary(Request(behaviour="echo", text="grüße", data=b"\0\1\2"))
expect("unary", (reply.text, reply.data), ("grüße", b"\0\1\2"))

chunk = bytes(200_000)
reply = Collect(Request(data=chunk, last=i == 29) for i in range(30))
expect("client streaming", reply.count, 6_000_000)

expect("server streaming", [r.count for r in Emit(Request(count=9, data=chunk))], list(range(9)))
expect("duplex", [r.text for r in Chat(Request(text=t) for t in "abc")], ["a", "b", "c"])

error = failure("failure", lambda: Unary(Request(behaviour="fail", status=9, text="50 % grüße\n")), "FAILED_PRECONDITION")
expect("failure's message", error.details(), "50 % grüße\n")
expect("failure's trailers", dict(error.trailing_metadata())["reason-bin"], b"\0\1\xff")

sent = (("x-text", "a b"), ("x-raw-bin", bytes(range(256))))
reply, call = Unary.with_call(Request(behaviour="metadata"), metadata=sent)
expect("headers", [dict(call.initial_metadata())[k] for k, _ in sent], [v for _, v in sent])
expect("trailers", [dict(call.trailing_metadata())[k] for k, _ in sent], [v for _, v in sent])

failure("deadline", lambda: Unary(Request(behaviour="wait"), timeout=0.3), "DEADLINE_EXCEEDED")
failure("unwritten method", lambda: stub(channel, pool, PROBE + "/Unwritten")[0](Request()), "UNIMPLEMENTED")
failure("unknown method", lambda: channel.unary_unary("/" + PROBE + "/Nothing")(b""), "UNIMPLEMENTED")
failure("unknown service", lambda: channel.unary_unary("/no.Service/Nothing")(b""), "UNIMPLEMENTED")
failure("too large", lambda: Unary(Request(behaviour="echo", data=bytes(5 << 20))), "RESOURCE_EXHAUSTED")
failure("refused upload", lambda: Collect(Request(behaviour="refuse", data=chunk) for _ in range(500)), "PERMISSION_DENIED")
failure("late failure", lambda: list(Emit(Request(count=3, status=15))), "DATA_LOSS")

reply, call = Unary.with_call(Request(behaviour="gzip", data=bytes(100_000)), compression=grpc.Compression.Gzip)
expect("gzip both ways", (reply.text, len(reply.data)), ("gzip", 100_000))

watch = Emit(Request(behaviour="wait", count=1))
next(watch)
watch.cancel()
failure("cancelled", lambda: next(watch), "CANCELLED")

# Health.
Check, Health = stub(channel, pool, "grpc.health.v1.Health/Check")
Watch, _ = stub(channel, pool, "grpc.health.v1.Health/Watch")
expect("health", [Check(Health()).status, Check(Health(service=PROBE)).status], [1, 1])
failure("health of nothing", lambda: Check(Health(service="no.Service")), "NOT_FOUND")
watch = Watch(Health())
expect("health watched", next(watch).status, 1)
watch.cancel()

# Reflection: call by what the server itself says, with nothing known before.
for version in ("v1", "v1alpha"):
    Info, Ask = stub(channel, pool, f"grpc.reflection.{version}.ServerReflection/ServerReflectionInfo")

    def ask(**question):
        return next(Info(iter([Ask(**question)])))

    listed = [s.name for s in ask(list_services="").list_services_response.service]
    expect(version + " list", PROBE in listed and "grpc.health.v1.Health" in listed, True)
    files = [descriptor_pb2.FileDescriptorProto.FromString(f) for f in ask(file_containing_symbol=PROBE).file_descriptor_response.file_descriptor_proto]
    learned = pool_of(reversed(files))
    call, Learned = stub(channel, learned, PROBE + "/Unary")
    expect(version + " call", call(Learned(behaviour="echo", text="learned")).text, "learned")
    named = ask(file_by_filename=files[0].name).file_descriptor_response.file_descriptor_proto
    expect(version + " by name", named[0], files[0].SerializeToString())
    nested = ask(file_containing_symbol="grpc.health.v1.HealthCheckResponse.ServingStatus").file_descriptor_response.file_descriptor_proto
    expect(version + " nested", len(nested), 1)
    expect(version + " unknown", ask(file_containing_symbol="no.Such").error_response.error_code, 5)

# Cut an upload; what the server made of it is asked by the test.
def endless():
    yield Request(text="first", data=chunk)
    while True:
        time.sleep(0.05)
        yield Request(data=chunk)


upload = Collect.future(endless())
time.sleep(0.5)
upload.cancel()
expect("cut", upload.cancelled(), True)
channel.close()
print("done", flush=True)
