using System.Diagnostics;
using System.Text;
using IuCutter.Manifests;
using IuCutter.Packager.Scan;

namespace IuCutter.Tests.Unit.Scan;

/// <summary>Asks git itself: <c>git check-ignore</c> decides what a pattern means.</summary>
public sealed class PathGlobTests
{
    private static readonly string[] Patterns =
    [
        "a", "a/", "/a", "a/b", "a/*", "*/b", "**/b", "a/**", "a/**/b", "*.txt", "a*c", "?", "[ab]", "[!a]", "[a-c]x", "[]x]y", "\\*", "a\\?", "**", "x/**/y/**/z", "*", "a**b", "/*", "a/*.txt",
        "**/a/b", "[^b]", "a[/]b", "ü?",
    ];

    private static readonly string[] Paths =
    [
        "a", "b", "a/b", "a/b/c", "x/a", "x/a/b", "x/b", "abc", "axxc", "ac", "a.txt", "a/c.txt", "a/b/c.txt", "ax", "cx", "]y", "xy", "*", "a?", "ab", "x/y/z", "x/1/y/2/3/z", "axb", "a/x/y/b", "é", "üa",
    ];

    [Fact]
    public void A_pattern_means_what_it_means_in_gitignore()
    {
        var folder = Directory.CreateTempSubdirectory("iucutter-glob-");
        try
        {
            Git(folder.FullName, null, "init", "-q");
            foreach (var pattern in Patterns)
            {
                File.WriteAllText(Path.Combine(folder.FullName, ".git/info/exclude"), pattern + "\n");
                var ignored = Git(folder.FullName, string.Join('\0', Paths) + "\0", "check-ignore", "--no-index", "-z", "--stdin")
                    .Split('\0', StringSplitOptions.RemoveEmptyEntries);

                var matched = Paths.Where(path => new PathGlob(pattern).Matches(TreePath.FromBytes(Encoding.UTF8.GetBytes(path))));

                Assert.Equal((pattern, string.Join(' ', ignored)), (pattern, string.Join(' ', matched)));
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("!a")]
    public void A_pattern_that_means_nothing_is_refused(string pattern) => Assert.Throws<ArgumentException>(() => new PathGlob(pattern));

    [Fact]
    public void No_pattern_takes_exponential_time()
    {
        var glob = new PathGlob(string.Concat(Enumerable.Repeat("a*", 50)) + "b");

        Assert.False(glob.Matches(TreePath.FromBytes(Encoding.ASCII.GetBytes(new string('a', 255)))));
    }

    private static string Git(string folder, string? input, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("git", ["-C", folder, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }
}
