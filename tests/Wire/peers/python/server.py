"""The probe on C-core, for our client: server.py SOCKET DESCRIPTORS. Prints its TCP port, and serves until its input ends."""
import sys
from concurrent import futures

import grpc

from probe import PROBE, load, message

socket, descriptors = sys.argv[1:]
pool = load(descriptors)
Request = message(pool, "iucutter.tests.v1.ProbeRequest")
Reply = message(pool, "iucutter.tests.v1.ProbeReply")


def codes(number):
    return next(code for code in grpc.StatusCode if code.value[0] == number)


def fail(request, context):
    context.set_trailing_metadata((("reason", "asked for"), ("reason-bin", b"\0\1\xff")))
    context.abort(codes(request.status), request.text)


def unary(request, context):
    if request.behaviour == "echo":
        return Reply(text=request.text, data=request.data)
    if request.behaviour == "fail":
        fail(request, context)
    if request.behaviour == "metadata":
        mine = [(k, v) for k, v in context.invocation_metadata() if k.startswith("x-")]
        context.send_initial_metadata(mine)
        context.set_trailing_metadata(mine)
        return Reply()
    if request.behaviour == "gzip":
        context.set_compression(grpc.Compression.Gzip)
        return Reply(data=request.data)
    ended = futures.Future()
    context.add_callback(lambda: ended.set_result(None))
    ended.result()
    return Reply()


def collect(requests, context):
    total = 0
    for request in requests:
        total += len(request.data)
        if request.behaviour == "refuse":
            context.abort(grpc.StatusCode.PERMISSION_DENIED, "not from you")
        if request.behaviour == "answer-early":
            break
    return Reply(count=total)


def emit(request, context):
    for i in range(request.count):
        yield Reply(count=i, data=request.data)
    if request.status:
        fail(request, context)


def chat(requests, context):
    for request in requests:
        yield Reply(text=request.text)


def handler(kind, function):
    return getattr(grpc, kind + "_rpc_method_handler")(
        function, request_deserializer=Request.FromString, response_serializer=Reply.SerializeToString)


server = grpc.server(futures.ThreadPoolExecutor(max_workers=16))
server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(PROBE, {
    "Unary": handler("unary_unary", unary),
    "Collect": handler("stream_unary", collect),
    "Emit": handler("unary_stream", emit),
    "Chat": handler("stream_stream", chat),
}),))
port = server.add_insecure_port("127.0.0.1:0")
server.add_insecure_port("unix:" + socket)
server.start()
print(port, flush=True)
sys.stdin.read()
server.stop(None)
