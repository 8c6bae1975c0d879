using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

#pragma warning disable IDE0130 // The official API has it in this namespace.
namespace Microsoft.AspNetCore.Builder;
#pragma warning restore IDE0130

/// <summary>Maps services to a host's routes.</summary>
public static class GrpcEndpointRouteBuilderExtensions
{
    /// <summary>Routes each method of a service. Each call gets its own instance, from dependency injection.</summary>
    public static IEndpointConventionBuilder MapGrpcService<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors | DynamicallyAccessedMemberTypes.PublicMethods)] TService>(
        this IEndpointRouteBuilder builder)
        where TService : class
    {
        ArgumentNullException.ThrowIfNull(builder);
        var unimplemented = builder.ServiceProvider.GetService<UnimplementedRoutes>()
            ?? throw new InvalidOperationException("Call AddGrpc on the host's services before MapGrpcService");
        var logger = builder.ServiceProvider.GetRequiredService<ILoggerFactory>().CreateLogger("Grpc.AspNetCore.Server.ServerCallHandler");
        var group = builder.MapGroup("");
        var routes = new ServiceRoutes<TService>(
            group, builder.ServiceProvider.GetRequiredService<IOptions<GrpcServiceOptions>>().Value, logger);
        BindMethodOf(typeof(TService)).Invoke(obj: null, [routes, null]);
        unimplemented.Map(builder, routes.ServiceNames);
        return group;
    }

    // Generated bases, and hand-written ones, name their binding by an attribute; the closest to the service counts.
    private static MethodInfo BindMethodOf(Type service)
    {
        for (var type = service; type is not null; type = type.BaseType)
        {
            if (type.GetCustomAttribute<BindServiceMethodAttribute>(inherit: false) is { } binding)
            {
                return binding.BindType.GetMethod(
                        binding.BindMethodName, BindingFlags.Public | BindingFlags.Static, [typeof(ServiceBinderBase), type])
                    ?? throw new InvalidOperationException($"{binding.BindType} has no {binding.BindMethodName}(ServiceBinderBase, {type})");
            }
        }

        throw new InvalidOperationException($"{service} does not derive from a service base: none of its types names its binding");
    }
}
