using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Grpc.AspNetCore.Server;

/// <summary>Answers calls to what is not there: UNIMPLEMENTED, for a method and for a service. One a host, and each route once.</summary>
internal sealed class UnimplementedRoutes
{
    private readonly HashSet<string> _mapped = new(StringComparer.Ordinal);

    public void Map(IEndpointRouteBuilder routes, IEnumerable<string> serviceNames)
    {
        foreach (var service in serviceNames)
        {
            Map(routes, $"/{service}/{{unimplemented}}", "The service has no such method");
        }

        Map(routes, "/{unimplementedService}/{unimplemented}", "There is no such service");
    }

    private void Map(IEndpointRouteBuilder routes, string pattern, string why)
    {
        if (!_mapped.Add(pattern))
        {
            return;
        }

        var grpcOnly = RoutePatternFactory.Parse(
            pattern, defaults: null, new RouteValueDictionary { ["unimplemented"] = new GrpcContentConstraint() });
        routes.Map(grpcOnly, http => Answer(http, why))
            .WithDisplayName($"gRPC - unimplemented {pattern}")
            .Add(static endpoint => ((RouteEndpointBuilder)endpoint).Order = int.MaxValue);
    }

    private static Task Answer(HttpContext http, string why)
    {
        if (ForeignRequest.Accept(http))
        {
            using var context = new HttpServerCallContext(http, http.Request.Path);
            context.End(new Status(StatusCode.Unimplemented, why), furtherTrailers: null);
        }

        return Task.CompletedTask;
    }
}
