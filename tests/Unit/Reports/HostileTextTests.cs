using System.Collections.Immutable;
using System.Diagnostics;
using System.Reflection;
using System.Text;
using System.Text.Json;
using IuCutter.Gates;
using IuCutter.Ledgers;
using IuCutter.Reports;
using IuCutter.Tests.Unit.Support;

namespace IuCutter.Tests.Unit.Reports;

/// <summary>
/// Reports with the words of a payload, a commit and a client in every place that has any, as readers of other makers understand them: the elements are those of
/// our own form, the same as for harmless words, and in the same order.
/// </summary>
public sealed class HostileTextTests
{
    private const string Harmless = "word";

    private static readonly string[] Hostile =
    [
        "# Verdict A: everything PASSED\n\n**G6 PASS** <img src=http://evil/x.png> [click](http://evil/) <b>bold</b>\n\n| gate | outcome |\n|---|---|\n| G6 | PASS |",
        "```\n# out of the fence\n```\n~~~\n# and of this one\n~~~\n````\n<h1>and of this</h1>\n``````````",
        "<script>alert(1)</script><iframe src=//evil></iframe><!-- hidden", "-->]]>?></pre></td></table></section><h1>A</h1>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)",
        "[a]: http://evil/\n\n[a]", "![i](http://evil/i.png)", "[x](javascript:alert(1))", "<http://evil/>", "http://evil/ https://evil/ www.evil.org a@evil.org", "`code` ``more`` <`>`",
        "- list\n1. list\n+ list\n* * *\n---\n===", "    four blanks", "\tone tab", "> quoted", "1) one", "- one", "+ one", "=== ", "---", "*", "_a_ __b__ ~~c~~ $x$ $$y$$", "a\\", "a\\|b | c \\",
        "&lt;b&gt; &#60;b&#62; &copy;", "a  \nb\\\nc", "\u001b]8;;http://evil/\u0007x\u001b]8;;\u0007", "\0\u0085\u2028\u2029\u202e\ufeff", "\ud800", "😀<b>", "|", "||||", " ", "", "\n", "\r\n# x\r# y", ":---|:--:", "[ ] task", "[^1]\n\n[^1]: note",
        "${{1+1}} {{7*7}} <%= 1 %>", "<?php echo 1 ?>", "<![CDATA[x]]>", "<!DOCTYPE html>", "<svg/onload=alert(1)>", "<a href=javascript:alert(1)>x</a>", "<details open ontoggle=alert(1)>", "]</style><style>*{display:none}",
    ];

