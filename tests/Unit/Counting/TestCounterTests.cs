using System.Text;
using System.Xml;
using IuCutter.Counting;

namespace IuCutter.Tests.Unit.Counting;

public sealed class TestCounterTests
{
    [Theory]
    [InlineData(TestFramework.Unittest, "unittest-bad.txt", 7, 2, 2, 1, 2)]
    [InlineData(TestFramework.Unittest, "unittest-good.txt", 2, 2, 0, 0, 0)]
    [InlineData(TestFramework.Unittest, "unittest-none.txt", 0, 0, 0, 0, 0)]
    [InlineData(TestFramework.Unittest, "unittest-import.txt", 1, 0, 0, 1, 0)]
    [InlineData(TestFramework.Pytest, "pytest-bad.txt", 9, 5, 1, 1, 2)]
    [InlineData(TestFramework.Pytest, "pytest-good-q.txt", 2, 2, 0, 0, 0)]
    [InlineData(TestFramework.Pytest, "pytest-good-v.txt", 2, 2, 0, 0, 0)]
    [InlineData(TestFramework.Pytest, "pytest-none.txt", 0, 0, 0, 0, 0)]
    [InlineData(TestFramework.Dotnet, "dotnet-minimal.txt", 4, 2, 1, 0, 1)]
    [InlineData(TestFramework.Dotnet, "dotnet-normal.txt", 4, 2, 1, 0, 1)]
    [InlineData(TestFramework.Dotnet, "dotnet-tl.txt", 4, 2, 1, 0, 1)]
    [InlineData(TestFramework.Dotnet, "dotnet-mtp.txt", 4, 2, 1, 0, 1)]
    [InlineData(TestFramework.Dotnet, "dotnet-crash.txt", 2, 1, 0, 1, 0)]
    [InlineData(TestFramework.Dotnet, "dotnet-crash-normal.txt", 1, 0, 0, 1, 0)]
    [InlineData(TestFramework.Node, "node-spec.txt", 8, 5, 1, 0, 2)]
    [InlineData(TestFramework.Node, "node-tap.txt", 8, 5, 1, 0, 2)]
    [InlineData(TestFramework.Node, "node-good.txt", 2, 2, 0, 0, 0)]
    [InlineData(TestFramework.Node, "node-color.txt", 2, 2, 0, 0, 0)]
    [InlineData(TestFramework.Go, "go-v.txt", 8, 6, 1, 0, 1)]
    [InlineData(TestFramework.Go, "go-json.txt", 8, 6, 1, 0, 1)]
    [InlineData(TestFramework.Go, "go-build.txt", 9, 6, 1, 1, 1)]
    [InlineData(TestFramework.Go, "go-json-build.txt", 9, 6, 1, 1, 1)]
    [InlineData(TestFramework.Cargo, "cargo-bad.txt", 6, 4, 1, 0, 1)]
    [InlineData(TestFramework.Cargo, "cargo-good.txt", 1, 1, 0, 0, 0)]
    [InlineData(TestFramework.Tap, "tap.txt", 6, 2, 1, 1, 2)]
    public void A_real_run_is_counted_and_its_framework_guessed(
        TestFramework framework, string output, int total, int passed, int failed, int errors, int skipped)
    {
        var expected = new TestCounts(total, passed, failed, errors, skipped);
        var guessing = new GuessingCounter();

        Assert.Equal(expected, Output.Count(TestCounters.Create(framework), output));
        Assert.Equal(expected, Output.Count(TestCounters.Create(framework), output, chunk: 1));
        Assert.Equal(expected, Output.Count(guessing, output));
        Assert.Equal(framework, guessing.Framework);
    }

    [Theory]
    [InlineData("unittest-bad.txt", 3)]
    [InlineData("pytest-bad.txt", 9)]
    [InlineData("node-good.txt", 2)]
    [InlineData("go-v.txt", 8)]
    [InlineData("cargo-bad.txt", 6)]
    public void Progress_is_told_while_the_run_goes_on(string output, int least)
    {
        var counter = new GuessingCounter();

        Output.Count(counter, output);

        Assert.InRange(counter.SoFar, least, least + 8);
    }

    [Theory]
    [InlineData(TestFramework.Go, "ok  \texample.org/x/b\t0.002s\n")]
    [InlineData(TestFramework.Unittest, "Ran 3 tests in 0.1s\n\nOK\n")]
    [InlineData(TestFramework.Unittest, "----------------------------------------------------------------------\nRan 3 tests in 0.1s\n\nall fine\nOK\n")]
    [InlineData(TestFramework.Pytest, "3 passed\n")]
    [InlineData(TestFramework.Pytest, "we had 3 passed in 0.1s\n")]
    [InlineData(TestFramework.Cargo, "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\n")]
    [InlineData(TestFramework.Node, "# tests 3\n# pass 3\n# fail 0\n# cancelled 0\n# skipped 0\n# todo 0\n# duration_ms 1\n")]
    [InlineData(TestFramework.Node, "ℹ tests 3\nℹ pass 3\nℹ duration_ms 1\n")]
    [InlineData(TestFramework.Dotnet, "  Passed!  - Failed:     0, Passed:    99, Skipped:     0, Total:    99, Duration: 1 ms\n")]
    [InlineData(TestFramework.Tap, "ok 1\nok 2\n")]
    [InlineData(TestFramework.Tap, "1..1\nok 1\nTAP version 13\nok 1\n")]
    public void Where_no_whole_summary_is_there_are_no_counts(TestFramework framework, string output)
    {
        Assert.Null(Output.CountText(TestCounters.Create(framework), output));
        Assert.Null(Output.CountText(new GuessingCounter(), output));
    }

