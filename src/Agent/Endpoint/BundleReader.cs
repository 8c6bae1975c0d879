using Grpc.Core;
using IuCutter.Agent.Pushing;
using IuCutter.Digests;
using IuCutter.Protos.V1;

namespace IuCutter.Agent.Endpoint;

/// <summary>Reads one call that brings a bundle: a start, data, and an end. Without that end it is a broken one.</summary>
internal sealed class BundleReader(IAsyncStreamReader<BundlePart> parts)
{
    public async Task<BundleStart> StartAsync(CancellationToken cancellationToken) =>
        await parts.MoveNext(cancellationToken) && parts.Current is { Start: { Sha256.Length: Sha256Digest.Bytes, Bytes: > 0 and < long.MaxValue } start } && start.Offset <= start.Bytes
            ? start
            : throw Refused("a bundle must begin with a start that says its length and sha256");

    /// <param name="sign">Called for each part that was taken.</param>
    /// <param name="cancellationToken">Ends the waiting for the next part too.</param>
    public async Task ReadIntoAsync(BundleArrival arrival, BundleStart start, Action sign, CancellationToken cancellationToken)
    {
        Take(() => arrival.Begin((long)start.Bytes, Sha256Digest.FromBytes(start.Sha256.Span), (long)start.Offset));
        while (await parts.MoveNext(cancellationToken))
        {
            switch (parts.Current.PartCase)
            {
                case BundlePart.PartOneofCase.Data:
                    Take(() => arrival.Write(parts.Current.Data.Span));
                    sign();
                    break;
                case BundlePart.PartOneofCase.End:
                    return;
                default:
                    throw Refused("a bundle has one start, then data, then one end");
            }
        }

        throw Refused("the bundle was cut off: its end is missing");
    }

    /// <summary>What the target's disk refuses is told apart here from what the network does.</summary>
    private static void Take(Action step)
    {
        try
        {
            step();
        }
        catch (IOException e)
        {
            throw new RefusalException(RefusalCode.NoRoom, $"the bundle cannot be written: {e.Message}", "see to the target's disk, then push again");
        }
    }

    private static RefusalException Refused(string why) => new(RefusalCode.BadRequest, why, "offer again, and send from where the answer says");
}
