using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using IuCutter.Gates;
using IuCutter.Ledgers;

namespace IuCutter.Reports;

/// <summary>What an operation's ledger lines allow to be said of what it did not do. Total and pure; what nobody looked at is not claimed.</summary>
public static class AttestationRules
{
    private const string NotLooked = "the operation ended before it was looked at a second time";

    public static ImmutableArray<Attestation> Of(OperationRecord operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        return
        [
            OfProduction(operation),
            OfHost(operation),
            OfEarlierReleases(operation),
            OfSwitch(operation),
            OfServices(operation),
            OfSecrets(operation),
            OfDeletes(operation),
            OfRemotePushes(operation),
        ];
    }

    private static Attestation OfProduction(OperationRecord operation)
    {
        const string Id = "production-mutation", Subject = "what production keeps (the anchors) was changed";
        var looks = operation.Checks.Where(c => OutcomeRules.Ran(c) && c.Id.Contains(".anchors.", StringComparison.Ordinal)).ToList();
        if (looks is not [{ Evidence.Measured: { Count: > 0 } first }, ..])
        {
            return Attestation.NotObserved(Id, Subject, "no anchor was read: name in `anchors:` what must not change");
        }

        if (looks[0].Status != CheckStatus.Held || !first.Values.Any(AnchorReadings.IsDigest))
        {
            return Attestation.NotObserved(Id, Subject, looks[0].Status != CheckStatus.Held ? $"the first reading did not hold: {looks[0].Seen}" : "nothing lies at any anchor that could change");
        }

        var last = LastAnchors(operation);
        var told = looks.Skip(1).Where(c => c.Status == CheckStatus.NotHeld).Select(c => c.Seen)
            .Concat((operation.End?.Changes ?? []).Where(c => c.StartsWith("anchor ", StringComparison.Ordinal))).Distinct(StringComparer.Ordinal).ToList();
        var untold = first.Where(f => told.Count == 0 && last is not null && last.GetValueOrDefault(f.Key) != f.Value).Select(f => $"anchor {f.Key} was another at the first reading than at the last");
        return Attestation.Observed(
            Id, Subject, last is not null, NotLooked, [.. told, .. untold], [.. looks.Where(c => c.Status == CheckStatus.Held).Select(c => c.Id), .. operation.Looks is { } seen ? (string[])[Line(seen.Last)] : []]);
    }

    /// <summary>The anchors as the operation's last look at the target has them; null while there is none.</summary>
    private static ImmutableSortedDictionary<string, string>? LastAnchors(OperationRecord operation) =>
        operation is { End: not null, Looks.Last.Event: LedgerEvent.TargetSeen seen } ? seen.Anchors : null;

    private static Attestation OfHost(OperationRecord operation) => Attestation.Observed(
        "host-mutation",
        "an entry of the deploy root, a slot or a release was added, removed or switched, or the release itself changed (not looked at: the insides of other releases, and of what else lies in the root)",
        operation is { Looks: not null, End: not null },
        NotLooked,
        operation.End?.Changes ?? [],
        operation.Looks is { } looks ? [Line(looks.First), Line(looks.Last)] : []);

    private static Attestation OfEarlierReleases(OperationRecord operation)
    {
        const string Id = "earlier-releases", Subject = "an earlier release was touched";
        if (operation.End is null)
        {
            return Attestation.NotObserved(Id, Subject, NotLooked);
        }

        var removed = operation.Deeds.Select(d => d.Event).OfType<LedgerEvent.ReleaseRemoved>()
            .Where(r => r.Release != operation.Order.Release).Select(r => $"{r.Release} was removed: {r.Why}");
        var whole = operation.Checks.FirstOrDefault(c => c.Id == "G7.way-back.whole" && OutcomeRules.Ran(c));
        if (whole is not null)
        {
            return Attestation.Observed(Id, Subject, true, "", [.. removed, .. whole.Status == CheckStatus.Held ? Array.Empty<string>() : [whole.Seen]], whole.Id);
        }

        var isFirst = operation.Checks.FirstOrDefault(c => c is { Id: "G3.way-back", Seen: "first release here", Status: CheckStatus.Held });
        return isFirst is not null
            ? Attestation.Observed(Id, Subject, true, "", [.. removed], isFirst.Id)
            : Attestation.NotObserved(Id, Subject, "no earlier release was read again: the operation did not come to the rollback proof, or has none");
    }

    private static Attestation OfSwitch(OperationRecord operation)
    {
        const string Id = "kill-switch", Subject = "the kill-switch is on, or lets the live mode run";
        var checks = operation.Gates.Where(g => g.Observer == "target").SelectMany(g => g.Checks).ToList();
        var assertions = SwitchAssertions(operation);
        var readings = checks.Where(c => IsSwitch(c, assertions)).GroupBy(c => c.Id[(c.Id.LastIndexOf('.') + 1)..], StringComparer.Ordinal).ToList();
        if (readings.Count == 0)
        {
            return Attestation.NotObserved(Id, Subject, assertions.Count > 0
                ? "the assertions that read it were not run: the operation did not come to them, or runs none"
                : "no assertion reads it: name one with `switch_off:`, and one that tries the live mode with `refused:`");
        }

        // Each as it was read last, and only if nothing of the payload has run since: it could have put the switch on.
        var since = readings.Min(r => checks.IndexOf(r.Last()));
        var later = checks.Skip(since + 1).Where(c => c.Evidence?.Command is not null && !IsSwitch(c, assertions)).Select(c => c.Id)
            .Concat(Unended(operation)).ToList();
        var happened = readings.SelectMany(r => r).Where(c => c.Status == CheckStatus.NotHeld && OutcomeRules.Ran(c)).Select(c => $"{c.Statement}: {c.Seen}").ToList();
        return Attestation.Observed(
            Id,
            Subject,
            happened.Count > 0 || (later.Count == 0 && readings.All(r => OutcomeRules.Ran(r.Last()))),
            later.Count > 0 ? $"it was not read again after {string.Join(", ", later)}" : "its last reading could not be made",
            happened,
            [.. readings.SelectMany(r => r).Where(OutcomeRules.Ran).Select(c => c.Id)]);
    }

