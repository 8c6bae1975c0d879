using System.Text;
using IuCutter.Configuration;
using IuCutter.Counting;

namespace IuCutter.Tests.Unit.Configuration;

public sealed class ConfigurationFileTests
{
    [Fact]
    public void A_gate_that_is_empty_differs_from_one_that_is_unset()
    {
        var configuration = Read("name: a\ncompile: []\n");

        Assert.Empty(configuration.Compile!);
        Assert.Null(configuration.Import);
        Assert.Null(configuration.Test);
    }

    [Fact]
    public void Defaults_are_filled_in()
    {
        var configuration = Read("keep: 7\n");

        Assert.Equal(("fallback", "fallback", 7), (configuration.Name, configuration.Slot, configuration.Keep));
        Assert.Equal(CleanTreeRule.Reported, configuration.Source.Clean);
        Assert.Null(configuration.Target);
    }

    [Fact]
    public void A_command_has_every_key_that_it_was_given()
    {
        var command = Assert.Single(Read("""
            smoke:
              run: [bin/tool, --probe, 10, 'yes']
              name: probe
              directory: services/a
              timeout: 1h30m
              environment: API_TOKEN
              set: { PYTHONPATH: src, LANG: C.UTF-8 }
              network: true
              sandbox: t3
              memory: 512MiB
              expect: { exit: 3, contains: ready, absent: [Traceback, panic] }
            """).Smoke!);

        Assert.Equal(["bin/tool", "--probe", "10", "yes"], command.Run);
        Assert.Equal(("probe", "services/a", new TimeSpan(1, 30, 0)), (command.Name, command.Directory, command.Timeout));
        Assert.Equal(["API_TOKEN"], command.Environment);
        Assert.Equal([new EnvironmentSetting("PYTHONPATH", "src"), new EnvironmentSetting("LANG", "C.UTF-8")], command.Set);
        Assert.Equal((true, SandboxTier.T3, 512L << 20), (command.Network, command.Sandbox, command.Memory));
        Assert.Equal(3, command.Expect.Exit);
        Assert.Equal(["ready"], command.Expect.Contains);
        Assert.Equal(["Traceback", "panic"], command.Expect.Absent);
    }

    [Fact]
    public void A_test_without_a_source_run_asks_for_no_parity_and_a_report_is_junit()
    {
        var test = Assert.Single(Read("test: { run: [make, check], source: false, report: out/junit.xml }\n").Test!);

        Assert.Equal((ParityRule.Off, TestFramework.Junit, TestCommand.DefaultTimeout), (test.Parity, test.Counts, test.Command.Timeout));
    }

    [Fact]
    public void Every_guard_and_assertion_is_read()
    {
        var configuration = Read("""
            guards:
              - host: vps-1.example
              - { file: /etc/marker, contains: production, sha256: 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' }
              - absent: /opt/lock
              - directory: /opt
              - free: 2GiB
              - { tool: git, version: ">= 2.30, < 3" }
              - user: deploy
            anchors: [/opt/old, { path: /opt/older, expect: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb }, { path: /opt/gone, expect: absent }]
            assert:
              - { name: n, file: a.txt, contains: x, matches: '^a+$', equals: y, absent_text: z }
              - present: a
              - absent: b/c
              - { version: { run: [a, --version] }, equals: 1.2.3 }
              - switch_off: { file: f, matches: '^off$' }
              - switch_off: { run: [a], prints: 'off' }
              - refused: { run: [a, --live], exit: 2, says: not approved }
            """);

        Assert.Equal(7, configuration.Guards.Count);
        Assert.Equal(new Guard.Free(2L << 30), configuration.Guards[4]);
        Assert.True(Assert.IsType<Guard.Tool>(configuration.Guards[5]).Version!.Allows("git version 2.39.5"));
        Assert.Equal("/opt/old /opt/older /opt/gone", string.Join(' ', configuration.Anchors.Select(anchor => anchor.Path)));
        Assert.Equal(
            [typeof(Assertion.FileText), typeof(Assertion.PathPresent), typeof(Assertion.PathAbsent), typeof(Assertion.Version),
                typeof(Assertion.SwitchOffFile), typeof(Assertion.SwitchOffCommand), typeof(Assertion.Refused)],
            configuration.Assert!.Select(assertion => assertion.GetType()));
        Assert.Equal("n", configuration.Assert![0].Name);
        Assert.Equal("1.2.3", Assert.IsType<Assertion.Version>(configuration.Assert[3]).EqualTo);
    }

