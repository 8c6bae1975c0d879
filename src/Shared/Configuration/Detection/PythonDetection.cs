using IuCutter.Counting;

namespace IuCutter.Configuration.Detection;

/// <summary>
/// Python. Compile: compileall over what holds Python of the payload's own. Import: each top-level package. Test: pytest where tests are
/// written for it, else unittest, which needs nothing installed. Only the root counts, and src/ in it.
/// </summary>
internal static class PythonDetection
{
    private static readonly string[] Markers = ["pyproject.toml", "setup.py", "setup.cfg", "requirements.txt", "Pipfile", "tox.ini", "pytest.ini"];
    private static readonly string[] ArgumentParsers = ["argparse", "click", "typer", "docopt"];
    private static readonly string[] NotPackages = ["tests", "test", "docs", "doc", "examples", "example", "scripts", "tools", "bench", "benchmarks", "samples"];
    private static readonly string[] PytestProbe = ["python3", "-c", "import pytest"];

    public static (int Depth, Detected Detected)? Detect(PayloadTree tree)
    {
        var sources = tree.Paths.Where(path => path.EndsWith(".py", StringComparison.Ordinal)).ToList();
        var marker = Array.Find(Markers, tree.Has);
        if (sources.Count == 0 || (marker is null && Packages(tree, "").Count == 0 && !sources.Exists(path => PayloadTree.Depth(path) == 0)))
        {
            return null;
        }

        var layout = Packages(tree, "src").Count > 0 ? "src" : "";
        var packages = Packages(tree, layout);
        var tests = sources.Where(IsTest).ToList();
        var pytest = PytestReason(tree, tests);
        var why = $"{marker ?? "Python files"}{(layout.Length > 0 ? "; packages in src/" : "")}{(tests.Count == 0 ? "; no tests" : $"; {pytest ?? "unittest tests"}")}";
        return (0, new Detected(
            DetectedLanguage.Python,
            why,
            [Candidate.Of(new CheckCommand { Name = "compile", Run = ["python3", "-m", "compileall", "-q", "-j", "1", .. Roots(sources)] })],
            packages.Count == 0 ? [] : [Candidate.Of(Import("import", packages, layout))],
            tests.Count == 0 ? [] : Tests(tree, tests, layout, pytest is not null),
            Smoke(tree, packages, layout)));
    }

    // The directories and root files that hold the payload's own sources; "." would take a virtual environment along.
    private static IEnumerable<string> Roots(List<string> sources) =>
        sources.Select(path => path.IndexOf('/') is > 0 and var slash ? path[..slash] : path).Distinct(StringComparer.Ordinal);

    private static List<string> Packages(PayloadTree tree, string layout)
    {
        var prefix = layout.Length == 0 ? "" : layout + "/";
        return [.. tree.Directories(layout).Where(name =>
            IsIdentifier(name) && tree.Has($"{prefix}{name}/__init__.py") && (layout.Length > 0 || !NotPackages.Contains(name, StringComparer.Ordinal)))];
    }

    private static bool IsIdentifier(string name) =>
        !char.IsAsciiDigit(name[0]) && name.All(character => char.IsAsciiLetterOrDigit(character) || character == '_');

    private static bool IsTest(string path)
    {
        var name = PayloadTree.Name(path);
        return name.StartsWith("test_", StringComparison.Ordinal) || name.EndsWith("_test.py", StringComparison.Ordinal);
    }

    /// <summary>What says that the tests need pytest; null when unittest runs them as well.</summary>
    private static string? PytestReason(PayloadTree tree, List<string> tests)
    {
        if (tree.Paths.FirstOrDefault(path => PayloadTree.Name(path) is "conftest.py") is { } conftest)
        {
            return $"pytest tests ({conftest})";
        }

        if (tree.Has("pytest.ini") || Holds(tree, "pyproject.toml", "[tool.pytest") || Holds(tree, "setup.cfg", "[tool:pytest]") || Holds(tree, "tox.ini", "[pytest]"))
        {
            return "pytest is configured";
        }

        if (tree.AnyHolds(tests, "import pytest", "from pytest"))
        {
            return "tests import pytest";
        }

        var isPlain = tests.Count > 0 && !tree.AnyHolds(tests, "unittest", "TestCase");
        return isPlain ? "tests are plain functions, which pytest runs" : null;
    }

