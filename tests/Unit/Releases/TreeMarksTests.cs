using IuCutter.Agent.Posix;
using IuCutter.Agent.Releases;
using IuCutter.Configuration;
using IuCutter.Digests;
using IuCutter.Manifests;
using IuCutter.Tests.Unit.Support;

namespace IuCutter.Tests.Unit.Releases;

public sealed class TreeMarksTests : IDisposable
{
    private static readonly string[] Names = ["a", "b", "deep/c", "deep/d"];

    private readonly TempFolder _folder = new();
    private readonly DirectoryHandle _tree;
    private readonly Manifest _manifest;

    public TreeMarksTests()
    {
        var tree = _folder.Make("tree");
        Directory.CreateDirectory(Path.Combine(tree, "deep"));
        foreach (var name in Names)
        {
            File.WriteAllText(Path.Combine(tree, name), name);
        }

        _tree = DirectoryHandle.Open(tree);
        var entries = Names.Select(n => new ManifestEntry(TreePath.FromRaw(n), EntryKind.File, n.Length, Sha256Digest.Of(System.Text.Encoding.ASCII.GetBytes(n))));
        _manifest = Manifest.Create("app", new string('a', 40), new string('b', 40), 1, [.. entries]);
    }

    public void Dispose()
    {
        _tree.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void What_nobody_has_written_to_is_not_read_again()
    {
        var marks = Read(TimeSpan.FromMinutes(1));

        Assert.Equal((4, 0, 0L), Again(marks));
    }

    [Theory]
    [InlineData("printf X >a; touch -d @1700000000 a", 1, 3)]
    [InlineData("chmod 777 a", 1, 3)]
    [InlineData("printf a >new; mv new a", 0, 3)]
    [InlineData("printf X >new; mv new a", 1, 3)]
    [InlineData("rm a", 1, 3)]
    [InlineData("ln a deep/../linked; rm linked", 0, 3)]
    [InlineData("printf X >deep/c; printf deep/d >deep/d", 1, 2)]
    public void What_was_touched_is_read_again(string how, int differences, int untouched)
    {
        var marks = Read(TimeSpan.FromMinutes(1));
        Shell(how);

        var (spared, different, _) = Again(marks);

        Assert.Equal((untouched, differences), (spared, different));
    }

    [Fact]
    public void What_was_changed_just_before_it_was_read_may_be_changed_again_in_the_same_tick() =>
        Assert.Equal((0, 0, 14L), Again(Read(TimeSpan.FromMilliseconds(5))));

    [Theory]
    [InlineData(1_700_000_000_400_000_000, 30, true)]
    [InlineData(1_700_000_000_400_000_000, 10, false)]
    [InlineData(1_700_000_000_000_000_000, 30, false)]
    [InlineData(1_700_000_000_000_000_000, 1_500, false)]
    [InlineData(1_700_000_000_000_000_000, 2_500, true)]
    public void A_change_time_without_a_part_of_a_second_may_be_one_of_a_whole_second_or_two(long changed, int millisecondsLater, bool isMark)
    {
        var status = new NodeStatus(NodeKind.File, 0x1A4, 0, 0, 1, 4711, 1, changed, changed);
        var marks = new TreeMarks(1, TimeProvider.System);

        marks.Note(0, status, changed + (millisecondsLater * 1_000_000L));

        Assert.Equal(isMark, marks.IsAsSeen(0, status));
    }

    private void Shell(string command)
    {
        using var shell = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("sh", ["-ec", command]) { WorkingDirectory = _folder.In("tree") })!;
        shell.WaitForExit();
        Assert.Equal(0, shell.ExitCode);
    }

    /// <param name="later">How long after the first file was made all are read.</param>
    private TreeMarks Read(TimeSpan later)
    {
        var made = Names.Min(n => _tree.Status(System.Text.Encoding.ASCII.GetBytes(n))!.Value.ChangedNanoseconds);
        var marks = new TreeMarks(Names.Length, new Clock(DateTimeOffset.UnixEpoch + TimeSpan.FromTicks(made / TimeSpan.NanosecondsPerTick) + later));
        Assert.True(TreeReader.Compare(_tree, _manifest, LinkRule.Copy, lookAtExtra: false, CancellationToken.None, marks) is { HoldsTheManifest: true, Untouched: 0 });
        return marks;
    }

    private (int Untouched, int Differences, long Bytes) Again(TreeMarks marks)
    {
        var comparison = TreeReader.Compare(_tree, _manifest, LinkRule.Copy, lookAtExtra: false, CancellationToken.None, marks);
        return (comparison.Untouched, comparison.DifferenceCount, comparison.Bytes);
    }
}
