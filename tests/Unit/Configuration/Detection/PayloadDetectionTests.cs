using IuCutter.Configuration;
using IuCutter.Configuration.Detection;
using IuCutter.Counting;

namespace IuCutter.Tests.Unit.Configuration.Detection;

public sealed class PayloadDetectionTests
{
    [Fact]
    public void Unittest_tests_in_a_package_are_found_from_the_root()
    {
        var main = First(("app/__init__.py", ""), ("app/a.py", ""), ("tests/__init__.py", ""), ("tests/test_a.py", "import unittest\nclass A(unittest.TestCase): pass"));

        Assert.Equal("python3 -m compileall -q -j 1 app tests", Line(main.Compile));
        Assert.Equal("python3 -c import app", Line(main.Import));
        Assert.Equal("python3 -m unittest discover -s tests -t . -p test_*.py", Line(main.Test));
        Assert.Equal("python3 -c import app", Line(main.Smoke));
        Assert.Equal(TestFramework.Unittest, main.Test[0].Tests[0].Counts);
        Assert.Null(main.Test[0].Probe);
    }

    [Fact]
    public void Every_directory_of_tests_is_started_from_once_where_discovery_would_not_reach_it()
    {
        const string Test = "from unittest import TestCase";
        var main = First(
            ("setup.py", ""), ("tests/test_a.py", Test), ("tests/deep/__init__.py", ""), ("tests/deep/test_b.py", Test), ("tests/apart/test_c.py", Test),
            ("lib/__init__.py", ""), ("lib/sub/__init__.py", ""), ("lib/sub/test_d.py", Test));

        Assert.Equal(
            "-s tests -t tests|-s lib -t .|-s tests/apart -t tests/apart",
            string.Join('|', main.Test[0].Commands.Select(command => string.Join(' ', command.Run.Skip(4).Take(4)))));
    }

    [Fact]
    public void Tests_for_pytest_that_unittest_can_run_too_have_it_as_second_choice()
    {
        var main = First(("pyproject.toml", "[tool.pytest.ini_options]"), ("src/app/__init__.py", ""), ("tests/test_a.py", "import unittest\nclass A(unittest.TestCase): pass"));

        Assert.Equal(2, main.Test.Count);
        Assert.Equal("python3 -c import pytest", string.Join(' ', main.Test[0].Probe!));
        Assert.Equal(TestFramework.Pytest, main.Test[0].Tests[0].Counts);
        Assert.Equal(TestFramework.Unittest, main.Test[1].Tests[0].Counts);
        Assert.All(main.Test, candidate => Assert.Equal([new EnvironmentSetting("PYTHONPATH", "src")], candidate.Tests[0].Command.Set));
        Assert.Equal("pyproject.toml; packages in src/; pytest is configured", main.Because);
    }

    [Theory]
    [InlineData("tests/conftest.py", "", "pytest tests (tests/conftest.py)")]
    [InlineData("tests/test_b.py", "import pytest", "tests import pytest")]
    [InlineData("tests/test_b.py", "def test(): pass", "tests are plain functions, which pytest runs")]
    public void Tests_for_pytest_alone_have_no_second_choice(string path, string text, string because)
    {
        var main = First(("setup.cfg", ""), ("a.py", ""), ("tests/test_a.py", "def test(): assert 1"), (path, text));

        Assert.Contains(because, main.Because, StringComparison.Ordinal);
        Assert.Equal("python3 -m pytest -p no:cacheprovider", Line(main.Test));
        Assert.Null(Assert.Single(main.Test).Probe);
    }

    [Fact]
    public void Help_is_asked_only_of_a_program_that_parses_its_arguments()
    {
        var parsing = First(("app/__init__.py", ""), ("app/__main__.py", "import argparse"));
        var acting = First(("app/__init__.py", ""), ("app/__main__.py", "import os; os.system('x')"));

        Assert.Equal("python3 -m app --help", Line(parsing.Smoke));
        Assert.Equal("python3 -c import app", Line(acting.Smoke));
        Assert.Empty(parsing.Test);
    }

