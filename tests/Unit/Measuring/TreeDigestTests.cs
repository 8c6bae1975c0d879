using System.Runtime.InteropServices;
using IuCutter.Agent.Measuring;
using IuCutter.Agent.Posix;
using IuCutter.Tests.Unit.Support;

namespace IuCutter.Tests.Unit.Measuring;

/// <summary>What an anchor's digest is of: what people reach by the path, or nothing at all.</summary>
public sealed partial class TreeDigestTests : IDisposable
{
    private const uint Nobody = 65534;
    private const int AccessDenied = 13;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_path_that_is_a_link_is_measured_by_its_text_and_by_what_it_leads_to()
    {
        var (real, other) = (_folder.Make("real"), _folder.Make("other"));
        File.WriteAllText(Path.Combine(real, "data"), "1");
        File.WriteAllText(Path.Combine(other, "data"), "1");
        var link = _folder.In("link");
        File.CreateSymbolicLink(link, "real");
        var seen = new HashSet<string> { Digest(link) };

        File.WriteAllText(Path.Combine(real, "data"), "2");
        Assert.True(seen.Add(Digest(link)));
        Turn(link, "other");
        Assert.True(seen.Add(Digest(link)));
        File.WriteAllText(Path.Combine(real, "data"), "1");
        Turn(link, real);
        Assert.True(seen.Add(Digest(link)));
        File.CreateSymbolicLink(_folder.In("outer"), "link");
        Assert.True(seen.Add(Digest(_folder.In("outer"))));
        File.WriteAllText(Path.Combine(real, "data"), "3");
        Assert.True(seen.Add(Digest(_folder.In("outer"))));
    }

    [Fact]
    public void A_link_on_the_way_to_a_path_is_followed_and_one_inside_its_tree_is_not()
    {
        var real = _folder.Make("real/inner");
        File.CreateSymbolicLink(_folder.In("way"), "real");
        File.CreateSymbolicLink(Path.Combine(real, "out"), _folder.Make("outside"));
        var before = Digest(_folder.In("way/inner"));

        File.WriteAllText(_folder.In("outside/new"), "");
        Assert.Equal(before, Digest(_folder.In("way/inner")));
        File.WriteAllText(Path.Combine(real, "new"), "");
        Assert.NotEqual(before, Digest(_folder.In("way/inner")));
    }

    [Fact]
    public void A_link_that_leads_nowhere_or_to_itself_shows_nothing_of_what_it_leads_to()
    {
        File.CreateSymbolicLink(_folder.In("dangling"), "nothing-there");
        File.CreateSymbolicLink(_folder.In("round"), "round");

        Assert.True(TreeDigest.Of(_folder.In("dangling"), CancellationToken.None)!.LeadsNowhere);
        Assert.Equal(PosixException.TooManyLinks, Assert.Throws<PosixException>(() => TreeDigest.Of(_folder.In("round"), CancellationToken.None)).Errno);
    }

    [Fact]
    public void What_is_absent_is_told_from_what_may_not_be_entered()
    {
        _folder.Make("locked/below/anchor");
        File.WriteAllText(_folder.In("file"), "");
        Assert.Null(TreeDigest.Of(_folder.In("none/below/anchor"), CancellationToken.None));
        Assert.Null(TreeDigest.Of(_folder.In("file/below"), CancellationToken.None));
        File.SetUnixFileMode(_folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherExecute);
        File.SetUnixFileMode(_folder.In("locked"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        Assert.All((string[])["locked/below", "locked/below/anchor", "locked/below/anchor/deeper"], path =>
            Assert.Equal(AccessDenied, Assert.Throws<PosixException>(() => AsNobody(() => TreeDigest.Of(_folder.In(path), CancellationToken.None))).Errno));
    }

    private static string Digest(string path) => TreeDigest.Of(path, CancellationToken.None)!.Digest.ToString();

    private static void Turn(string link, string to)
    {
        File.Delete(link);
        File.CreateSymbolicLink(link, to);
    }

    [Fact]
    public void A_tree_deeper_than_any_path_reaches_is_said_not_to_be_measured_and_ends_nothing()
    {
        var top = DirectoryHandle.Open(_folder.Path);
        try
        {
            MakeDeep(top, 3_000);

            var thrown = Assert.Throws<PosixException>(() => TreeDigest.Of(_folder.In("d"), CancellationToken.None));

            Assert.Contains("name too long", thrown.Message, StringComparison.OrdinalIgnoreCase);
        }
        finally
        {
            top.RemoveTree("d"u8);
            top.Dispose();
        }
    }

    private static void MakeDeep(DirectoryHandle top, int levels)
    {
        DirectoryHandle? below = null;
        for (var level = 0; level < levels; level++)
        {
            var at = below ?? top;
            at.MakeDirectory("d"u8, 0x1ED);
            var next = at.OpenDirectory("d"u8);
            below?.Dispose();
            below = next;
        }

        below?.Dispose();
    }

    /// <summary>On a thread whose file access is nobody's, so that root's tests see what an ordinary agent does.</summary>
    private static void AsNobody(Func<object?> look)
    {
        Exception? thrown = null;
        var thread = new Thread(() =>
        {
            _ = SetFileSystemUser(Nobody);
            try
            {
                look();
            }
            catch (PosixException e)
            {
                thrown = e;
            }
        });
        thread.Start();
        thread.Join();
        if (thrown is not null)
        {
            throw thrown;
        }
    }

    [LibraryImport("libc", EntryPoint = "setfsuid")]
    private static partial int SetFileSystemUser(uint user);
}
