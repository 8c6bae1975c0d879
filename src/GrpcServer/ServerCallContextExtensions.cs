using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Http;

#pragma warning disable IDE0130 // The official API has it in this namespace.
namespace Grpc.Core;
#pragma warning restore IDE0130

/// <summary>From a call to the HTTP request that carries it: its connection, certificate and features.</summary>
public static class ServerCallContextExtensions
{
    public static HttpContext GetHttpContext(this ServerCallContext serverCallContext) =>
        serverCallContext is HttpServerCallContext call
            ? call.Http
            : throw new InvalidOperationException("Could not get HttpContext from ServerCallContext: it is not one of a hosted call");
}
