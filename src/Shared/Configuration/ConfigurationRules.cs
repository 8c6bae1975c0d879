using System.Buffers;
using IuCutter.Configuration.Detection;
using IuCutter.Manifests;

namespace IuCutter.Configuration;

/// <summary>What a configuration's values must hold, whether they were read from YAML or from JSON.</summary>
public static class ConfigurationRules
{
    private const int MostKept = 1000;
    private static readonly SearchValues<char> HostLetters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");
    private static readonly SearchValues<char> ToolLetters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._+-");

    /// <summary>Every problem, with Line and Column 0: who knows where the values stood fills them in.</summary>
    public static IReadOnlyList<ConfigurationProblem> Problems(ReleaseConfiguration configuration)
    {
        var walk = new RuleWalk();
        Name(walk, "name", configuration.Name);
        if (!string.Equals(configuration.Slot, configuration.Name, StringComparison.Ordinal))
        {
            Name(walk, "slot", configuration.Slot);
        }

        walk.Range("keep", configuration.Keep, 1, MostKept);
        walk.Each("guards", configuration.Guards, (key, guard) => Check(walk, key, guard));
        walk.Each("anchors", configuration.Anchors, (key, anchor) => Check(walk, key, anchor));
        RefuseTwins(walk, configuration.Anchors);
        walk.Each("compile", configuration.Compile, walk.Command);
        walk.Each("import", configuration.Import, walk.Command);
        walk.Each("test", configuration.Test, (key, test) => Check(walk, key, test));
        walk.Each("assert", configuration.Assert, (key, assertion) => AssertionRules.Check(walk, key, assertion));
        walk.Each("smoke", configuration.Smoke, walk.Command);
        walk.Each("forbid.paths", configuration.Forbid.Paths, (key, glob) => Glob(walk, key, glob));
        walk.Each("forbid.allow", configuration.Forbid.Allow, (key, glob) => Glob(walk, key, glob));
        walk.Each("forbid.texts", configuration.Forbid.Texts, walk.Text);
        walk.Each("environment", configuration.Environment, walk.Variable);
        GapRules.Check(walk, configuration);
        if (configuration.Publish is { } publish && (string.IsNullOrEmpty(publish.Directory) == string.IsNullOrEmpty(publish.Repository)))
        {
            walk.Refuse("publish", "wanted exactly one of directory: and repository:");
        }

        MustWriteNothing(walk, configuration);
        if (configuration.Detected is { } detected)
        {
            Candidates(walk, "detected.compile", detected.Compile);
            Candidates(walk, "detected.import", detected.Import);
            Candidates(walk, "detected.test", detected.Test);
            Candidates(walk, "detected.smoke", detected.Smoke);
        }

        return walk.Problems;
    }

    internal static string? AbsolutePathRefusal(string path) => PathRules.AbsoluteRefusal(path);

    private static void Name(RuleWalk walk, string key, string name)
    {
        if (ReleaseName.Refusal(name) is { } refusal)
        {
            walk.Refuse(key, $"got {Quoted.Text(name)}: {refusal}");
        }
    }

    private static void Check(RuleWalk walk, string key, Guard guard)
    {
        switch (guard)
        {
            case Guard.Host host:
                Word(walk, $"{key}.host", host.Name, HostLetters, 253, "a host's name");
                break;
            case Guard.File file:
                walk.Absolute($"{key}.file", file.Path);
                walk.Text($"{key}.contains", file.Contains);
                walk.Sha256($"{key}.sha256", file.Sha256);
                break;
            case Guard.Absent absent:
                walk.Absolute($"{key}.absent", absent.Path);
                break;
            case Guard.Directory directory:
                walk.Absolute($"{key}.directory", directory.Path);
                break;
            case Guard.Free free:
                walk.Range($"{key}.free", free.Bytes, 1, long.MaxValue);
                break;
            case Guard.Tool tool:
                Word(walk, $"{key}.tool", tool.Name, ToolLetters, 64, "a program's name without a path");
                break;
            case Guard.User user:
                Word(walk, $"{key}.user", user.Name, HostLetters, 32, "a user's name");
                break;
        }
    }

    private static void Word(RuleWalk walk, string key, string word, SearchValues<char> letters, int longest, string wanted)
    {
        if (word.Length == 0 || word.Length > longest || word[0] == '-' || word.AsSpan().ContainsAnyExcept(letters))
        {
            walk.Refuse(key, $"got {Quoted.Text(word)}; wanted {wanted}");
        }
    }

    private static void Check(RuleWalk walk, string key, Anchor anchor)
    {
        walk.Absolute(key, anchor.Path);
        if (anchor.Expect != Anchor.Absent)
        {
            walk.Sha256($"{key}.expect", anchor.Expect, or: $"`{Anchor.Absent}`");
        }
    }

    private static void RefuseTwins(RuleWalk walk, IReadOnlyList<Anchor> anchors)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        walk.Each("anchors", anchors, (key, anchor) =>
        {
            if (!seen.Add(anchor.Path))
            {
                walk.Refuse(key, $"{Quoted.Text(anchor.Path)} is an anchor already");
            }
        });
    }

    private static void Check(RuleWalk walk, string key, TestCommand test)
    {
        walk.Command(key, test.Command);
        walk.Range($"{key}.minimum", test.Minimum ?? 1, 1, int.MaxValue);
        if (test.Report is { } report)
        {
            walk.Relative($"{key}.report", report);
        }

        if (test.Counts is Counting.TestFramework.Junit && test.Report is null)
        {
            walk.Refuse($"{key}.counts", "junit counts a file; wanted report: path/to/junit.xml beside it");
        }

        if (test.Counts is not (null or Counting.TestFramework.Junit) && test.Report is not null)
        {
            walk.Refuse($"{key}.report", "a report is counted only by counts: junit");
        }

        if (test.Parity is ParityRule.Required && !test.Source)
        {
            walk.Refuse($"{key}.parity", "required compares with the source host, where source: false runs nothing; write parity: off or source: true");
        }
    }

    /// <summary>What `link: hard` makes impossible: then it is said at once, and not by a test that fails on the target.</summary>
    private static void MustWriteNothing(RuleWalk walk, ReleaseConfiguration configuration)
    {
        if (configuration.Link == LinkRule.Copy)
        {
            return;
        }

        walk.Each("test", configuration.Test, (key, test) =>
        {
            if (test.Report is not null)
            {
                walk.Refuse($"{key}.report", "the tests would write it into the release, which link: hard makes read-only; wanted counts from the output, or link: copy");
            }
        });
        walk.Each("smoke", configuration.Smoke, (key, smoke) =>
        {
            if (smoke is { Mode: RunMode.Live, Effect.Path: { } path } && !Path.IsPathRooted(path))
            {
                walk.Refuse($"{key}.effect", $"a live run cannot change {Quoted.Text(path)} in the release, which link: hard makes read-only; wanted an effect elsewhere, or link: copy");
            }
        });
    }

    private static void Candidates(RuleWalk walk, string key, IReadOnlyList<Candidate> candidates) => walk.Each(key, candidates, (at, candidate) =>
    {
        walk.Each($"{at}.tests", candidate.Tests, (place, test) => Check(walk, place, test));
        if (candidate.Probe is { } probe)
        {
            walk.Command($"{at}.probe", new CheckCommand { Run = probe });
        }
    });

    private static void Glob(RuleWalk walk, string key, string glob)
    {
        if (PathRules.RelativeRefusal(glob) is { } refusal)
        {
            walk.Refuse(key, $"{Quoted.Text(glob)} {refusal}");
        }
    }
}
