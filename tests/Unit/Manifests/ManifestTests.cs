using System.Text;
using IuCutter.Digests;
using IuCutter.Manifests;

namespace IuCutter.Tests.Unit.Manifests;

public sealed class ManifestTests
{
    private const string Commit = "0123456789abcdef0123456789abcdef01234567";
    private const string Tree = "fedcba9876543210fedcba9876543210fedcba98";

    private const string Golden = """
        iucutter-manifest 1
        name app
        commit 0123456789abcdef0123456789abcdef01234567
        tree fedcba9876543210fedcba9876543210fedcba98
        committed 1700000000
        entries 4
        bytes 10

        ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad 3 755 a
        e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 0 644 a-b
        ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad 3 644 b/c\nd\\e
        88d4266fd4e6338d13b845fcf289579d209c897823b9217da3e161936f031589 4 link b/l

        """;

    [Fact]
    public void The_canonical_bytes_are_what_the_format_says()
    {
        var manifest = Sample();

        Assert.Equal(Golden, Encoding.UTF8.GetString(manifest.CanonicalBytes.Span));
        Assert.Equal(Sha256Digest.Of(Encoding.UTF8.GetBytes(Golden)), manifest.Digest);
        Assert.Equal($"app-0123456789ab-{manifest.Digest.Short}", manifest.ReleaseId.ToString());
        Assert.Equal(10, manifest.ContentBytes);
    }

    [Fact]
    public void Distinct_contents_are_counted_in_order_of_first_appearance()
    {
        var contents = Sample().DistinctContents;

        Assert.Equal([3L, 0L, 4L], contents.Select(content => content.Size));
        Assert.Equal([Sha256Digest.Of("abc"u8), Sha256Digest.Of(""u8), Sha256Digest.Of("abcd"u8)], contents.Select(content => content.Digest));
    }

    [Fact]
    public void What_was_written_reads_back_as_the_same_manifest()
    {
        var manifest = Sample();

        var read = Manifest.Parse(manifest.CanonicalBytes);

        Assert.Equal(manifest.Entries, read.Entries);
        Assert.Equal(manifest.Digest, read.Digest);
        Assert.Equal(manifest.ReleaseId, read.ReleaseId);
        Assert.Equal(manifest.Name, read.Name);
        Assert.Equal(manifest.Commit, read.Commit);
        Assert.Equal(manifest.Tree, read.Tree);
        Assert.Equal(manifest.CommitTimeUnix, read.CommitTimeUnix);
    }

    [Fact]
    public void Every_byte_but_NUL_survives_in_a_path()
    {
        var all = Enumerable.Range(1, 255).Where(value => value != '/').Select(value => (byte)value).ToArray();
        var manifest = Create(Entry(TreePath.FromBytes(all), "x"));

        var read = Manifest.Parse(manifest.CanonicalBytes);

        Assert.Equal(all, read.Entries[0].Path.ToBytes());
    }

    [Fact]
    public void Honoured_export_attributes_stand_in_the_header_and_change_the_digest()
    {
        var manifest = Manifest.Create("app", Commit, Tree, 1, [Entry("a", "x")], exportAttributes: true);

        Assert.Contains("committed 1\nexport-attributes on\nentries 1\n", Encoding.UTF8.GetString(manifest.CanonicalBytes.Span), StringComparison.Ordinal);
        Assert.True(Manifest.Parse(manifest.CanonicalBytes).ExportAttributes);
        Assert.NotEqual(Manifest.Create("app", Commit, Tree, 1, [Entry("a", "x")]).Digest, manifest.Digest);
    }

