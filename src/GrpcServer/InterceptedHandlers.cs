using Grpc.Core;

namespace Grpc.AspNetCore.Server;

/// <summary>Wraps a handler in the interceptors: the first registered is the first to see a call. Each is made anew for each call.</summary>
internal static class InterceptedHandlers
{
    public static UnaryServerMethod<TRequest, TResponse> Wrap<TRequest, TResponse>(
        IEnumerable<InterceptorRegistration> interceptors, UnaryServerMethod<TRequest, TResponse> handler)
        where TRequest : class
        where TResponse : class =>
        interceptors.Reverse().Aggregate(handler, static (next, interceptor) => async (request, context) =>
        {
            await using var active = interceptor.Activate(context.GetHttpContext().RequestServices);
            return await active.Instance.UnaryServerHandler(request, context, next);
        });

    public static ClientStreamingServerMethod<TRequest, TResponse> Wrap<TRequest, TResponse>(
        IEnumerable<InterceptorRegistration> interceptors, ClientStreamingServerMethod<TRequest, TResponse> handler)
        where TRequest : class
        where TResponse : class =>
        interceptors.Reverse().Aggregate(handler, static (next, interceptor) => async (requests, context) =>
        {
            await using var active = interceptor.Activate(context.GetHttpContext().RequestServices);
            return await active.Instance.ClientStreamingServerHandler(requests, context, next);
        });

    public static ServerStreamingServerMethod<TRequest, TResponse> Wrap<TRequest, TResponse>(
        IEnumerable<InterceptorRegistration> interceptors, ServerStreamingServerMethod<TRequest, TResponse> handler)
        where TRequest : class
        where TResponse : class =>
        interceptors.Reverse().Aggregate(handler, static (next, interceptor) => async (request, responses, context) =>
        {
            await using var active = interceptor.Activate(context.GetHttpContext().RequestServices);
            await active.Instance.ServerStreamingServerHandler(request, responses, context, next);
        });

    public static DuplexStreamingServerMethod<TRequest, TResponse> Wrap<TRequest, TResponse>(
        IEnumerable<InterceptorRegistration> interceptors, DuplexStreamingServerMethod<TRequest, TResponse> handler)
        where TRequest : class
        where TResponse : class =>
        interceptors.Reverse().Aggregate(handler, static (next, interceptor) => async (requests, responses, context) =>
        {
            await using var active = interceptor.Activate(context.GetHttpContext().RequestServices);
            await active.Instance.DuplexStreamingServerHandler(requests, responses, context, next);
        });
}
