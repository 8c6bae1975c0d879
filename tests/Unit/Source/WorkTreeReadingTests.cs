using System.Runtime.InteropServices;
using IuCutter.Packager.Scan;
using IuCutter.Packager.Source;

namespace IuCutter.Tests.Unit.Source;

public sealed partial class WorkTreeReadingTests : IDisposable
{
    private const int Files = 100;
    private readonly TemporaryRepository _source = new();

    public WorkTreeReadingTests()
    {
        for (var i = 0; i < Files; i++)
        {
            _source.Write($"d{i % 7}/f{i}", new string((char)('a' + (i % 26)), i * 37));
        }

        _source.Write("large", new string('L', 5 << 20));
        _source.Write("middle", new string('M', 3 << 20));
        File.CreateSymbolicLink(Path.Combine(_source.Root, "link"), "large");
    }

    [Theory]
    [InlineData("sha1")]
    [InlineData("sha256")]
    public async Task What_lies_in_the_work_tree_unchanged_needs_no_object(string format)
    {
        using var source = new TemporaryRepository($"--object-format={format}");
        source.Write("a", "content");
        source.Write("empty", "");
        File.CreateSymbolicLink(Path.Combine(source.Root, "link"), "somewhere/else");
        source.Commit();
        var expected = (await source.PackAsync()).Manifest;
        foreach (var path in (string[])["a", "empty", "link"])
        {
            var id = source.Git("rev-parse", $"HEAD:{path}");
            File.Delete(Path.Combine(source.Root, ".git", "objects", id[..2], id[2..]));
        }

        using var contents = await ReadAsync(source);

        Assert.Equal(expected.Digest, contents.Manifest.Digest);
        Assert.Equal("content", await TextAsync(contents, "a"));
    }

    [Theory]
    [InlineData("as it is")]
    [InlineData("changed")]
    [InlineData("changed, of the same size")]
    [InlineData("missing")]
    [InlineData("a folder")]
    [InlineData("a pipe")]
    [InlineData("a link to another")]
    [InlineData("behind a folder that is a link")]
    [InlineData("a link changed")]
    [InlineData("a link that is a file")]
    [InlineData("all changed")]
    public async Task Whatever_the_work_tree_says_the_commit_decides(string state)
    {
        _source.Commit();
        using var expected = await _source.PackAsync();
        Put(state);

        using var contents = await ReadAsync(_source);

        Assert.Equal(expected.Manifest.Digest, contents.Manifest.Digest);
        for (var i = 0; i < contents.Manifest.DistinctContents.Count; i++)
        {
            Assert.Equal(contents.Manifest.DistinctContents[i].Digest, IuCutter.Digests.Sha256Digest.Of(await BytesAsync(contents, i)));
        }
    }

    [Fact]
    public async Task A_scan_finds_the_same_in_the_same_order_from_files_and_from_objects()
    {
        foreach (var name in (string[])["z.txt", "a.txt", "m.txt"])
        {
            _source.Write(name, "fine\na word never to be released\n");
        }

        _source.Commit();
        _source.Write("a.txt", "changed since");
        var request = new ArtifactRequest("app", (await _source.OpenAsync()).Commit) { Scan = new ContentScan(new ScanRules([], ["never to be released"], [])) };

        using var contents = await new RepositorySource((await _source.OpenAsync()).Repository, request.Commit).ReadAsync(request, DigestCache.None(), CancellationToken.None);

        Assert.Equal(["a.txt", "m.txt", "z.txt"], contents.Findings.Hits.Select(h => h.Path.ToString()));
        Assert.All(contents.Findings.Hits, h => Assert.Equal(2, h.Line));
        Assert.Equal(contents.Manifest.Entries.Count, contents.Findings.FilesScanned);
    }

    public void Dispose() => _source.Dispose();

    private void Put(string state)
    {
        var file = Path.Combine(_source.Root, "d3/f10");
        if (state != "as it is")
        {
            File.Delete(file);
        }

        switch (state)
        {
            case "changed": _source.Write("d3/f10", "other"); break;
            case "changed, of the same size": _source.Write("d3/f10", new string('z', 370)); break;
            case "a folder": Directory.CreateDirectory(file); break;
            case "a pipe": Assert.Equal(0, MakePipe(System.Text.Encoding.UTF8.GetBytes(file + '\0'), 0b110_000_000)); break;
            case "a link to another": File.CreateSymbolicLink(file, "f3"); break;
            case "behind a folder that is a link":
                Directory.Move(Path.Combine(_source.Root, "d3"), Path.Combine(_source.Folder, "elsewhere"));
                File.CreateSymbolicLink(Path.Combine(_source.Root, "d3"), Path.Combine(_source.Folder, "elsewhere"));
                break;
            case "a link changed":
                File.Delete(Path.Combine(_source.Root, "link"));
                File.CreateSymbolicLink(Path.Combine(_source.Root, "link"), "larger");
                break;
            case "a link that is a file":
                File.Delete(Path.Combine(_source.Root, "link"));
                _source.Write("link", "large");
                break;
            case "all changed":
                foreach (var path in Directory.GetFiles(_source.Root, "f*", SearchOption.AllDirectories))
                {
                    File.AppendAllText(path, "more");
                }

                break;
        }
    }

    private static async Task<ReleaseContents> ReadAsync(TemporaryRepository source)
    {
        var (repository, commit) = await source.OpenAsync();
        return await new RepositorySource(repository, commit).ReadAsync(new ArtifactRequest("app", commit), DigestCache.None(), CancellationToken.None);
    }

    private static async Task<string> TextAsync(ReleaseContents contents, string path)
    {
        var entry = Enumerable.Range(0, contents.Manifest.Entries.Count).Single(i => contents.Manifest.Entries[i].Path.ToString() == path);
        return System.Text.Encoding.UTF8.GetString(await BytesAsync(contents, contents.Manifest.ContentOf(entry)));
    }

    private static async Task<byte[]> BytesAsync(ReleaseContents contents, int content)
    {
        var bytes = new byte[contents.Manifest.DistinctContents[content].Size];
        for (var at = 0; at < bytes.Length;)
        {
            at += contents.ReadContent(content, at, bytes.AsSpan(at));
        }

        return bytes;
    }

    [LibraryImport("libc", EntryPoint = "mkfifo")]
    private static partial int MakePipe(byte[] path, uint mode);
}