    [Theory]
    [InlineData("smokes: []", 1, 1, "smokes", "did you mean `smoke`?")]
    [InlineData("Keep: 3", 1, 1, "Keep", "did you mean `keep`?")]
    [InlineData("name: a\nsource: { claen: required }", 2, 11, "source.claen", "did you mean `clean`?")]
    [InlineData("keep: many", 1, 7, "keep", "got `many`; wanted a number of releases, 1 to 1000")]
    [InlineData("keep: 0", 1, 7, "keep", "got 0; wanted 1 to 1000")]
    [InlineData("name: Über", 1, 7, "name", "got `Über`")]
    [InlineData("name: a\nname: b", 2, 1, "name", "the first is in line 1")]
    [InlineData("format: zip", 1, 9, "format", "wanted one of tar, bundle")]
    [InlineData("target: http://10.0.0.1:80", 1, 9, "target", "use ssh://10.0.0.1")]
    [InlineData("target: ssh://-oProxyCommand=x", 1, 9, "target", "neither user nor host beginning with '-'")]
    [InlineData("target: ftp://x", 1, 9, "target", "wanted unix:///path")]
    [InlineData("compile:", 1, 9, "compile", "or [] for none")]
    [InlineData("compile: [make, -s]", 1, 10, "compile", "write compile: [{ run: [make, -s] }]")]
    [InlineData("compile: make -s", 1, 10, "compile", "write { run: [make, -s] }")]
    [InlineData("test: { run: pytest -q tests }", 1, 14, "test.run", "write run: [pytest, -q, tests]")]
    [InlineData("test: { run: 'make && make test' }", 1, 14, "test.run", "write run: [sh, -c, 'make && make test']")]
    [InlineData("test: { run: [] }", 1, 14, "test.run", "got an empty list")]
    [InlineData("test: { name: a }", 1, 7, "test", "`run` is missing")]
    [InlineData("test: { run: [a, ~] }", 1, 18, "test.run[1]", "got nothing; wanted a text")]
    [InlineData("test: { run: [a], timeout: 10 }", 1, 28, "test.timeout", "wanted a time such as 90s")]
    [InlineData("test: { run: [a], timeout: 25h }", 1, 28, "test.timeout", "wanted 1s to 24h")]
    [InlineData("test: { run: [a], counts: rspec }", 1, 27, "test.counts", "unittest, pytest, dotnet")]
    [InlineData("test: { run: [a], counts: junit }", 1, 27, "test.counts", "report: path/to/junit.xml")]
    [InlineData("test: { run: [a], source: yes }", 1, 27, "test.source", "got `yes`; wanted true or false")]
    [InlineData("test: { run: [a], source: false, parity: required }", 1, 42, "test.parity", "source: false runs nothing")]
    [InlineData("test: { run: [a], directory: ../x }", 1, 30, "test.directory", "empty component, . or ..")]
    [InlineData("test: { run: [a], memory: 1000000GiB2 }", 1, 27, "test.memory", "512MiB")]
    [InlineData("smoke:\n- run: [a]\n  set: { LD_PRELOAD: x }", 3, 22, "smoke[0].set.LD_PRELOAD", "begin with LD_")]
    [InlineData("environment: [OK, PATH]", 1, 19, "environment[1]", "PATH is refused")]
    [InlineData("guards: [{ host: a, user: b }]", 1, 10, "guards[0]", "got host and user together; wanted exactly one of host, file")]
    [InlineData("guards: [{ hots: a }]", 1, 10, "guards[0]", "did you mean `host`?")]
    [InlineData("guards: [{ file: etc/x }]", 1, 18, "guards[0].file", "is not absolute")]
    [InlineData("guards: [{ tool: git, version: new }]", 1, 32, "guards[0].version", "\">= 2.30\"")]
    [InlineData("anchors: [{ path: /a, expect: missing }]", 1, 31, "anchors[0].expect", "lower-case hex digits, or `absent`")]
    [InlineData("anchors: [/a, /b, /a]", 1, 19, "anchors[2]", "is an anchor already")]
    [InlineData("assert: [{ file: x }]", 1, 10, "assert[0]", "says nothing about the file")]
    [InlineData("assert: [{ file: x, matches: '(' }]", 1, 30, "assert[0].matches", "no regular expression")]
    [InlineData("assert: [{ file: x, matches: '(?=a)' }]", 1, 30, "assert[0].matches", "no regular expression")]
    [InlineData("assert: [{ refused: { run: [a] } }]", 1, 21, "assert[0].refused", "`says` is missing")]
    [InlineData("forbid: { texts: [''] }", 1, 19, "forbid.texts[0]", "0 characters")]
    [InlineData("- a", 1, 1, "", "got a list; wanted keys")]
    [InlineData("", 1, 1, "", "the file is empty")]
    [InlineData("# nothing\n", 1, 1, "", "the file is empty")]
    [InlineData("a: &x 1\nb: *x", 1, 4, "a", "anchors are not read")]
    [InlineData("keep: !!int 3", 1, 7, "keep", "tags are not read")]
    [InlineData("--- \nkeep: 3\n---\nkeep: 4\n", 3, 1, "", "a second document begins here")]
    [InlineData("%YAML 1.2\n---\nkeep: 3\n", 1, 1, "", "directives")]
    [InlineData("compile:\n\t- run: [a]\n", 2, 1, "", "indented with a tab")]
    [InlineData("keep: [3\n", 2, 1, "", "not YAML")]
    [InlineData("? [a, b]\n: c\n", 1, 3, "", "a key must be a word")]
    [InlineData("name: \"\\e[2J\"", 1, 7, "name", "\\u{1b}[2J")]
    public void A_mistake_is_named_with_its_place_and_what_is_wanted(string yaml, int line, int column, string key, string message)
    {
        var problems = Refused(yaml);

        var problem = problems.FirstOrDefault(one => one.Message.Contains(message, StringComparison.Ordinal));
        Assert.True(problem is not null, string.Join('\n', problems));
        Assert.Equal((line, column, key), (problem.Line, problem.Column, problem.Key));
    }