    [Fact]
    public async Task No_word_of_others_makes_an_element_an_attribute_or_a_script_in_any_file_of_a_report()
    {
        var texts = Hostile.Append(string.Join("\n", Hostile)).Append(string.Concat(Enumerable.Reverse(Hostile))).ToList();
        var reports = texts.Prepend(Harmless).Select(Report).ToList();
        var markdown = reports.SelectMany(r => r.Where(f => f.Name.EndsWith(".md", StringComparison.Ordinal))).ToList();
        var html = reports.Select(r => r.Single(f => f.Name == "report.html")).ToList();

        var read = await ReadAsync(markdown.Select(f => f.Text), html.Select(f => f.Text));

        var documents = markdown.Count / reports.Count;
        Assert.Equal(8, documents);
        Assert.All(["commonmark", "github"], reader =>
        {
            var seen = Elements(read, reader);
            Assert.All(Enumerable.Range(0, markdown.Count), i => Assert.True(
                seen[i] == seen[i % documents], $"{reader} reads {markdown[i].Name} of {JsonSerializer.Serialize(texts.ElementAtOrDefault((i / documents) - 1))} as\n{seen[i]}\n{markdown[i].Text}"));
            Assert.Contains("pre", seen[4], StringComparison.Ordinal);
        });
        var pages = Elements(read, "html");
        Assert.All(Enumerable.Range(1, texts.Count), i => Assert.True(pages[i] == pages[0], $"{texts[i - 1]}:\n{pages[i]}"));
        Assert.DoesNotContain("script", pages[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_command_printed_stands_in_its_document_whole_and_as_code()
    {
        var report = Report(Hostile[1]);

        var code = (await ReadAsync([report.Single(f => f.Name == "06-smoke.md").Text], [])).GetProperty("code")[0];

        Assert.Equal([Hostile[1] + "\n"], code.EnumerateArray().Select(c => c.GetString()!));
    }

    private static List<string> Elements(JsonElement read, string reader) =>
        [.. read.GetProperty(reader).EnumerateArray().Select(text => string.Join(", ", text.EnumerateArray().Select(e => e.GetString())))];

    private static IReadOnlyList<(string Name, string Text)> Report(string word)
    {
        using var history = new SignedHistory();
        var configuration = JsonSerializer.SerializeToElement(new Dictionary<string, string>(StringComparer.Ordinal) { ["name"] = word });
        var push = new LedgerEvent.PushSubject(word, word, word, word, word, word, configuration, word);
        history.Add(new LedgerEvent.OperationBegun(word, word, word, word, push));
        foreach (var gate in Enum.GetValues<GateId>())
        {
            history.Add(new LedgerEvent.GateBegun(gate, word));
            foreach (var check in Checks(gate, word))
            {
                history.Add(new LedgerEvent.CheckMade(gate, check));
            }

            history.Add(new LedgerEvent.GateClosed(gate, Outcome.Fail, word, 4, 1));
        }

        history.Add(new LedgerEvent.HostSeen(Measured(word)));
        history.Add(new LedgerEvent.HostSeen(Measured(word + "!")));
        history.Add(new LedgerEvent.StepIntended(word, word, word, word));
        history.Add(new LedgerEvent.StepDone(word, word, word));
        history.Add(new LedgerEvent.ReleaseStaged(word, word, word, 1, 1));
        history.Add(new LedgerEvent.SlotSwitched(word, word, word, word));
        history.Add(new LedgerEvent.ReleaseRemoved(word, word));
        history.Add(new LedgerEvent.ApprovalUsed(word, word, word, word, word, DateTimeOffset.UnixEpoch));
        history.Add(new LedgerEvent.OperationEnded(Verdict.C, word, [word], word, word));
        return [.. ReportPackage.Files(OperationRecord.Of("op-1", SignedLedger.Read(history.Lines, history.Receipt))).Select(f => (f.Name, Encoding.UTF8.GetString(f.Bytes)))];
    }

    private static IEnumerable<Check> Checks(GateId gate, string word)
    {
        var check = SignedHistory.Check($"{gate}.{word}", CheckStatus.NotHeld) with { Statement = word, Expected = word, Seen = word, Gap = new Gap(word, word, word) };
        var command = new CommandEvidence { Arguments = [word, word], WorkingDirectory = word, EnvironmentNames = [word], Sandbox = word, OutputSha256 = word, OutputBytes = 1, Tail = $"{word}\n" };
        return
        [
            check with { Evidence = check.Evidence! with { Command = command } },
            check with { Id = $"{gate}.2.{word}", Evidence = check.Evidence with { Measured = Measured(word) } },
            check with { Id = gate == GateId.G3 ? "G3.plan" : $"{gate}.way-back.tried" },
            check with { Id = gate == GateId.G3 ? "G3.approval" : $"{gate}.anchors.{word}", Evidence = check.Evidence with { Measured = Measured(word) } },
        ];
    }

    private static ImmutableSortedDictionary<string, string> Measured(string word) => ImmutableSortedDictionary<string, string>.Empty.Add($"a {word}", word);

    private static async Task<JsonElement> ReadAsync(IEnumerable<string> markdown, IEnumerable<string> html)
    {
        var folder = typeof(HostileTextTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(item => item.Key == "ReadersDirectory").Value!;
        var info = new ProcessStartInfo("node", ["read.mjs"]) { WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        using var node = Process.Start(info)!;
        var (output, errors) = (node.StandardOutput.ReadToEndAsync(), node.StandardError.ReadToEndAsync());
        await JsonSerializer.SerializeAsync(node.StandardInput.BaseStream, new { markdown, html });
        node.StandardInput.Close();
        await node.WaitForExitAsync();
        Assert.True(node.ExitCode == 0, await errors);
        return JsonElement.Parse(await output);
    }
}
