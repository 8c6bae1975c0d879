"""What the Python peers share: the message classes, from the descriptors that the tests hand over, and the methods by name."""
import sys

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

PROBE = "iucutter.tests.v1.Probe"


def load(path):
    """A pool of all files in a serialized FileDescriptorSet, each after its imports."""
    files = descriptor_pb2.FileDescriptorSet()
    with open(path, "rb") as source:
        files.ParseFromString(source.read())
    return pool_of(files.file)


def pool_of(files):
    pool = descriptor_pool.DescriptorPool()
    for file in files:
        pool.Add(file)
    return pool


def class_of(descriptor):
    if hasattr(message_factory, "GetMessageClass"):
        return message_factory.GetMessageClass(descriptor)
    return message_factory.MessageFactory(descriptor.file.pool).GetPrototype(descriptor)  # protobuf before 4.22


def message(pool, name):
    return class_of(pool.FindMessageTypeByName(name))


def stub(channel, pool, method):
    """A callable for 'package.Service/Method', of the kind that its descriptor says."""
    service, name = method.split("/")
    found = pool.FindServiceByName(service).FindMethodByName(name)
    kind = ("stream" if found.client_streaming else "unary") + "_" + ("stream" if found.server_streaming else "unary")
    request = class_of(found.input_type)
    response = class_of(found.output_type)
    call = getattr(channel, kind)("/" + method, request_serializer=request.SerializeToString, response_deserializer=response.FromString)
    return call, request


def expect(name, got, want):
    if got != want:
        print(f"FAILED {name}: got {got!r}, want {want!r}", flush=True)
        sys.exit(1)
    print(f"ok {name}", flush=True)


def failure(name, call, code):
    try:
        call()
    except grpc.RpcError as error:
        expect(name, error.code().name, code)
        return error
    expect(name, "OK", code)
