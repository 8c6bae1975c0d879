using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Grpc.AspNetCore.Server;

/// <summary>Lets a route take gRPC calls only, so that a host may serve pages beside them.</summary>
internal sealed class GrpcContentConstraint : IRouteConstraint
{
    public bool Match(
        HttpContext? httpContext, IRouter? route, string routeKey, RouteValueDictionary values, RouteDirection routeDirection) =>
        ForeignRequest.IsGrpc(httpContext?.Request.ContentType);
}