    [Theory]
    [InlineData("App.sln", "", "src/A/A.csproj", "<PackageReference Include=\"Microsoft.NET.Test.Sdk\" />", "dotnet build App.sln --nologo", "dotnet test App.sln --nologo")]
    [InlineData("A.csproj", "", "x", "", "dotnet build A.csproj --nologo", "")]
    [InlineData("package.json", """{"scripts":{"test":"node --test"},"main":"./a.js"}""", "a.js", "", "node --check a.js", "npm test --silent")]
    [InlineData("package.json", """{"scripts":{"test":"echo \"Error: no test specified\" && exit 1"}}""", "b.test.js", "", "", "node --test")]
    [InlineData("package.json", "not json", "x", "", "", "")]
    [InlineData("go.mod", "", "a/a_test.go", "", "go build ./...", "go test -json ./...")]
    [InlineData("Cargo.toml", "", "src/lib.rs", "#[test]", "cargo build --offline", "cargo test --no-fail-fast --offline")]
    [InlineData("Makefile", "CC := cc\nall: x\n\ncheck: all\n\t./x\n", "x", "", "make all", "make check")]
    [InlineData("Makefile", "deploy:\n\tscp x y\n", "x", "", "", "")]
    public void Other_languages_have_theirs(string marker, string markerText, string other, string otherText, string compile, string test)
    {
        var main = First((marker, markerText), (other, otherText));

        Assert.Equal((compile, test), (Line(main.Compile), Line(main.Test)));
    }

    [Fact]
    public void The_marker_that_lies_highest_wins_and_all_are_named()
    {
        var result = Detect(("web/Cargo.toml", ""), ("services/x/App.csproj", ""), ("go.mod", ""), ("Makefile", "test:\n"));

        Assert.Equal([DetectedLanguage.Go, DetectedLanguage.Make, DetectedLanguage.Rust, DetectedLanguage.Dotnet], result.All.Select(one => one.Language));
        Assert.StartsWith("Go (go.mod; no tests). Found too: Make (Makefile; target test).", result.Sentence, StringComparison.Ordinal);
        Assert.Equal("web", result.All[2].Compile[0].Commands.Single().Directory);
    }

    [Fact]
    public void Nothing_to_detect_is_said_and_dependencies_are_not_taken_for_the_payload()
    {
        var result = Detect(("README.md", ""), ("node_modules/a/package.json", "{}"), ("lib/.venv/x/__init__.py", ""), ("vendor/x/go.mod", ""));

        Assert.Null(result.Main);
        Assert.StartsWith("Nothing that is known", result.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_detected_holds_the_rules_and_travels_with_the_configuration()
    {
        var all = Detect(
            ("setup.py", ""), ("src/a/__init__.py", ""), ("src/a/__main__.py", "argparse"), ("tests/test_a.py", "TestCase"), ("A.sln", ""), ("A.csproj", "IsTestProject"),
            ("package.json", "{}"), ("a.test.js", ""), ("go.mod", ""), ("a_test.go", ""), ("Cargo.toml", ""), ("a.rs", "#[test]"), ("Makefile", "all:\ntest:\n")).All;
        Assert.Equal(6, all.Count);

        Assert.All(all, detected =>
        {
            var json = ReleaseConfigurationJson.Serialize(ReleaseConfiguration.Default("a") with { Detected = detected });
            Assert.Equal(json, ReleaseConfigurationJson.Serialize(ReleaseConfigurationJson.Parse(json)));
        });
    }

    private static Detected First(params (string Path, string Text)[] files) => Detect(files).Main!;

    private static DetectionResult Detect(params (string Path, string Text)[] files) =>
        PayloadDetection.Detect(files.Select(file => file.Path), path => files.Last(file => string.Equals(file.Path, path, StringComparison.Ordinal)).Text);

    private static string Line(IReadOnlyList<Candidate> candidates) =>
        candidates.Count == 0 ? "" : string.Join(" && ", candidates[0].Commands.Select(command => string.Join(' ', command.Run)));
}
