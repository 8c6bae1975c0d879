using Google.Protobuf;
using Grpc.Core;
using Grpc.Reflection.V1Alpha;

namespace IuCutter.Agent.Endpoint;

/// <summary>Reflection under its earlier name. Its messages have the same bytes as version 1, so they are read and answered as those.</summary>
public sealed class ReflectionServiceV1Alpha(ServedServices services) : ServerReflection.ServerReflectionBase
{
    public override async Task ServerReflectionInfo(
        IAsyncStreamReader<ServerReflectionRequest> requestStream,
        IServerStreamWriter<ServerReflectionResponse> responseStream,
        ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(requestStream);
        ArgumentNullException.ThrowIfNull(responseStream);
        ArgumentNullException.ThrowIfNull(context);
        while (await requestStream.MoveNext(context.CancellationToken))
        {
            var request = Grpc.Reflection.V1.ServerReflectionRequest.Parser.ParseFrom(requestStream.Current.ToByteString());
            var answer = ReflectionAnswers.Answer(services, request).ToByteString();
            await responseStream.WriteAsync(ServerReflectionResponse.Parser.ParseFrom(answer), context.CancellationToken);
        }
    }
}