    [Fact]
    public void All_problems_are_named_at_once_and_in_the_files_order()
    {
        var problems = Refused("""
            nmae: x
            keep: 0
            test:
              - run: make test
              - run: [make]
                timeout: 90
              - run: [make]
                directory: /tmp
            smoke: yes
            """);

        Assert.Equal("nmae keep test[0].run test[1].timeout test[2].directory smoke", string.Join(' ', problems.Select(problem => problem.Key)));
        Assert.Equal([1, 2, 4, 6, 8, 9], problems.Select(problem => problem.Line));
    }

    [Fact]
    public void A_file_that_is_not_text_is_refused_where_it_ceases_to_be()
    {
        var invalid = Refused([.. "keep: 3\nname: é"u8, 0xC3, 0x28]);
        var control = Refused("keep: 3\nname: a\0b"u8);
        var utf16 = Refused(Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes("keep: 3")).ToArray());

        Assert.Equal((2, 8), (invalid[0].Line, invalid[0].Column));
        Assert.Contains("not UTF-8", invalid[0].Message, StringComparison.Ordinal);
        Assert.Equal((2, 8), (control[0].Line, control[0].Column));
        Assert.Contains("not UTF-8", utf16[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Size_depth_and_number_of_problems_are_capped()
    {
        Assert.Contains("at most 262144", Refused("# " + new string('x', 256 * 1024))[0].Message, StringComparison.Ordinal);
        Assert.Contains(Refused("keep: " + new string('[', 60) + new string(']', 60)), problem => problem.Message.Contains("nested deeper than 20 levels", StringComparison.Ordinal));

        var many = Refused(string.Concat(Enumerable.Range(0, 5000).Select(number => $"wrong{number}: 1\n")));
        Assert.Equal(101, many.Count);
        Assert.Equal("and 4900 more problems", many[^1].Message);
    }

    [Fact]
    public void A_byte_order_mark_and_crlf_are_taken()
    {
        Assert.Equal(4, ConfigurationFile.Read([0xEF, 0xBB, 0xBF, .. "name: a\r\nkeep: 4\r\n"u8], "x").Keep);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{")]
    [InlineData("- ")]
    [InlineData("? ")]
    [InlineData("a: ")]
    [InlineData("? - ")]
    [InlineData("[{a: ")]
    [InlineData("!")]
    [InlineData("&a ")]
    [InlineData("\"")]
    [InlineData("'")]
    [InlineData("|\n")]
    [InlineData("---\n")]
    [InlineData("...\n")]
    [InlineData("%a\n")]
    [InlineData("a\n")]
    [InlineData("a: |\n ")]
    [InlineData("- - a: b\n")]
    [InlineData("[a, ")]
    [InlineData("a\r")]
    public void A_file_that_was_made_to_hurt_is_refused_soon(string piece)
    {
        var hurtful = string.Concat(Enumerable.Repeat(piece, 256 * 1024 / piece.Length));
        var watch = System.Diagnostics.Stopwatch.StartNew();

        Assert.NotEmpty(Refused(hurtful));

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void No_damage_to_a_file_is_answered_with_anything_but_problems()
    {
        var good = Encoding.UTF8.GetBytes("name: a\nkeep: 3\ntest:\n  - run: [a, 'b', \"c\"]\n    set: { A: b }\nassert: [{ present: x }] # c\n");
        const string Signs = "\t\n\r :-[]{},&*!|>'\"%@`#?~.<=ax0\\\u0000\u0080";
        var random = new Random(1);
        for (var round = 0; round < 20_000; round++)
        {
            var damaged = (byte[])good.Clone();
            for (var hit = random.Next(1, 4); hit > 0; hit--)
            {
                damaged[random.Next(damaged.Length)] = (byte)Signs[random.Next(Signs.Length)];
            }

            try
            {
                ConfigurationFile.Read(damaged, "a");
            }
            catch (ConfigurationException refused)
            {
                Assert.All(refused.Problems, problem => Assert.True(problem is { Line: > 0, Column: > 0 }, problem.ToString()));
            }
        }
    }

    private static ReleaseConfiguration Read(string yaml) => ConfigurationFile.Read(Encoding.UTF8.GetBytes(yaml), "fallback");

    private static IReadOnlyList<ConfigurationProblem> Refused(string yaml) => Refused(Encoding.UTF8.GetBytes(yaml));

    private static IReadOnlyList<ConfigurationProblem> Refused(ReadOnlySpan<byte> yaml)
    {
        try
        {
            ConfigurationFile.Read(yaml, "fallback");
        }
        catch (ConfigurationException refused)
        {
            return refused.Problems;
        }

        throw new Xunit.Sdk.XunitException("the file was taken");
    }
}
