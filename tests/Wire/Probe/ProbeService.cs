using Google.Protobuf;
using Grpc.Core;
using IuCutter.Tests.Wire.Protos;

namespace IuCutter.Tests.Wire.Probe;

/// <summary>Does what a test, or a foreign peer, asks for by name.</summary>
public sealed class ProbeService : Protos.Probe.ProbeBase, IDisposable
{
    private readonly ProbeLog _log;

    public ProbeService(ProbeLog log)
    {
        _log = log;
        log.CountInstance();
    }

    public override async Task<ProbeReply> Unary(ProbeRequest request, ServerCallContext context)
    {
        switch (request.Behaviour)
        {
            case "echo":
                return new ProbeReply { Text = request.Text, Data = request.Data };
            case "big":
                return new ProbeReply { Data = UnsafeByteOperations.UnsafeWrap(new byte[request.Count]) };
            case "fail":
                throw new RpcException(new Status((StatusCode)request.Status, request.Text), [new("reason-bin", [0, 1, 255]), new("reason", "asked for")]);
            case "set-status":
                context.Status = new Status((StatusCode)request.Status, request.Text);
                return new ProbeReply();
            case "throw":
                throw new InvalidDataException("secret detail");
            case "metadata":
                await EchoMetadataAsync(context);
                return new ProbeReply { Text = context.Peer, Data = ByteString.CopyFromUtf8(context.Method) };
            case "instances":
                return new ProbeReply { Count = _log.Instances };
            case "deadline":
                return new ProbeReply { Count = context.Deadline == DateTime.MaxValue ? -1 : context.Deadline.Ticks };
            case "gzip":
                await context.WriteResponseHeadersAsync([new("grpc-internal-encoding-request", "gzip")]);
                return new ProbeReply { Data = request.Data, Text = context.RequestHeaders.GetValue("grpc-encoding") ?? "" };
            default:
                await WaitForEndAsync(context);
                return new ProbeReply();
        }
    }

    public override async Task<ProbeReply> Collect(IAsyncStreamReader<ProbeRequest> requestStream, ServerCallContext context)
    {
        var (messages, bytes, whole, name) = (0, 0L, false, "");
        try
        {
            while (await requestStream.MoveNext(context.CancellationToken))
            {
                var request = requestStream.Current;
                (messages, bytes, whole) = (messages + 1, bytes + request.Data.Length, request.Last);
                if (request.Behaviour == "pattern" && request.Data.Span.ContainsAnyExcept((byte)request.Count))
                {
                    throw new RpcException(new Status(StatusCode.DataLoss, $"Not all bytes are {request.Count}"));
                }

                name = messages == 1 ? request.Text : name;
                _log.Set("collected-first", request.Text);
                if (request.Behaviour == "refuse")
                {
                    throw new RpcException(new Status(StatusCode.PermissionDenied, "not from you"));
                }

                if (request.Behaviour == "answer-early")
                {
                    return new ProbeReply { Text = "early", Count = messages };
                }
            }
        }
        catch (Exception exception)
        {
            _log.Set("collect", $"broken: {exception.GetType().Name}");
            _log.Set($"collect {name}", "broken");
            throw;
        }

        var end = whole ? "whole" : "clean end without its last message";
        _log.Set("collect", end);
        _log.Set($"collect {name}", end);
        return new ProbeReply { Count = bytes, Text = $"{messages}" };
    }

    public override async Task Emit(ProbeRequest request, IServerStreamWriter<ProbeReply> responseStream, ServerCallContext context)
    {
        if (request.Behaviour == "compressed")
        {
            await context.WriteResponseHeadersAsync([new("grpc-internal-encoding-request", "gzip")]);
        }

        if (request.Behaviour == "buffered")
        {
            context.WriteOptions = new WriteOptions(WriteFlags.BufferHint);
        }

        try
        {
            for (var i = 0; i < request.Count; i++)
            {
                await responseStream.WriteAsync(new ProbeReply { Count = i, Data = request.Data }, context.CancellationToken);
                _log.Set($"emitted-{i}", "");
            }
        }
        catch (Exception exception)
        {
            _log.Set("emit", $"broken: {exception.GetType().Name}");
            throw;
        }

        if (request.Behaviour == "wait")
        {
            await WaitForEndAsync(context);
        }

        if (request.Status != 0)
        {
            throw new RpcException(new Status((StatusCode)request.Status, request.Text), [new("reason", "asked for")]);
        }
    }

    public override async Task Chat(IAsyncStreamReader<ProbeRequest> requestStream, IServerStreamWriter<ProbeReply> responseStream, ServerCallContext context)
    {
        if (context.RequestHeaders.GetValue("greet") is { } greeting)
        {
            await context.WriteResponseHeadersAsync([new("greeting", greeting)]);
        }

        while (await requestStream.MoveNext(context.CancellationToken))
        {
            var request = requestStream.Current;
            switch (request.Behaviour)
            {
                case "bye":
                    return;
                case "fail":
                    throw new RpcException(new Status((StatusCode)request.Status, request.Text));
                default:
                    await responseStream.WriteAsync(new ProbeReply { Text = request.Text, Data = request.Data }, context.CancellationToken);
                    break;
            }
        }
    }

    public void Dispose() => _log.Set("disposed", "");

    private static async Task EchoMetadataAsync(ServerCallContext context)
    {
        var headers = new Metadata();
        foreach (var entry in context.RequestHeaders.Where(entry => entry.Key.StartsWith("x-", StringComparison.Ordinal)))
        {
            headers.Add(entry);
            context.ResponseTrailers.Add(entry);
        }

        await context.WriteResponseHeadersAsync(headers);
    }

    private async Task WaitForEndAsync(ServerCallContext context)
    {
        _log.Set("waiting", "");
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = context.CancellationToken.Register(gone.SetResult);
        await gone.Task;
        _log.Set("wait-ended", "");
        context.CancellationToken.ThrowIfCancellationRequested();
    }
}
