using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using IuCutter.Packager.Connecting;
using IuCutter.Protos.V1;

namespace IuCutter.Packager.Pushing;

/// <summary>
/// The calls that carry one upload: one, or to a far target several, each over a connection of its own. What one connection can have under way is bounded, by
/// HTTP/2's window (4 MiB) and by that of a channel in ssh (2 MiB): over a link of 100 ms that is 20 MB/s at most, however fast it is.
/// </summary>
internal sealed class UploadCalls : IDisposable
{
    /// <summary>How many calls are made to a far target.</summary>
    public const int Many = 4;

    private const int NameBytes = 16;

    private readonly UploadStart _start;
    private readonly List<GrpcChannel> _channels = [];
    private readonly List<AsyncClientStreamingCall<UploadPart, UploadReceipt>> _calls = [];

    private UploadCalls(UploadStart start) => _start = start;

    /// <summary>Where the parts go, in turn.</summary>
    public IReadOnlyList<IClientStreamWriter<UploadPart>> Streams => [.. _calls.Select(c => c.RequestStream)];

    /// <param name="target">To which the way stands.</param>
    /// <param name="client">Over that way.</param>
    /// <param name="start">Which operation, and where the data begins.</param>
    /// <param name="count">How many calls.</param>
    /// <param name="cancellation">Ends them.</param>
    public static UploadCalls Open(Target target, ReleaseAgent.ReleaseAgentClient client, UploadStart start, int count, CancellationToken cancellation)
    {
        var name = count > 1 ? ByteString.CopyFrom(RandomNumberGenerator.GetBytes(NameBytes)) : ByteString.Empty;
        var calls = new UploadCalls(new UploadStart(start) { Lanes = (uint)count, Upload = name });
        calls._calls.Add(client.Upload(cancellationToken: cancellation));
        for (var lane = 1; lane < count; lane++)
        {
            var channel = target.OpenAnother();
            calls._channels.Add(channel);
            calls._calls.Add(new ReleaseAgent.ReleaseAgentClient(channel).Upload(cancellationToken: cancellation));
        }

        return calls;
    }

    public async Task StartAsync(CancellationToken cancellation)
    {
        for (var lane = 0; lane < _calls.Count; lane++)
        {
            await _calls[lane].RequestStream.WriteAsync(new UploadPart { Start = new UploadStart(_start) { Lane = (uint)lane } }, cancellation);
        }
    }

    public Task CompleteAsync() => Task.WhenAll(_calls.Select(c => c.RequestStream.CompleteAsync()));

    /// <summary>The target's answer to all of it.</summary>
    public Task<UploadReceipt> ReceiptAsync() => _calls[0].ResponseAsync;

    public void Dispose()
    {
        _calls.ForEach(c => c.Dispose());
        _channels.ForEach(c => c.Dispose());
    }
}
