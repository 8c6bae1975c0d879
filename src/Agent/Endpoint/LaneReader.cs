using Grpc.Core;
using IuCutter.Protos.V1;

namespace IuCutter.Agent.Endpoint;

/// <summary>An upload's parts out of several calls, which have them in turn. None is read before its turn: what comes early waits in its connection's window.</summary>
/// <param name="lanes">In their order.</param>
/// <param name="letGo">Lets the other calls go.</param>
internal sealed class LaneReader(IReadOnlyList<IAsyncStreamReader<UploadPart>> lanes, Action letGo) : IAsyncStreamReader<UploadPart>, IDisposable
{
    private int _next;

    public UploadPart Current { get; private set; } = new();

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        var lane = lanes[_next++ % lanes.Count];
        try
        {
            if (!await lane.MoveNext(cancellationToken))
            {
                return false;
            }
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && e is IOException or OperationCanceledException or RpcException)
        {
            throw new RefusalException(RefusalCode.SlotBusy, "one of the upload's connections broke", "offer again and send what is still missing");
        }

        Current = lane.Current;
        return true;
    }

    public void Dispose() => letGo();
}
