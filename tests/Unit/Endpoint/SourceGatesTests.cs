using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Google.Protobuf;
using IuCutter.Agent;
using IuCutter.Agent.Endpoint;
using IuCutter.Agent.Pushing;
using IuCutter.Configuration;
using IuCutter.Gates;
using IuCutter.Ledgers;
using IuCutter.Protos.V1;
using IuCutter.Reports;
using IuCutter.Tests.Unit.Support;

namespace IuCutter.Tests.Unit.Endpoint;

/// <summary>What a client says of its own gates is kept in the ledger for ever: whatever is let in can be written, read and reported again.</summary>
public sealed partial class SourceGatesTests
{
    /// <summary>What stands in place of each value in turn.</summary>
    private static readonly string[] Others =
    [
        "null", "true", "0", "-1", "1", "1e308", "-1e308", "1e13", "1e400", "2147483648", "\"\"", "\"x\"", "\"G1\"", "\"g1\"", "\"G0, G1\"", "\"HELD\"", "\"\\u0000\\u202e\\n\"", "\"\\ud800\"", "[]", "[null]", "{}", "{\"a\":null}", "{\"a\":\"b\"}",
        "\"0001-01-01T00:00:00+14:00\"", "\"9999-12-31T23:59:59.9999999-14:00\"",
    ];

    private static byte[][] Honest =>
    [
        .. ((GateId[])[GateId.G0, GateId.G1, GateId.G2]).Select(gate => LedgerJson.Write(new GateResult(gate, Outcome.Pass, null, [Check($"{gate}.a"), Check($"{gate}.b") with { Gap = new Gap("g", "s", "o") }]))),
    ];

    [Fact]
    public void Honest_gates_are_let_in() => Assert.Equal(3, PushOrders.Read(Request(Honest)).SourceGates.Count);

