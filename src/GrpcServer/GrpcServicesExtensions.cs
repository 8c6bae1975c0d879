using Grpc.AspNetCore.Server;
using Microsoft.Extensions.DependencyInjection.Extensions;

#pragma warning disable IDE0130 // The official API has it in this namespace.
namespace Microsoft.Extensions.DependencyInjection;
#pragma warning restore IDE0130

/// <summary>Adds gRPC to a host's services.</summary>
public static class GrpcServicesExtensions
{
    public static void AddGrpc(this IServiceCollection services) => services.AddGrpc(static _ => { });

    public static void AddGrpc(this IServiceCollection services, Action<GrpcServiceOptions> configureOptions)
    {
        services.AddRouting();
        services.Configure(configureOptions);
        services.TryAddSingleton<UnimplementedRoutes>();
    }
}
