using Grpc.Net.Client;

namespace Grpc.Core;

/// <summary>
/// Starts calls as HTTP/2 requests of a channel; what generated clients stand on. The official one is abstract: a program compiled ahead looks up each
/// method of such a kind as it runs, for a millisecond at its first call.
/// </summary>
public sealed class CallInvoker
{
    private readonly GrpcChannel _channel;

    internal CallInvoker(GrpcChannel channel) => _channel = channel;

    public TResponse BlockingUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
        where TRequest : class
        where TResponse : class
    {
        using var call = AsyncUnaryCall(method, host, options, request);
#pragma warning disable MA0045 // Blocking is what this member is for.
        return call.GetAwaiter().GetResult();
#pragma warning restore MA0045
    }

    public AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
        where TRequest : class
        where TResponse : class
    {
        var call = Start(method, host, options, new SingleRequest<TRequest>(request));
        return new AsyncUnaryCall<TResponse>(
            call.ReadSingleResponse(), call.ResponseHeaders, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    public AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
        where TRequest : class
        where TResponse : class
    {
        var call = Start(method, host, options, new SingleRequest<TRequest>(request));
        return new AsyncServerStreamingCall<TResponse>(
            new ResponseStreamReader<TRequest, TResponse>(call), call.ResponseHeaders, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    public AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options)
        where TRequest : class
        where TResponse : class
    {
        var requests = new RequestStream<TRequest>();
        var call = Start(method, host, options, requests);
        return new AsyncClientStreamingCall<TRequest, TResponse>(
            requests, call.ReadSingleResponse(), call.ResponseHeaders, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    public AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options)
        where TRequest : class
        where TResponse : class
    {
        var requests = new RequestStream<TRequest>();
        var call = Start(method, host, options, requests);
        return new AsyncDuplexStreamingCall<TRequest, TResponse>(
            requests,
            new ResponseStreamReader<TRequest, TResponse>(call),
            call.ResponseHeaders,
            call.GetStatus,
            call.GetTrailers,
            call.Dispose);
    }

    private HttpCall<TRequest, TResponse> Start<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, RequestContent<TRequest> content)
        where TRequest : class
        where TResponse : class
    {
        var call = new HttpCall<TRequest, TResponse>(_channel, method, options, content);
        call.Start(host);
        return call;
    }
}
