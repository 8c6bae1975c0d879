using System.Text;
using IuCutter.Agent.Measuring;
using IuCutter.Agent.Posix;
using IuCutter.Tests.Unit.Support;

namespace IuCutter.Tests.Unit.Posix;

public sealed class DirectoryHandleTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly DirectoryHandle _inside;

    public DirectoryHandleTests()
    {
        File.WriteAllText(_folder.In("outside"), "kept");
        _inside = DirectoryHandle.Open(_folder.Make("inside"));
    }

    public void Dispose()
    {
        _inside.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("a/../../outside")]
    [InlineData("/etc/passwd")]
    [InlineData("link/passwd")]
    [InlineData("..")]
    public void Nothing_outside_is_opened_made_or_removed(string path)
    {
        Directory.CreateDirectory(_folder.In("inside/a"));
        File.CreateSymbolicLink(_folder.In("inside/link"), "/etc");
        var bytes = Encoding.UTF8.GetBytes(path);

        Assert.Throws<PosixException>(() => _inside.OpenRead(bytes).Dispose());
        Assert.Throws<PosixException>(() => _inside.CreateFile(bytes, 0x1A4).Dispose());
        Assert.ThrowsAny<PosixException>(() => _inside.MakeLink(bytes, "x"u8));
        Assert.True(Record.Exception(() => _inside.RemoveTree(bytes)) is null or PosixException);

        Assert.Equal("kept", File.ReadAllText(_folder.In("outside")));
        Assert.True(File.Exists("/etc/passwd"));
    }

    [Fact]
    public void A_link_is_neither_read_through_nor_written_through_nor_removed_through()
    {
        var target = _folder.Make("elsewhere");
        File.WriteAllText(Path.Combine(target, "file"), "kept");
        File.CreateSymbolicLink(_folder.In("inside/link"), target);

        Assert.Throws<PosixException>(() => _inside.OpenRead("link/file"u8).Dispose());
        Assert.Throws<PosixException>(() => _inside.OpenWrite("link"u8).Dispose());
        _inside.RemoveTree("link"u8);

        Assert.True(File.Exists(Path.Combine(target, "file")));
        Assert.Null(_inside.Status("link"u8));
    }

    [Fact]
    public void A_tree_is_removed_however_deep_it_is()
    {
        DeepTree(_inside, 40_000);

        _inside.RemoveTree("deep"u8);

        Assert.Empty(_inside.List());
    }

    [Fact]
    public void A_tree_is_removed_whatever_permissions_it_took_from_itself()
    {
        foreach (var name in (string[])["tree", "tree/a", "tree/a/b"])
        {
            Directory.CreateDirectory(_folder.In("inside/" + name));
        }

        foreach (var name in (string[])["tree/a/b", "tree/a", "tree"])
        {
            File.SetUnixFileMode(_folder.In("inside/" + name), UnixFileMode.None);
        }

        _inside.RemoveTree("tree"u8);

        Assert.Empty(_inside.List());
    }

    [Fact]
    public void Names_keep_every_byte()
    {
        byte[] name = [0xFF, (byte)'\n', 0xC3, 0x28, (byte)' '];
        _inside.CreateFile(name, 0x1ED).Dispose();

        Assert.Equal(name, Assert.Single(_inside.List()));
        Assert.Equal(0x1EDu, _inside.Status(name)!.Value.Mode & 0x1ED);
        _inside.Remove(name);
        Assert.Empty(_inside.List());
    }

    [Fact]
    public void A_rename_replaces_nothing_and_an_exchange_swaps_both()
    {
        File.WriteAllText(_folder.In("inside/a"), "a");
        File.WriteAllText(_folder.In("inside/b"), "b");

        Assert.Equal(PosixException.Exists, Assert.Throws<PosixException>(() => _inside.Rename("a"u8, "b"u8)).Errno);
        _inside.Exchange("a"u8, "b"u8);

        Assert.Equal(("b", "a"), (File.ReadAllText(_folder.In("inside/a")), File.ReadAllText(_folder.In("inside/b"))));
    }

    [Fact]
    public void A_tree_digest_sees_content_name_mode_link_and_empty_directory()
    {
        var tree = _folder.Make("tree");
        File.WriteAllText(Path.Combine(tree, "file"), "one");
        File.CreateSymbolicLink(Path.Combine(tree, "link"), "file");
        string Digest() => TreeDigest.Of(tree, CancellationToken.None)!.Digest.ToString();
        var seen = new HashSet<string> { Digest() };
        Assert.DoesNotContain("new", seen);
        Assert.Contains(Digest(), seen);

        Action[] changes =
        [
            () => File.WriteAllText(Path.Combine(tree, "file"), "two"),
            () => File.SetUnixFileMode(Path.Combine(tree, "file"), UnixFileMode.UserRead),
            () => File.Move(Path.Combine(tree, "file"), Path.Combine(tree, "file2")),
            () => Directory.CreateDirectory(Path.Combine(tree, "empty")),
            () =>
            {
                File.Delete(Path.Combine(tree, "link"));
                File.CreateSymbolicLink(Path.Combine(tree, "link"), "file2");
            },
        ];
        Assert.All(changes, change =>
        {
            change();
            Assert.True(seen.Add(Digest()));
        });
        Assert.Null(TreeDigest.Of(_folder.In("absent"), CancellationToken.None));
    }

    private static void DeepTree(DirectoryHandle at, int levels)
    {
        at.MakeDirectory("deep"u8, 0x1C0);
        var here = at.OpenDirectory("deep"u8);
        for (var i = 1; i < levels; i++)
        {
            here.MakeDirectory("d"u8, 0x1C0);
            var below = here.OpenDirectory("d"u8);
            here.Dispose();
            here = below;
        }

        here.Dispose();
    }
}
