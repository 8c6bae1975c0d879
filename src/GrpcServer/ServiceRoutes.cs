using System.Diagnostics.CodeAnalysis;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server;

/// <summary>Takes a service's methods from its binding and makes each an HTTP route whose calls go to an instance of their own.</summary>
internal sealed class ServiceRoutes<[DynamicallyAccessedMembers(Members)] TService>(
    IEndpointRouteBuilder routes,
    GrpcServiceOptions options,
    ILogger logger) : ServiceBinderBase
    where TService : class
{
    public const DynamicallyAccessedMemberTypes Members =
        DynamicallyAccessedMemberTypes.PublicConstructors | DynamicallyAccessedMemberTypes.PublicMethods;

    private static readonly ObjectFactory<TService> Factory = ActivatorUtilities.CreateFactory<TService>([]);

    public HashSet<string> ServiceNames { get; } = new(StringComparer.Ordinal);

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler)
    {
        var open = Open<Func<TService, TRequest, ServerCallContext, Task<TResponse>>>(method);
        var wrapped = InterceptedHandlers.Wrap<TRequest, TResponse>(options.Interceptors, async (request, context) =>
        {
            await using var service = Activate(context);
            return await open(service.Instance, request, context);
        });
        Map(method, async call => call.Respond(await wrapped(await call.Requests.ReadSingleAsync(), call.Context)));
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var open = Open<Func<TService, IAsyncStreamReader<TRequest>, ServerCallContext, Task<TResponse>>>(method);
        var wrapped = InterceptedHandlers.Wrap<TRequest, TResponse>(options.Interceptors, async (requests, context) =>
        {
            await using var service = Activate(context);
            return await open(service.Instance, requests, context);
        });
        Map(method, async call => call.Respond(await wrapped(call.Requests, call.Context)));
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var open = Open<Func<TService, TRequest, IServerStreamWriter<TResponse>, ServerCallContext, Task>>(method);
        var wrapped = InterceptedHandlers.Wrap<TRequest, TResponse>(options.Interceptors, async (request, responses, context) =>
        {
            await using var service = Activate(context);
            await open(service.Instance, request, responses, context);
        });
        Map(method, async call => await wrapped(await call.Requests.ReadSingleAsync(), call.Responses, call.Context));
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var open = Open<Func<TService, IAsyncStreamReader<TRequest>, IServerStreamWriter<TResponse>, ServerCallContext, Task>>(method);
        var wrapped = InterceptedHandlers.Wrap<TRequest, TResponse>(options.Interceptors, async (requests, responses, context) =>
        {
            await using var service = Activate(context);
            await open(service.Instance, requests, responses, context);
        });
        Map(method, async call => await wrapped(call.Requests, call.Responses, call.Context));
    }

    private static Activation<TService> Activate(ServerCallContext context)
    {
        var services = context.GetHttpContext().RequestServices;
        return services.GetService<TService>() is { } registered
            ? new Activation<TService>(registered, IsOurs: false)
            : new Activation<TService>(Factory(services, []), IsOurs: true);
    }

    // The method by its name and types, as a Func that takes the instance first and whose last type is what it returns.
    private static TDelegate Open<TDelegate>(IMethod method)
        where TDelegate : Delegate
    {
        var parameters = typeof(TDelegate).GetGenericArguments()[1..^1];
        var found = typeof(TService).GetMethod(method.Name, parameters)
            ?? throw new InvalidOperationException($"{typeof(TService)} has no method for {method.FullName}");
        return found.CreateDelegate<TDelegate>();
    }

    private void Map<TRequest, TResponse>(Method<TRequest, TResponse> method, Func<ServerCall<TRequest, TResponse>, Task> run)
        where TRequest : class
        where TResponse : class
    {
        ServiceNames.Add(method.ServiceName);
        var endpoint = new MethodEndpoint<TRequest, TResponse>(method, run, options, logger);
        routes.MapPost(method.FullName, (RequestDelegate)endpoint.AnswerAsync).WithDisplayName($"gRPC - {method.FullName}");
    }
}
