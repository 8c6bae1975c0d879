using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server;

/// <summary>
/// Answers one method's requests: checks that it is a gRPC call, lifts the limits that are meant for ordinary requests, runs the handler,
/// and turns whatever comes of it into a status.
/// </summary>
internal sealed partial class MethodEndpoint<TRequest, TResponse>(
    Method<TRequest, TResponse> method,
    Func<ServerCall<TRequest, TResponse>, Task> run,
    GrpcServiceOptions options,
    ILogger logger)
    where TRequest : class
    where TResponse : class
{
    public async Task AnswerAsync(HttpContext http)
    {
        if (!ForeignRequest.Accept(http))
        {
            return;
        }

        LiftLimits(http);
        using var context = new HttpServerCallContext(http, method.FullName);
        var encoding = http.Request.Headers[ProtocolHeaders.Encoding].ToString();
        if (encoding is not ("" or ProtocolHeaders.Identity or ProtocolHeaders.Gzip))
        {
            http.Response.Headers[ProtocolHeaders.AcceptEncoding] = ProtocolHeaders.AcceptedEncodings;
            context.End(new Status(StatusCode.Unimplemented, $"Messages encoded as '{encoding}' are not taken"), furtherTrailers: null);
            return;
        }

        var reader = new MessageReader(http.Request.BodyReader, options.MaxReceiveMessageSize, encoding is ProtocolHeaders.Gzip);
        var call = new ServerCall<TRequest, TResponse>(
            context,
            new RequestStreamReader<TRequest>(reader, method.RequestMarshaller, context),
            new ResponseStreamWriter<TResponse>(context, http.Response.BodyWriter, method.ResponseMarshaller, options.MaxSendMessageSize));
        var (status, trailers) = await RunAsync(call);
        call.Responses.End();
        context.End(status, trailers);
    }

    // 30 MB is no end for a stream of messages that each have their limit, and a quiet uploader is not an attack: cutting it off would
    // take the whole connection with it.
    private static void LiftLimits(HttpContext http)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        if (http.Features.Get<Microsoft.AspNetCore.Server.Kestrel.Core.Features.IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }
    }

    private async Task<(Status Status, Metadata? Trailers)> RunAsync(ServerCall<TRequest, TResponse> call)
    {
        try
        {
            await run(call);
            return (call.Context.Overruled() ?? call.Context.Status, null);
        }
        catch (RpcException exception)
        {
            return (call.Context.Overruled() ?? exception.Status, exception.Trailers);
        }
#pragma warning disable CA1031 // The boundary: whatever a handler throws is its caller's answer, and never the host's end.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return (call.Context.Overruled() ?? Unmeant(exception), null);
        }
    }

    private Status Unmeant(Exception exception)
    {
        LogHandlerFailed(method.FullName, exception);
        var detail = options.EnableDetailedErrors == true
            ? $"Exception was thrown by handler. {exception.GetType().Name}: {exception.Message}"
            : "Exception was thrown by handler.";
        return new Status(StatusCode.Unknown, detail);
    }

    [LoggerMessage(6, LogLevel.Error, "Error when executing service method '{Method}'")]
    private partial void LogHandlerFailed(string method, Exception exception);
}