    private static bool Holds(PayloadTree tree, string path, string text) => tree.Read(path)?.Contains(text, StringComparison.Ordinal) is true;

    private static List<Candidate> Tests(PayloadTree tree, List<string> tests, string layout, bool isPytest)
    {
        var pytest = new Candidate([Counted(["python3", "-m", "pytest", "-p", "no:cacheprovider"], TestFramework.Pytest, layout)], PytestProbe);
        var unittest = new Candidate([.. Discoveries(tree, tests).Select(run => Counted(run, TestFramework.Unittest, layout))]);
        var canUnittest = tree.AnyHolds(tests, "TestCase");
        return (isPytest, canUnittest) switch
        {
            (true, true) => [pytest, unittest],
            (true, false) => [pytest with { Probe = null }],
            _ => [unittest],
        };
    }

    private static TestCommand Counted(IReadOnlyList<string> run, TestFramework counts, string layout) => new()
    {
        Command = new CheckCommand { Name = "test", Run = run, Set = Path(layout), Timeout = TestCommand.DefaultTimeout },
        Counts = counts,
    };

    // unittest's discovery goes down from where it starts through packages only (directories with __init__.py). So each directory of tests
    // that no earlier start reaches gets a start of its own: the top of its chain of packages, or itself when it is none.
    private static IEnumerable<IReadOnlyList<string>> Discoveries(PayloadTree tree, List<string> tests)
    {
        var starts = new List<string>();
        foreach (var directory in tests.Select(path => PayloadTree.DirectoryOf(path) ?? "").Distinct(StringComparer.Ordinal).OrderBy(Depth))
        {
            if (!starts.Exists(start => Reaches(tree, start, directory)))
            {
                starts.Add(TopPackage(tree, directory));
            }
        }

        var pattern = tests.Exists(path => PayloadTree.Name(path).StartsWith("test_", StringComparison.Ordinal)) ? "test_*.py" : "*_test.py";
        foreach (var start in starts)
        {
            var top = IsPackage(tree, start) ? PayloadTree.DirectoryOf(start) ?? "." : start;
            yield return ["python3", "-m", "unittest", "discover", "-s", start.Length == 0 ? "." : start, "-t", top.Length == 0 ? "." : top, "-p", pattern];
        }
    }

    private static int Depth(string directory) => directory.Length == 0 ? 0 : PayloadTree.Depth(directory) + 1;

    private static bool IsPackage(PayloadTree tree, string directory) => directory.Length > 0 && tree.Has($"{directory}/__init__.py");

    private static bool Reaches(PayloadTree tree, string start, string directory)
    {
        var at = directory;
        while (!string.Equals(at, start, StringComparison.Ordinal))
        {
            if (!IsPackage(tree, at))
            {
                return false;
            }

            at = PayloadTree.DirectoryOf(at) ?? "";
        }

        return true;
    }

    private static string TopPackage(PayloadTree tree, string directory)
    {
        var top = directory;
        while (IsPackage(tree, top) && PayloadTree.DirectoryOf(top) is { } above && IsPackage(tree, above))
        {
            top = above;
        }

        return top;
    }

    private static CheckCommand Import(string name, List<string> packages, string layout) => new()
    {
        Name = name,
        Run = ["python3", "-c", string.Join("; ", packages.Select(package => $"import {package}"))],
        Set = Path(layout),
    };

    private static List<Candidate> Smoke(PayloadTree tree, List<string> packages, string layout)
    {
        var prefix = layout.Length == 0 ? "" : layout + "/";

        // Only where an argument parser is seen does --help do nothing but help.
        var program = packages.Find(package => tree.Has($"{prefix}{package}/__main__.py")
            && tree.AnyHolds([$"{prefix}{package}/__main__.py", $"{prefix}{package}/cli.py", $"{prefix}{package}/main.py"], ArgumentParsers));
        if (program is not null)
        {
            return [Candidate.Of(new CheckCommand { Name = "smoke (detected)", Run = ["python3", "-m", program, "--help"], Set = Path(layout) })];
        }

        return packages.Count == 0 ? [] : [Candidate.Of(Import("smoke (detected)", packages, layout))];
    }

    private static EnvironmentSetting[] Path(string layout) => layout.Length == 0 ? [] : [new EnvironmentSetting("PYTHONPATH", layout)];
}
