using Grpc.Core;

namespace Grpc.AspNetCore.Server;

/// <summary>What a method's endpoint works with: the context, the requests, the responses.</summary>
internal readonly record struct ServerCall<TRequest, TResponse>(
    HttpServerCallContext Context,
    RequestStreamReader<TRequest> Requests,
    ResponseStreamWriter<TResponse> Responses)
    where TRequest : class
    where TResponse : class
{
    /// <summary>Writes the one response of a call that has just one, unless the handler set another status than OK.</summary>
    public void Respond(TResponse? response)
    {
        if (Context.Status.StatusCode == StatusCode.OK)
        {
            Responses.WriteLast(response ?? throw new RpcException(new Status(StatusCode.Internal, "The handler returned no response")));
        }
    }
}
