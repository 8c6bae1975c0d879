using Grpc.Core;
using Grpc.Core.Interceptors;

namespace IuCutter.Tests.Wire.Probe;

/// <summary>Writes its name into the call's trailers before the handler runs, and refuses who says so.</summary>
public sealed class ProbeInterceptor(string name) : Interceptor
{
    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        Judge(context);
        return continuation(request, context);
    }

    public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation)
    {
        Judge(context);
        return continuation(requestStream, context);
    }

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        Judge(context);
        return continuation(request, responseStream, context);
    }

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        Judge(context);
        return continuation(requestStream, responseStream, context);
    }

    private void Judge(ServerCallContext context)
    {
        if (context.RequestHeaders.GetValue("refuse") == name)
        {
            throw new RpcException(new Status(StatusCode.Unauthenticated, name));
        }

        context.ResponseTrailers.Add("passed", name);
    }
}