    [Theory]
    [InlineData("iucutter-manifest 1", "iucutter-manifest 2", 1)]
    [InlineData("iucutter-manifest 1", "\uFEFFiucutter-manifest 1", 1)]
    [InlineData("name app", "name App", 2)]
    [InlineData("name app", "nom app", 2)]
    [InlineData("commit 0123", "commit 012", 3)]
    [InlineData("commit 0123456789a", "commit 0123456789A", 3)]
    [InlineData("tree fedc", "tree", 4)]
    [InlineData("committed 17", "committed -17", 5)]
    [InlineData("committed 17", "committed 017", 5)]
    [InlineData("committed 1700000000", "committed 253402300800", 5)]
    [InlineData("entries 4", "entries 3", 12)]
    [InlineData("entries 4", "entries 5", 13)]
    [InlineData("entries 4", "entries 9000000000000000000", 6)]
    [InlineData("entries 4", "export-attributes off\nentries 4", 6)]
    [InlineData("bytes 10", "bytes 11", 7)]
    [InlineData("bytes 10", "bytes 1e1", 7)]
    [InlineData("10\n\n", "10\nmore 1\n\n", 8)]
    [InlineData("e3b0", "E3b0", 10)]
    [InlineData(" 0 644 a-b", " 00 644 a-b", 10)]
    [InlineData(" 0 644 a-b", " +0 644 a-b", 10)]
    [InlineData(" 0 644 a-b", " 0 666 a-b", 10)]
    [InlineData(" 0 644 a-b", " 0 644  a-b", 10)]
    [InlineData(" 0 644 a-b", " 0 644 ", 10)]
    [InlineData(" 0 644 a-b", " 0 644 a", 10)]
    [InlineData(" 0 644 a-b", " 0 644 a/b", 10)]
    [InlineData(" 0 644 a-b", " 0 644 z", 11)]
    [InlineData(" 0 644 a-b", " 0 644 ../b", 10)]
    [InlineData(" 0 644 a-b", " 0 644 a-b/.GIT/config", 10)]
    [InlineData(" 3 755 a", " 4 755 a", 11)]
    [InlineData("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad 3 644", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ae 3 644x", 11)]
    [InlineData("\\n", "\\t", 11)]
    [InlineData("c\\nd\\\\e", "c\\", 11)]
    [InlineData("c\\nd", "c\rd", 11)]
    [InlineData("b/l\n", "b/l", 12)]
    [InlineData("b/l\n", "b/l\n\n", 13)]
    [InlineData("\n", "\r\n", 1)]
    public void Anything_else_is_refused_at_its_line(string replace, string by, int line)
    {
        var text = Golden.Replace(replace, by, StringComparison.Ordinal);
        Assert.NotEqual(Golden, text, StringComparer.Ordinal);

        var refusal = Assert.Throws<ManifestException>(() => Manifest.Parse(Encoding.UTF8.GetBytes(text)));

        Assert.Equal(line, refusal.Line);
        Assert.NotEmpty(refusal.Want);
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        var bytes = Sample().CanonicalBytes;
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<ManifestException>(() => Manifest.Parse(bytes[..length]));
        }
    }

    [Fact]
    public void One_content_cannot_have_two_sizes()
    {
        var digest = Sha256Digest.Of("x"u8);
        var refusal = Assert.Throws<ManifestException>(() => Create(
            new ManifestEntry(Path("a"), EntryKind.File, 1, digest), new ManifestEntry(Path("b"), EntryKind.File, 2, digest)));

        Assert.Contains("has 2 bytes here and 1 above", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sizes_that_overflow_are_refused()
    {
        Assert.Throws<ManifestException>(() => Create(
            new ManifestEntry(Path("a"), EntryKind.File, long.MaxValue, Sha256Digest.Of("a"u8)),
            new ManifestEntry(Path("b"), EntryKind.File, 1, Sha256Digest.Of("b"u8))));
    }

    [Fact]
    public void A_path_below_a_file_is_refused_though_others_stand_between()
    {
        var refusal = Assert.Throws<ManifestException>(() => Create(Entry("a", "1"), Entry("a-b", "2"), Entry("a.b/c", "3"), Entry("a/b", "4")));

        Assert.Contains("'a/b' lies below 'a'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_without_a_target_is_refused()
    {
        Assert.Throws<ManifestException>(() => Create(new ManifestEntry(Path("l"), EntryKind.Link, 0, Sha256Digest.Of(""u8))));
    }

    [Fact]
    public void Two_hundred_thousand_entries_are_read_as_they_were_written()
    {
        var entries = Enumerable.Range(0, 200_000)
            .Select(i => Entry($"some/folder/{i % 1000:d4}/file-{i:d6}.txt", i.ToString(System.Globalization.CultureInfo.InvariantCulture)))
            .ToArray();

        var manifest = Create(entries);
        var read = Manifest.Parse(manifest.CanonicalBytes);

        Assert.Equal(200_000, read.Entries.Count);
        Assert.Equal(manifest.Digest, read.Digest);
    }

    internal static TreePath Path(string text) => TreePath.FromBytes(Encoding.UTF8.GetBytes(text));

    internal static ManifestEntry Entry(string path, string content) => Entry(Path(path), content);

    internal static ManifestEntry Entry(TreePath path, string content)
    {
        var bytes = Encoding.UTF8.GetBytes(content);
        return new ManifestEntry(path, EntryKind.File, bytes.Length, Sha256Digest.Of(bytes));
    }

    internal static Manifest Create(params ManifestEntry[] entries) => Manifest.Create("app", Commit, Tree, 1_700_000_000, entries);

    private static Manifest Sample() => Create(
        new ManifestEntry(Path("b/l"), EntryKind.Link, 4, Sha256Digest.Of("abcd"u8)),
        Entry("b/c\nd\\e", "abc"),
        Entry("a-b", ""),
        Entry("a", "abc") with { Kind = EntryKind.Executable });
}
