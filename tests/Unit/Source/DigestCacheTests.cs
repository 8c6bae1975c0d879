using IuCutter.Digests;
using IuCutter.Manifests;
using IuCutter.Packager.Source;

namespace IuCutter.Tests.Unit.Source;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class DigestCacheTests : IDisposable
{
    private readonly TemporaryRepository _source = new();

    private string Folder => Path.Combine(_source.Folder, "cache");

    public void Dispose() => _source.Dispose();

    [Fact]
    public async Task What_one_push_has_read_the_next_does_not_read()
    {
        _source.Write("kept", "kept");
        _source.Write("twin", "kept");
        _source.Commit();
        Sha256Digest digest;
        using (var first = await ReadAsync())
        {
            digest = first.Manifest.Digest;
        }

        var blob = _source.Git("rev-parse", "HEAD:kept");
        File.Delete(Path.Combine(_source.Root, ".git", "objects", blob[..2], blob[2..]));

        using var again = await ReadAsync();

        Assert.Equal(digest, again.Manifest.Digest);
        Assert.Equal(SourceCodes.ObjectMissing, (await Assert.ThrowsAsync<SourceException>(() => again.BringAsync([0], CancellationToken.None))).Code);
    }

    [Fact]
    public async Task A_content_that_is_wanted_after_all_is_read_and_held_against_its_digest()
    {
        _source.Write("a", "first");
        _source.Write("b", "second");
        _source.Commit();
        (await ReadAsync()).Dispose();

        using var contents = await ReadAsync();
        await contents.BringAsync([0, 1], CancellationToken.None);

        var buffer = new byte[16];
        Assert.Equal(6, contents.ReadContent(1, 0, buffer));
        Assert.Equal("second"u8, buffer.AsSpan(0, 6));
        Assert.Equal(3, contents.ReadContent(0, 2, buffer));
        Assert.Equal("rst"u8, buffer.AsSpan(0, 3));
    }

    [Fact]
    public async Task A_cache_that_lies_is_found_out_before_a_byte_is_sent()
    {
        _source.Write("a", "first");
        _source.Commit();
        var cache = Open();
        Assert.True(GitObjectId.TryParse(System.Text.Encoding.ASCII.GetBytes(_source.Git("rev-parse", "HEAD:a")), out var id));
        cache.Add(id, new ManifestContent(Sha256Digest.Of("other"u8), 5));
        cache.Save();
        await cache.Saved;

        using var contents = await ReadAsync();

        Assert.Equal(SourceCodes.ObjectChanged, (await Assert.ThrowsAsync<SourceException>(() => contents.BringAsync([0], CancellationToken.None))).Code);
    }

    [Fact]
    public async Task What_was_saved_is_found_again_beside_what_comes_later()
    {
        for (var round = 0; round < 3; round++)
        {
            var cache = Open();
            for (var i = 0; i < 100; i++)
            {
                cache.Add(Id((round * 100) + i), new ManifestContent(Sha256Digest.Of([(byte)i, (byte)round]), i));
            }

            cache.Save();
            await cache.Saved;
        }

        var all = Open();
        Assert.All(Enumerable.Range(0, 300), i => Assert.Equal(new ManifestContent(Sha256Digest.Of([(byte)(i % 100), (byte)(i / 100)]), i % 100), all.Find(Id(i))));
        Assert.Null(all.Find(Id(300)));
    }

    [Fact]
    public async Task Ids_that_begin_alike_and_come_in_any_order_and_twice_are_all_found()
    {
        var ids = Enumerable.Range(0, 200).Select(i => Alike(199 - i)).ToList();
        var cache = Open();
        foreach (var id in ids.Concat(ids))
        {
            cache.Add(id, new ManifestContent(Sha256Digest.Of(System.Text.Encoding.ASCII.GetBytes(id.ToString())), 1));
        }

        cache.Save();
        await cache.Saved;

        var all = Open();
        Assert.All(ids, id => Assert.Equal(Sha256Digest.Of(System.Text.Encoding.ASCII.GetBytes(id.ToString())), all.Find(id)?.Digest));

        static GitObjectId Alike(int number)
        {
            Assert.True(GitObjectId.TryParse(System.Text.Encoding.ASCII.GetBytes($"00112233445566{number % 3:x2}{number:x24}"), out var id));
            return id;
        }
    }

    [Theory]
    [InlineData("flip")]
    [InlineData("cut")]
    [InlineData("empty")]
    [InlineData("writable by others")]
    [InlineData("huge")]
    public async Task A_cache_that_is_not_as_it_was_written_counts_for_nothing(string harm)
    {
        var cache = Open();
        cache.Add(Id(1), new ManifestContent(Sha256Digest.Of("x"u8), 1));
        cache.Save();
        await cache.Saved;
        Assert.NotNull(Open().Find(Id(1)));
        var file = Assert.Single(Directory.GetFiles(Folder));
        var bytes = await File.ReadAllBytesAsync(file);
        bytes[40] ^= (byte)(harm == "flip" ? 1 : 0);
        await File.WriteAllBytesAsync(file, harm switch { "cut" => bytes[..^1], "empty" => [], _ => bytes });
        if (harm == "huge")
        {
            await using var grown = File.OpenWrite(file);
            grown.SetLength(3L << 30);
        }

        if (harm == "writable by others")
        {
            File.SetUnixFileMode(file, (UnixFileMode)0b110_110_110);
        }

        Assert.Null(Open().Find(Id(1)));
    }

    [Fact]
    public async Task A_pointer_of_git_lfs_is_refused_each_time()
    {
        _source.Write("big.bin", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n");
        _source.Commit();

        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(SourceCodes.LfsPointers, (await Assert.ThrowsAsync<SourceException>(ReadAsync)).Code);
        }
    }

    private static GitObjectId Id(int number)
    {
        Assert.True(GitObjectId.TryParse(System.Text.Encoding.ASCII.GetBytes(Sha256Digest.Of(BitConverter.GetBytes(number)).ToString()[..40]), out var id));
        return id;
    }

    private DigestCache Open() => DigestCache.Open(Folder, _source.Root);

    private async Task<ReleaseContents> ReadAsync()
    {
        var (repository, commit) = await _source.OpenAsync();
        var cache = Open();
        var contents = await new RepositorySource(repository, commit).ReadAsync(new ArtifactRequest("app", commit), cache, CancellationToken.None);
        await cache.Saved;
        return contents;
    }
}
