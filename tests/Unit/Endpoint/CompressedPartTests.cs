using System.IO.Compression;
using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;
using IuCutter.Agent;
using IuCutter.Agent.Endpoint;
using IuCutter.Agent.Releases;
using IuCutter.Digests;
using IuCutter.Manifests;
using IuCutter.Protos.V1;
using IuCutter.Tests.Unit.Support;

namespace IuCutter.Tests.Unit.Endpoint;

public sealed class CompressedPartTests : IDisposable
{
    private static readonly byte[] Content = [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i / 1000))];

    private readonly TempFolder _folder = new();
    private readonly DeployRoot _root;
    private readonly Staging _staging;

    public CompressedPartTests()
    {
        _root = DeployRoot.Open(_folder.Make("root"));
        _staging = Staging.Begin(_root, Manifest.Create(
            "app", new string('a', 40), new string('b', 40), 1, [new ManifestEntry(TreePath.FromBytes("a"u8), EntryKind.File, Content.Length, Sha256Digest.Of(Content))]), TimeProvider.System);
    }

    public void Dispose()
    {
        _staging.Dispose();
        _root.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task It_is_the_same_content_and_counts_as_what_it_was_before()
    {
        var reader = await ReadAsync(Compressed(Content, Content.Length), End(Content));

        Assert.Equal(0, _staging.MissingCount);
        Assert.Equal(Content.Length, reader.Bytes);
    }

    [Theory]
    [InlineData("smaller than it says", RefusalCode.DigestMismatch)]
    [InlineData("larger than it says", RefusalCode.DigestMismatch)]
    [InlineData("no brotli", RefusalCode.DigestMismatch)]
    [InlineData("cut off", RefusalCode.DigestMismatch)]
    [InlineData("larger than a part may be", RefusalCode.BadRequest)]
    [InlineData("nothing at all", RefusalCode.BadRequest)]
    public async Task One_that_is_not_what_it_says_is_refused_and_nothing_of_it_is_kept(string what, RefusalCode code)
    {
        var part = what switch
        {
            "smaller than it says" => Compressed(Content, Content.Length + 1),
            "larger than it says" => Compressed(new byte[100_000_000], 1000),
            "no brotli" => new UploadPart { Brotli = new CompressedData { Data = ByteString.CopyFromUtf8("no brotli at all"), Size = 1000 } },
            "cut off" => Cut(Compressed(Content, Content.Length)),
            "larger than a part may be" => Compressed(new byte[2_000_000], 2_000_000),
            _ => new UploadPart { Brotli = new CompressedData() },
        };

        var refusal = await Assert.ThrowsAsync<RefusalException>(() => ReadAsync(part, End(Content)));

        Assert.Equal(code, refusal.Code);
        Assert.Equal(0, _staging.ReceivedBytes);
    }

    private static UploadPart Compressed(byte[] content, int size)
    {
        var buffer = new byte[BrotliEncoder.GetMaxCompressedLength(content.Length)];
        Assert.True(BrotliEncoder.TryCompress(content, buffer, out var length, 1, 20));
        return new UploadPart { Brotli = new CompressedData { Data = ByteString.CopyFrom(buffer, 0, length), Size = (uint)size } };
    }

    private static UploadPart Cut(UploadPart part)
    {
        part.Brotli.Data = ByteString.CopyFrom(part.Brotli.Data.Span[..^3]);
        return part;
    }

    private static UploadPart End(byte[] content) => new() { End = new UploadEnd { Bytes = (ulong)content.Length, Sha256 = ByteString.CopyFrom(SHA256.HashData(content)) } };

    private async Task<UploadReader> ReadAsync(params UploadPart[] parts)
    {
        var reader = new UploadReader(new Parts(parts));
        await reader.ReadIntoAsync(_staging, new UploadStart(), () => { }, CancellationToken.None);
        return reader;
    }

    private sealed class Parts(UploadPart[] parts) : IAsyncStreamReader<UploadPart>
    {
        private int _at = -1;

        public UploadPart Current => parts[_at];

        public Task<bool> MoveNext(CancellationToken cancellationToken) => Task.FromResult(++_at < parts.Length);
    }
}
