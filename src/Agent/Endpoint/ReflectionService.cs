using Grpc.Core;
using Grpc.Reflection.V1;

namespace IuCutter.Agent.Endpoint;

/// <summary>Standard server reflection, version 1: https://github.com/grpc/grpc/blob/master/doc/server-reflection.md</summary>
public sealed class ReflectionService(ServedServices services) : ServerReflection.ServerReflectionBase
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
            await responseStream.WriteAsync(ReflectionAnswers.Answer(services, requestStream.Current), context.CancellationToken);
        }
    }
}