    [Theory]
    [InlineData("\"milliseconds\":1", "\"milliseconds\":1.7e308", "milliseconds")]
    [InlineData("\"milliseconds\":1", "\"milliseconds\":-1", "milliseconds")]
    [InlineData("\"measured\":{\"m\":\"1\"}", "\"measured\":{\"m\":null}", "$.checks[0].evidence.measured.m")]
    [InlineData("\"checks\":[", "\"checks\":[null,", "$.checks[0]")]
    [InlineData("\"arguments\":[\"sh\"]", "\"arguments\":[null]", "$.checks[0].evidence.command.arguments[0]")]
    [InlineData("\"status\":\"HELD\"", "\"status\":0", "status")]
    [InlineData("\"status\":\"HELD\"", "\"status\":77", "status")]
    [InlineData("\"gate\":\"G1\"", "\"gate\":1", "gate")]
    [InlineData("\"total\":1", "\"total\":-1", "command.tests")]
    [InlineData("\"outputBytes\":5", "\"outputBytes\":-5", "command.outputBytes")]
    [InlineData("\"sandbox\":\"T0\"", "\"sandbox\":\"T9\"", "command.sandbox")]
    public void What_cannot_be_is_refused_with_its_place(string what, string instead, string place)
    {
        var gates = Honest;
        var text = Encoding.UTF8.GetString(gates[1]);
        Assert.Contains(what, text, StringComparison.Ordinal);
        gates[1] = Encoding.UTF8.GetBytes(text.Replace(what, instead, StringComparison.Ordinal));

        var refusal = Assert.Throws<RefusalException>(() => PushOrders.Read(Request(gates)));

        Assert.Equal(RefusalCode.BadRequest, refusal.Code);
        Assert.Contains("source_gates", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(place, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_stands_in_place_of_a_value_is_refused_or_can_be_reported()
    {
        var (refused, reported) = (0, 0);
        foreach (var gates in Twisted())
        {
            PushOrder order;
            try
            {
                order = PushOrders.Read(Request(gates));
            }
            catch (RefusalException refusal)
            {
                Assert.Equal(RefusalCode.BadRequest, refusal.Code);
                refused++;
                continue;
            }

            Assert.NotEmpty(Report(order));
            reported++;
        }

        Assert.True(refused > 500 && reported > 50, $"{refused} refused, {reported} reported");
    }

    [Fact]
    public void A_ledger_line_that_holds_null_is_named_with_its_place()
    {
        using var history = new SignedHistory();
        history.Add(new LedgerEvent.OperationBegun("push", "app", "me", "app-1", null));
        history.Add(new LedgerEvent.GateBegun(GateId.G0, "source"));
        history.Add(new LedgerEvent.CheckMade(GateId.G0, Check("G0.a")));
        var line = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(history.Lines[2].Span).Replace("\"m\":\"1\"", "\"m\":null", StringComparison.Ordinal));

        var broken = Assert.Throws<LedgerBrokenException>(() => new LedgerChain(2, "").Take(line));

        Assert.Equal(3, broken.Line);
        Assert.Contains("it holds null at $.event.check.evidence.measured.m", broken.Message, StringComparison.Ordinal);
    }

    /// <summary>Each value of the second gate replaced by each other one, and taken out.</summary>
    private static IEnumerable<byte[][]> Twisted()
    {
        var whole = Encoding.UTF8.GetString(Honest[1]);
        foreach (var path in Paths(JsonNode.Parse(whole)!).Order(StringComparer.Ordinal))
        {
            foreach (var other in Others)
            {
                yield return [Honest[0], Encoding.UTF8.GetBytes(Put(whole, path, other)), Honest[2]];
            }

            if (path.EndsWith(']') || path == "$")
            {
                continue;
            }

            yield return [Honest[0], Encoding.UTF8.GetBytes(Gone().Replace(Put(whole, path, "@gone@"), "")), Honest[2]];
        }
    }

    private static IEnumerable<string> Paths(JsonNode node) => (node switch
    {
        JsonObject o => o.SelectMany(p => Paths(p.Value!)),
        JsonArray a => a.SelectMany(i => Paths(i!)),
        _ => [],
    }).Append(node.GetPath());

    /// <summary>By text, so that what no writer writes can be put there too.</summary>
    private static string Put(string whole, string path, string other)
    {
        const string Mark = "\"@here@\"";
        if (path == "$")
        {
            return other;
        }

        var tree = JsonNode.Parse(whole)!;
        var at = path[1..].Split(['.', '[', ']'], StringSplitOptions.RemoveEmptyEntries);
        var parent = at[..^1].Aggregate(tree, (n, step) => n is JsonArray ? n[int.Parse(step, CultureInfo.InvariantCulture)]! : n[step]!);
        if (parent is JsonArray array)
        {
            array[int.Parse(at[^1], CultureInfo.InvariantCulture)] = "@here@";
        }
        else
        {
            parent[at[^1]] = "@here@";
        }

        return tree.ToJsonString().Replace(Mark, other, StringComparison.Ordinal);
    }

    private static ImmutableArray<(string Name, byte[] Bytes)> Report(PushOrder order)
    {
        using var history = new SignedHistory();
        history.Add(order.ToLedger());
        foreach (var gate in order.SourceGates)
        {
            history.Add(new LedgerEvent.GateBegun(gate.Gate, "source"));
            foreach (var check in gate.Checks)
            {
                history.Add(new LedgerEvent.CheckMade(gate.Gate, check));
            }

            history.Add(new LedgerEvent.GateClosed(gate.Gate, GateResult.Of(gate.Gate, gate.Checks).Outcome, gate.Cause, gate.Checks.Length, gate.Checks.Sum(c => c.Evidence?.Milliseconds ?? 0)));
        }

        history.Add(new LedgerEvent.OperationEnded(Verdict.B, "stopped", [], null, null));
        var record = OperationRecord.Of("op-1", SignedLedger.Read(history.Lines, history.Receipt));
        _ = Recomputation.Contradictions(record);
        _ = InTotoStatements.Of(record);
        return ReportPackage.Files(record);
    }

    private static Check Check(string id) => SignedHistory.Check(id) with
    {
        Evidence = new Evidence
        {
            Started = DateTimeOffset.UnixEpoch,
            Milliseconds = 1,
            Measured = ImmutableSortedDictionary<string, string>.Empty.Add("m", "1"),
            Command = new CommandEvidence
            {
                Arguments = ["sh"],
                WorkingDirectory = "/w",
                EnvironmentNames = ["PATH"],
                ExitCode = 0,
                Sandbox = "T0",
                OutputSha256 = new string('0', 64),
                OutputBytes = 5,
                Tail = "text",
                Tests = new TestEvidence(1, 1, 0, 0),
            },
        },
    };

    private static PushRequest Request(byte[][] gates) => new()
    {
        Slot = "app",
        Name = "app",
        Commit = new string('a', 40),
        ManifestSha256 = ByteString.CopyFrom(new byte[32]),
        ManifestBytes = 1,
        Entries = 1,
        ArtifactFormat = "contents",
        ArtifactSha256 = ByteString.CopyFrom(new byte[32]),
        Configuration = ByteString.CopyFrom(ReleaseConfigurationJson.Serialize(ReleaseConfiguration.Default("app"))),
        SourceGates = { gates.Select(g => ByteString.CopyFrom(g)) },
    };

    /// <summary>A member with its name, and one of the commas beside it.</summary>
    [GeneratedRegex("""(,"\w+":@gone@)|("\w+":@gone@,?)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Gone();
}
