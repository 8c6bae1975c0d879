using IuCutter.Configuration;
using IuCutter.Gates;
using IuCutter.Ledgers;

namespace IuCutter.Gaps;

/// <summary>A gap as one operation names it, with what would close it.</summary>
/// <param name="WasFound">True: something could not run here. False: the configuration says so of the release.</param>
/// <param name="Line">The ledger line that names it, written at <paramref name="At"/>.</param>
internal sealed record NamedGap(string Id, string Statement, string Owner, bool WasFound, long Line, DateTimeOffset At, IReadOnlyList<GapProof> Proofs)
{
    /// <summary>What a part that was left out would have been; the check that says so is another, and has nothing to run.</summary>
    private static readonly Dictionary<string, string[]> OfParts = new(StringComparer.Ordinal)
    {
        ["no-compile"] = ["G5.compile"],
        ["no-import"] = ["G5.import"],
        ["no-test"] = ["G5.test"],
        ["no-assert"] = ["G5.assert"],
        ["no-smoke"] = ["G6.smoke"],
        ["no-source-tests"] = ["G1.test"],
        ["no-scan"] = ["G1.scan", "G2.scan"],
        ["no-reproduction"] = ["G2.reproduced", "G2.scan"],
    };

    /// <summary>The configuration's first, then what was found on the way, each once a place where it was named.</summary>
    /// <exception cref="LedgerBrokenException">This version cannot read the configuration's gaps: leaving them out would close them by omission.</exception>
    public static IEnumerable<NamedGap> Of(SlotOperation operation)
    {
        foreach (var gap in Configured(operation))
        {
            yield return new NamedGap(
                gap.Id, gap.Statement, gap.Owner, false, operation.First.Seq, operation.First.At, gap.ClosedBy is { } check ? [new GapProof(check, Statement: null, gap.Id)] : []);
        }

        foreach (var seen in operation.Checks.Where(c => !OutcomeRules.Ran(c.Check)))
        {
            yield return Found(operation, seen);
        }
    }

    private static NamedGap Found(SlotOperation operation, SeenCheck seen) => seen.Check is { Gap: { } gap } check
        ? new NamedGap(gap.Id, gap.Statement, gap.Owner, true, seen.Line, seen.At, ProofsOf(gap.Id, check))
        : new NamedGap(
            $"not-run-{seen.Check.Id.ToLowerInvariant()}",
            $"{seen.Check.Statement}: {seen.Check.Seen}",
            operation.Order.RequestedBy,
            true,
            seen.Line,
            seen.At,
            ProofsOf("", seen.Check));

    private static IReadOnlyList<GapProof> ProofsOf(string gap, Check check) => OfParts.TryGetValue(gap, out var checks)
        ? [.. checks.Select(c => new GapProof(c, Statement: null, OnlyWhileNamed: null))]
        : [new GapProof(check.Id, check.Statement, OnlyWhileNamed: null)];

    private static IReadOnlyList<ConfiguredGap> Configured(SlotOperation operation)
    {
        if (operation.Order.Push is not { } push)
        {
            return [];
        }

        try
        {
            return ReleaseConfigurationJson.GapsOf(push.Configuration);
        }
        catch (System.Text.Json.JsonException wrong)
        {
            throw new LedgerBrokenException(operation.First.Seq, $"this version cannot read the gaps of its configuration: {wrong.Message}");
        }
    }
}
