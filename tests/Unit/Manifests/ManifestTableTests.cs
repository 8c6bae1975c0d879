using System.Text;
using IuCutter.Digests;
using IuCutter.Manifests;
using static IuCutter.Tests.Unit.Manifests.ManifestTests;

namespace IuCutter.Tests.Unit.Manifests;

public sealed class ManifestTableTests
{
    private static readonly string[] Paths = ["a", "a-b", "a.b/c", "b/c\nd\\e", "b/l", "b\\", "b\\\r/x", "z/y/x"];

    [Fact]
    public void An_entry_is_found_by_its_path_whatever_bytes_it_has()
    {
        var manifest = Create([.. Paths.Select(p => Entry(p, p))]);

        for (var i = 0; i < manifest.Entries.Count; i++)
        {
            Assert.Equal(i, manifest.Find(manifest.PathBytesOf(i)));
        }

        Assert.All(["", "A", "a-", "a-bc", "b", "b/c", "b/c\nd\\", "b\\\\", "zz"], path => Assert.Equal(-1, manifest.Find(Path(path).ToBytes())));
    }

    [Fact]
    public void Where_it_is_looked_for_first_does_not_matter()
    {
        var manifest = Create([.. Paths.Select(p => Entry(p, p))]);

        foreach (var likely in Enumerable.Range(-2, manifest.Entries.Count + 4))
        {
            Assert.All(Enumerable.Range(0, manifest.Entries.Count), i => Assert.Equal(i, manifest.Find(manifest.PathBytesOf(i), likely)));
            Assert.All(["", "a-", "b/c", "zz"], path => Assert.Equal(-1, manifest.Find(Path(path).ToBytes(), likely)));
        }
    }

    [Fact]
    public void A_path_s_bytes_are_those_that_were_escaped()
    {
        var manifest = Create([.. Paths.Select(p => Entry(p, p))]);

        for (var i = 0; i < manifest.Entries.Count; i++)
        {
            Assert.Equal(manifest.Entries[i].Path.ToBytes(), manifest.PathBytesOf(i).ToArray());
        }
    }

    [Fact]
    public void Two_manifests_have_the_same_entry_where_path_kind_and_content_are()
    {
        var one = Create(Entry("a", "1"), Entry("b\n", "2"), Entry("c", "3"));
        var other = Create(
            Entry("a", "1"), Entry("b\n", "other"), new ManifestEntry(Path("c"), EntryKind.Executable, 1, Sha256Digest.Of("3"u8)), Entry("d", "3"));

        Assert.True(one.HasSame(0, other, 0));
        Assert.All([1, 2], i => Assert.False(one.HasSame(i, other, i)));
        Assert.False(one.HasSame(2, other, 3));
    }

    [Fact]
    public void A_head_is_read_from_a_manifest_s_beginning_alone()
    {
        var manifest = Create([.. Paths.Select(p => Entry(p, p))]);
        var text = manifest.CanonicalBytes.Span;
        var head = text[..(text.IndexOf("\n\n"u8) + 2)];

        Assert.Equal(new ManifestHead(manifest.Name, manifest.Commit, manifest.Entries.Count, manifest.ContentBytes), ManifestHead.Parse(head));
        Assert.Throws<ManifestException>(() => ManifestHead.Parse(manifest.CanonicalBytes.Span[..40]));
        Assert.True(head.Length < ManifestHead.MostBytes);
    }

    [Fact]
    public void A_folder_is_a_path_that_entries_lie_below()
    {
        var manifest = Create([.. Paths.Select(p => Entry(p, p))]);

        Assert.All(["a.b", "b", "b\\\r", "z", "z/y"], path => Assert.True(manifest.IsFolder(Path(path).ToBytes()), path));
        Assert.All(["a", "a-b", "z/y/x", "y", "b\\", "zz"], path => Assert.False(manifest.IsFolder(Path(path).ToBytes()), path));
    }

    [Fact]
    public void Each_entry_knows_the_number_of_its_content()
    {
        var manifest = Create(Entry("a", "1"), Entry("b", "2"), Entry("c", "1"), new ManifestEntry(Path("d"), EntryKind.Link, 1, Sha256Digest.Of("2"u8)));

        Assert.Equal([0, 1, 0, 1], Enumerable.Range(0, 4).Select(manifest.ContentOf));
        Assert.Equal(EntryKind.Link, manifest.KindOf(3));
    }

    [Fact]
    public void A_list_gives_back_what_was_added_though_it_fills_many_pieces()
    {
        var entries = Enumerable.Range(0, 30_000).Select(i => Entry($"folder\\{i:d6}/{new string('x', 1 + (i % 90))}", $"{i}")).ToList();
        ManifestEntryList list = [];
        entries.ForEach(list.Add);

        Assert.Equal(entries, list);
        Assert.Equal(
            Manifest.Create("app", new string('1', 40), new string('2', 40), 0, entries).Digest,
            Manifest.Create("app", new string('1', 40), new string('2', 40), 0, list).Digest);
    }

    [Fact]
    public void Entries_in_any_order_make_the_same_manifest()
    {
        var entries = Paths.Select(p => Entry(p, p)).ToList();
        var digest = Create([.. entries]).Digest;
        ManifestEntryList backwards = [];
        entries.AsEnumerable().Reverse().ToList().ForEach(backwards.Add);

        Assert.Equal(digest, Create([.. backwards]).Digest);
    }

    [Fact]
    public void Whatever_is_read_is_spelt_as_it_would_be_written()
    {
        var random = new Random(7);
        var sound = Create([.. Paths.Select(p => Entry(p, p))]).CanonicalBytes.ToArray();
        var read = 0;
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = sound.ToArray();
            for (var i = random.Next(1, 3); i > 0; i--)
            {
                bytes[random.Next(bytes.Length)] = (byte)"0123456789abcdef \\nr\n/"[random.Next(22)];
            }

            try
            {
                var manifest = Manifest.Parse(bytes);
                var again = Manifest.Create(manifest.Name, manifest.Commit, manifest.Tree, manifest.CommitTimeUnix, [.. manifest.Entries], manifest.ExportAttributes);
                Assert.Equal(Encoding.Latin1.GetString(bytes), Encoding.Latin1.GetString(again.CanonicalBytes.Span));
                read++;
            }
            catch (ManifestException)
            {
                // Refused: nothing to compare.
            }
        }

        Assert.True(read > 100, $"only {read} were read: this tries nothing");
    }
}