    [Theory]
    [InlineData("1..2\nok 1\nok 2\n1..1\nok 1\n", 3, 3, 0, 0, 0)]
    [InlineData("ok 1\n1..1\nok 1\nok 2\n1..2\n", 3, 3, 0, 0, 0)]
    [InlineData("1..3\nok 1\nBail out! no disk\n", 4, 1, 0, 3, 0)]
    [InlineData("1..1\nok 1\nok 2\n", 3, 2, 0, 1, 0)]
    [InlineData("1..0 # SKIP nothing here\n", 0, 0, 0, 0, 0)]
    public void Tap_holds_the_points_against_the_plan(string output, int total, int passed, int failed, int errors, int skipped)
    {
        Assert.Equal(new TestCounts(total, passed, failed, errors, skipped), Output.CountText(new TapCounter(), output));
    }

    [Fact]
    public void Several_assemblies_programs_and_packages_add_up()
    {
        const string Line = "Passed!  - Failed:     0, Passed:     2, Skipped:     1, Total:     3, Duration: 1 ms - a.dll (net10.0)\r\n";
        const string Block = "Test Run Successful.\nTotal tests: 5\n     Passed: 5\n Total time: 0.4 Seconds\n";

        Assert.Equal(new TestCounts(6, 4, 0, 0, 2), Output.CountText(new DotnetCounter(), Line + Line));
        Assert.Equal(new TestCounts(10, 10, 0, 0, 0), Output.CountText(new DotnetCounter(), Block + Block));
    }

    [Fact]
    public void A_program_that_died_and_a_test_that_never_ended_are_counted_against_the_run()
    {
        Assert.Equal(TestCounts.Of(0, 0, 1, 0), Output.CountText(new CargoCounter(), "running 3 tests\ntest a ... ok\nsignal: 11\n"));
        Assert.Equal(TestCounts.Of(0, 1, 0, 0), Output.CountText(new GoCounter(), "=== RUN   TestA\npanic: test timed out\n"));
    }

    [Fact]
    public void What_a_test_prints_after_the_real_summary_is_not_taken_for_it()
    {
        const string Real = "running 1 test\ntest result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n";
        const string Rule = "----------------------------------------------------------------------\n";

        Assert.Equal(
            TestCounts.Of(0, 1, 0, 0),
            Output.CountText(new CargoCounter(), Real + "test result: ok. 99 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\n"));
        Assert.Equal(
            TestCounts.Of(0, 1, 0, 0),
            Output.CountText(new UnittestCounter(), Rule + "Ran 1 test in 0.001s\n\nFAILED (failures=1)\nRan 99 tests in 0.1s\n\nOK\n"));
    }

    [Fact]
    public void Two_frameworks_in_one_output_are_no_counts_by_guessing()
    {
        Assert.Null(Output.CountText(new GuessingCounter(), "1..1\nok 1\n==== 3 passed in 0.10s ====\n"));
        Assert.Equal(TestCounts.Of(3, 0, 0, 0), Output.CountText(new PytestCounter(), "1..1\nok 1\n==== 3 passed in 0.10s ====\n"));
    }

    [Fact]
    public void Noise_is_read_through_in_bounded_memory()
    {
        var output = new TestOutput(new GuessingCounter());
        var noise = new byte[1 << 20];
        new Random(7).NextBytes(noise);
        var endless = new byte[1 << 20];
        Array.Fill(endless, (byte)'-');
        output.Write(noise);
        output.Write(endless);
        output.Write("\n\x1b[32m== \x1b[1m3 passed\x1b[0m in 0.10s ==\x1b[0m\r\n"u8);
        var before = GC.GetAllocatedBytesForCurrentThread();

        output.Write(endless);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4096);
        Assert.Equal(TestCounts.Of(3, 0, 0, 0), output.Counter.Result);
    }

    [Theory]
    [InlineData("[.FEsx]")]
    [InlineData("Ran 1 ")]
    [InlineData("1 passed, ")]
    [InlineData("ok #\\")]
    [InlineData("--- PASS: ")]
    [InlineData("a in ")]
    [InlineData("{\"")]
    [InlineData("\x1b[")]
    [InlineData("Total: 1 ")]
    public void A_line_that_was_made_to_hurt_costs_little(string piece)
    {
        var line = string.Concat(Enumerable.Repeat(piece, TestCounter.LongestLine / piece.Length)) + "!";
        var counter = new GuessingCounter();
        var watch = System.Diagnostics.Stopwatch.StartNew();

        for (var round = 0; round < 20; round++)
        {
            counter.Line(line);
            counter.Line("ok " + line);
            counter.Line("Ran " + line);
        }

        Assert.Null(counter.Result);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_junit_report_is_counted_by_its_cases()
    {
        await using var pytest = Output.Open("pytest-junit.xml");
        await using var nested = Output.Open("junit-nested.xml");

        Assert.Equal(new TestCounts(9, 5, 1, 1, 2), await JunitReport.ReadAsync(pytest, CancellationToken.None));
        Assert.Equal(new TestCounts(5, 2, 1, 1, 1), await JunitReport.ReadAsync(nested, CancellationToken.None));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html/>")]
    [InlineData("<testsuite><testcase/>")]
    [InlineData("<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><testsuite>&a;</testsuite>")]
    public async Task What_is_no_whole_junit_report_is_refused(string xml)
    {
        await Assert.ThrowsAsync<XmlException>(
            () => JunitReport.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(xml)), CancellationToken.None));
    }
}
