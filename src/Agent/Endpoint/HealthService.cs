using Grpc.Core;
using Grpc.Health.V1;
using ServingStatus = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace IuCutter.Agent.Endpoint;

/// <summary>
/// The standard health checks. Every service here serves or does not serve together with the host.
/// The protocol: https://github.com/grpc/grpc/blob/master/doc/health-checking.md
/// </summary>
public sealed class HealthService(ServedServices services, Readiness readiness) : Health.HealthBase
{
    public override Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Knows(request.Service)
            ? Task.FromResult(StatusOf(readiness.Read().Ready))
            : throw new RpcException(new Status(StatusCode.NotFound, $"No service '{request.Service}' is served here"));
    }

    public override async Task Watch(
        HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responseStream, ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(responseStream);
        ArgumentNullException.ThrowIfNull(context);
        if (!Knows(request.Service))
        {
            await responseStream.WriteAsync(
                new HealthCheckResponse { Status = ServingStatus.ServiceUnknown }, context.CancellationToken);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.CancellationToken);
        }

        while (true)
        {
            var (ready, changed) = readiness.Read();
            await responseStream.WriteAsync(StatusOf(ready), context.CancellationToken);
            await changed.WaitAsync(context.CancellationToken);
        }
    }

    private static HealthCheckResponse StatusOf(bool ready) =>
        new() { Status = ready ? ServingStatus.Serving : ServingStatus.NotServing };

    private bool Knows(string service) => service.Length == 0 || services.Serves(service);
}
