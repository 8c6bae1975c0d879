using System.Collections.Immutable;
using IuCutter.Agent.Approvals;
using IuCutter.Agent.Measuring;
using IuCutter.Agent.Pushing;
using IuCutter.Agent.Releases;
using IuCutter.Configuration;
using IuCutter.Digests;
using IuCutter.Gates;
using IuCutter.Plans;
using Guard = IuCutter.Configuration.Guard;

namespace IuCutter.Agent.Planning;

/// <summary>Makes the plan of a push from what its preflight has read, and holds a plan that was made before against what is read now.</summary>
internal sealed class PlanMaker(TargetHost host, PushOrder order)
{
    /// <summary>How far the clocks of two hosts may differ.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(5);

    /// <param name="guards">Each guard as it was seen, in the configuration's order.</param>
    public ReleasePlan Make(TargetReading reading, IReadOnlyList<Observation> guards, TimeSpan life, CancellationToken cancellationToken)
    {
        var now = host.Time.GetUtcNow();
        var plan = Unsigned(reading, guards, cancellationToken) with { MadeAt = Seconds(now), ExpiresAt = Seconds(now + life) };
        return plan with { Signature = new PlanSignature(Convert.ToBase64String(host.Key.PublicKey.Span), host.Key.SignText(plan.SignedText())) };
    }

    public Observation Compare(TargetReading reading, IReadOnlyList<Observation> guards, CancellationToken cancellationToken)
    {
        ReleasePlan plan;
        try
        {
            plan = PlanJson.Read(order.Plan);
        }
        catch (PlanException e)
        {
            return Observation.CouldNotRun($"the plan is refused: {e.Message}; make it anew with `iucutter plan`");
        }

        var now = Unsigned(reading, guards, cancellationToken);
        if (plan.Target != now.Target)
        {
            return Observation.CouldNotRun(
                $"the plan is of another target: {plan.Target.Host}, {plan.Target.DeployRoot}, agent key {plan.Target.AgentKey}; this is {now.Target.Host}, {now.Target.DeployRoot}, {now.Target.AgentKey}");
        }

        if (plan.RefusalAt(host.Time.GetUtcNow(), ClockTolerance) is { } refusal)
        {
            return Observation.CouldNotRun($"{refusal}; make it anew with `iucutter plan`");
        }

        var drift = PlanFacts.Differences(plan, now);
        return Observation.Of(
            drift.Count == 0,
            drift.Count == 0 ? $"as planned {Moment(plan.MadeAt)}" : string.Join("; ", drift.Select(PlanFacts.Sentence)),
            ("plan sha256", Sha256Digest.Of(order.Plan)),
            ("made", Moment(plan.MadeAt)),
            ("expires", Moment(plan.ExpiresAt)),
            ("facts compared", PlanFacts.Of(now).Count()),
            ("facts that differ", drift.Count));
    }

    private ReleasePlan Unsigned(TargetReading reading, IReadOnlyList<Observation> guards, CancellationToken cancellationToken) => new()
    {
        Format = ReleasePlan.FormatName,
        Target = new PlanTarget(Environment.MachineName, host.Key.Fingerprint, host.Root.Path),
        Slot = order.Slot,
        Release = order.Release.ToString(),
        Commit = order.Commit,
        ManifestSha256 = order.Manifest.ToString(),
        ConfigurationSha256 = Sha256Digest.Of(order.ConfigurationJson).ToString(),
        Entries = order.Entries,
        Bytes = order.ContentBytes,
        LeftOut = [.. order.SourceGates.SelectMany(g => g.Checks).Select(c => c.Gap).OfType<Gap>().Select(g => $"{g.Id}: {g.Statement} ({g.Owner})").Distinct(StringComparer.Ordinal)],
        Survey = Survey(reading, guards, cancellationToken),
        Commands = [.. ReleaseCommands.Of(order.Configuration).Select(c => Command(c, order.Configuration.Environment))],
        WayBack = reading.Slot.LiveRelease is { } live ? $"the slot goes back to {live}" : "the slot's link is taken away",
        ApprovalRequired = ApprovalCheck.IsRequired(host, order),
        MadeAt = default,
        ExpiresAt = default,
    };

    private PlanSurvey Survey(TargetReading reading, IReadOnlyList<Observation> guards, CancellationToken cancellationToken)
    {
        var need = RoomNeed.Of(host.Root, order);
        var (isEnough, free, _) = host.Spares.FindRoom(need.IsMetBy, mayRemove: false);
        return new PlanSurvey
        {
            Slot = reading.Slot.ToString(),
            Guards = [.. order.Configuration.Guards.Zip(guards, (guard, seen) => new PlanReading(GuardCheck.Statement(guard), Lasting(guard, seen)))],
            Anchors = reading.Anchors,
            Tools = ReleaseCommands.Of(order.Configuration)
                .SelectMany(c => (IReadOnlyList<string>?[])[c.Command.Run, c.Probe, c.Command.Effect?.Run])
                .Where(run => run is { Count: > 0 })
                .Select(run => run![0])
                .Concat(order.Configuration.Guards.OfType<Guard.Tool>().Select(t => t.Name))
                .Where(program => program.StartsWith('/') || !program.Contains('/', StringComparison.Ordinal))
                .Distinct(StringComparer.Ordinal)
                .ToImmutableSortedDictionary(p => p, p => ToolReading.Of(host.Payload.Find(p)), StringComparer.Ordinal),
            Sandbox = host.Payload.Tier.ToString(),
            Room = new PlanRoom(need.Bytes, need.Files, free, isEnough),
            ReleaseDirectory = !host.Root.Has(order.Release) ? "not there"
                : ReleaseFolder.TryVerify(host.Root, order.Release, cancellationToken) is { HoldsTheManifest: true } ? "there, whole"
                : "there, changed",
            Policy = host.Policy.Digest?.ToString() ?? "none",
        };
    }

    /// <summary>What of an observation stays as it is while nobody changes anything.</summary>
    private static string Lasting(Guard guard, Observation seen) =>
        guard is Guard.Free ? (seen.IsHeld ? "enough" : "too little")
        : seen.Measured?.GetValueOrDefault("sha256") is { } digest ? $"sha256 {digest}"
        : seen.Measured?.GetValueOrDefault("path") is { } path ? $"{path}: {seen.Seen}"
        : seen.Seen;

    private static PlanCommand Command(PlannedCommand planned, IEnumerable<string> ofAll) => new()
    {
        Check = $"{(planned.Check.StartsWith("smoke", StringComparison.Ordinal) ? GateId.G6 : GateId.G5)}.{planned.Check}",
        Run = [.. planned.Command.Run],
        Probe = planned.Probe is { } probe ? [.. probe] : null,
        Directory = planned.Command.Directory,
        TimeoutSeconds = (long)planned.Command.Timeout.TotalSeconds,
        Network = planned.Command.Network,
        Environment = [.. planned.Command.Passed(ofAll)],
    };

    private static DateTimeOffset Seconds(DateTimeOffset at) => new(at.Ticks - (at.Ticks % TimeSpan.TicksPerSecond), TimeSpan.Zero);

    private static string Moment(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", System.Globalization.CultureInfo.InvariantCulture);
}