    /// <summary>The gates of commands in which one may have run that no check tells of: the agent was killed before it ended.</summary>
    private static IEnumerable<string> Unended(OperationRecord operation) =>
        operation.Gates.Where(g => g is { Gate: GateId.G5 or GateId.G6, Outcome: null }).Select(g => $"{g.Gate}, which has no end");

    /// <summary>G5 reads the switch among the assertions; the later gates have readings of their own.</summary>
    private static bool IsSwitch(Check check, HashSet<string> assertions) =>
        assertions.Contains(check.Id) || check.Id.StartsWith("G6.switch.", StringComparison.Ordinal) || check.Id.StartsWith("G7.switch.", StringComparison.Ordinal);

    private static HashSet<string> SwitchAssertions(OperationRecord operation)
    {
        if (operation.Order.Push is not { Configuration: { ValueKind: JsonValueKind.Object } json } || !json.TryGetProperty("assert", out var list) || list.ValueKind != JsonValueKind.Array)
        {
            return [];
        }

        return
        [
            .. list.EnumerateArray().Select((item, i) => (Kind: item.TryGetProperty("assert", out var kind) ? kind.GetString() : null, Number: i + 1))
                .Where(a => a.Kind is "switch_off_file" or "switch_off_command" or "refused")
                .Select(a => string.Create(CultureInfo.InvariantCulture, $"G5.assert.{a.Number}")),
        ];
    }

    private static Attestation OfServices(OperationRecord operation)
    {
        const string Id = "services", Subject = "a service, a listening port, a crontab or a container was changed";
        var seen = operation.Deeds.Where(d => d.Event is LedgerEvent.HostSeen).ToList();
        if (seen is not [{ Event: LedgerEvent.HostSeen first } before, .., { Event: LedgerEvent.HostSeen last } after])
        {
            return Attestation.NotObserved(Id, Subject, seen.Count == 0 ? "the host was not looked at" : NotLooked);
        }

        var both = first.Measured.Keys.Intersect(last.Measured.Keys, StringComparer.Ordinal).ToList();
        var changed = both.Where(k => first.Measured[k] != last.Measured[k]).Select(k => $"{k}: was {first.Measured[k]}, is {last.Measured[k]}").ToList();
        var attestation = Attestation.Observed(Id, $"{Subject} (looked at: {string.Join(", ", both)})", both.Count > 0, "nothing of it can be read by the agent here", changed, Line(before), Line(after));
        return attestation;
    }

    private static Attestation OfSecrets(OperationRecord operation)
    {
        const string Id = "secrets";
        const string Subject = "the value of a named variable stands in what was kept: as it is, trimmed, JSON-escaped, percent-encoded, in base64 or in hex";
        var commands = operation.Checks.Where(c => c.Evidence?.Command is not null).ToList();
        var bare = commands.SelectMany(c => c.Evidence!.Command!.NotMasked ?? []).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        return commands.Count == 0 ? Attestation.NotObserved(Id, Subject, "no command ran")
            : bare.Count > 0 ? Attestation.NotObserved(Id, Subject, $"too short to be masked, so it was not: the value of {string.Join(", ", bare)}; give it four characters at least, or do not pass it")
            : new Attestation(Id, Subject, AttestationBasis.Enforced, Attestation.None, [.. commands.Select(c => c.Id)]);
    }

    private static Attestation OfDeletes(OperationRecord operation) => Attestation.Observed(
        "hard-deletes",
        "a release was removed for good",
        operation.End is not null,
        NotLooked,
        [.. operation.Deeds.Select(d => d.Event).OfType<LedgerEvent.ReleaseRemoved>().Select(r => $"{r.Release}: {r.Why}")],
        $"lines {operation.Lines.First} to {operation.Lines.Last}");

    private static Attestation OfRemotePushes(OperationRecord operation)
    {
        const string Id = "remote-pushes", Subject = "a command of the payload sent something over the network";
        var commands = operation.Gates.Where(g => g.Observer == "target").SelectMany(g => g.Checks).Where(c => c.Evidence?.Command is not null).ToList();
        var open = commands.Where(c => c.Evidence!.Command is { Network: true } or { Sandbox: "T0" }).Select(c => c.Id).Concat(Unended(operation)).ToList();
        return commands.Count == 0 ? Attestation.NotObserved(Id, Subject, "no command ran on the target")
            : open.Count > 0 ? Attestation.NotObserved(Id, Subject, $"the network was open, or may have been, to {string.Join(", ", open)}")
            : new Attestation(Id, Subject, AttestationBasis.Enforced, Attestation.None, [.. commands.Select(c => c.Id)]);
    }

    private static string Line(LedgerEntry entry) => string.Create(CultureInfo.InvariantCulture, $"line {entry.Seq}");
}
