using Google.Protobuf;
using Grpc.Core;
using IuCutter.Digests;
using IuCutter.Packager.Showing;
using IuCutter.Packager.Source;
using IuCutter.Protos.V1;

namespace IuCutter.Packager.Pushing;

/// <summary>Makes the bundle that brings the target a commit, over what its mirror holds, and sends it; after a broken connection the same one goes on.</summary>
internal sealed class BundleUpload(GitRepository repository, SourceCommit commit, string operation, IOperationView view, TimeProvider time) : IDisposable
{
    private const int PartBytes = 512 * 1024;

    // A link that takes no part for so long is as good as broken: 512 KiB in it are 4 KiB a second.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(128);

    private string? _folder;
    private (string Path, Sha256Digest Digest, long Size)? _bundle;

    /// <param name="totals">What the target says: which commits it holds, and how much of the bundle.</param>
    /// <param name="cancellation">Ends git as well.</param>
    /// <exception cref="RpcException">The way is broken, or the target refuses the bundle.</exception>
    /// <exception cref="SourceException">git cannot make it.</exception>
    /// <exception cref="TimeoutException">The link takes nothing any more.</exception>
    public async Task SendAsync(ReleaseAgent.ReleaseAgentClient client, OfferTotals totals, CancellationToken cancellation)
    {
        var offset = _bundle is null ? 0 : (long)totals.BundleOffset;
        var (path, digest, size) = _bundle ??= await MakeAsync(totals.MirrorCommits, cancellation);
        using var call = client.SendBundle(cancellationToken: cancellation);
        try
        {
            var start = new BundleStart { OperationId = operation, Bytes = (ulong)size, Sha256 = ByteString.CopyFrom(digest.ToArray()), Offset = (ulong)offset };
            await call.RequestStream.WriteAsync(new BundlePart { Start = start }, cancellation);
            await SendAsync(call.RequestStream, path, offset, size, cancellation);
            await call.RequestStream.WriteAsync(new BundlePart { End = new BundleEnd() }, cancellation);
            await call.RequestStream.CompleteAsync();
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException)
        {
            // The answer below has the true reason.
        }

        await call.ResponseAsync;
    }

    /// <summary>The next one is made anew, over what the target then says that it holds.</summary>
    public void MakeAnew() => _bundle = null;

    public void Dispose()
    {
        if (_folder is not null)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private async Task<(string, Sha256Digest, long)> MakeAsync(IEnumerable<string> held, CancellationToken cancellation)
    {
        view.Progress(operation, "G4", "bundling", 0, 0, "");
        _folder ??= Directory.CreateTempSubdirectory("iucutter-sending-").FullName;
        var path = Path.Combine(_folder, "bundle");
        var before = await repository.OfTheseAsync(held.Where(c => c.Length == commit.Id.Length && LowerHex.Is(c)), cancellation);
        var (digest, size) = await BundleWriter.WriteAsync(repository, commit, before, path, cancellation);
        return (path, digest, size);
    }

    private async Task SendAsync(IClientStreamWriter<BundlePart> stream, string path, long offset, long size, CancellationToken cancellation)
    {
        using var file = File.OpenHandle(path);
        for (var at = offset; at < size;)
        {
            // A part on its way is not written to.
            var part = new byte[Math.Min(PartBytes, size - at)];
            var read = await RandomAccess.ReadAsync(file, part, at, cancellation);
            await stream.WriteAsync(new BundlePart { Data = UnsafeByteOperations.UnsafeWrap(part.AsMemory(0, read)) }, cancellation).WaitAsync(LongestWait, time, cancellation);
            at += read > 0 ? read : throw new IOException($"the bundle '{path}' became shorter while it was sent");
            view.Progress(operation, "G4", "sending the bundle", at, size, "bytes");
        }
    }
}
