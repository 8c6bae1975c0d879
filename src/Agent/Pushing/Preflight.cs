using IuCutter.Agent.Approvals;
using IuCutter.Agent.Measuring;
using IuCutter.Agent.Payload;
using IuCutter.Agent.Planning;
using IuCutter.Agent.Releases;
using IuCutter.Configuration;
using IuCutter.Configuration.Detection;
using IuCutter.Gates;
using IuCutter.Ledgers;
using IuCutter.Plans;
using IuCutter.Policies;

namespace IuCutter.Agent.Pushing;

/// <summary>Gate G3: looks at the target, and writes nothing but a probe that it takes away again.</summary>
public sealed class Preflight(TargetHost host, PushOrder order)
{
    private readonly ApprovalCheck _approval = new(host, order);
    private readonly List<Observation> _guards = [];
    private TargetReading? _reading;

    /// <summary>The approval that the push goes by, found good and not used yet; null without one.</summary>
    public LedgerEvent.ApprovalUsed? Approval => _approval.Use;

    /// <param name="first">Gets the target's first reading, to which later ones are compared.</param>
    public async Task RunAsync(CheckList gate, Action<TargetReading> first, CancellationToken cancellationToken)
    {
        if (await SurveyAsync(gate, first, isPush: true, cancellationToken))
        {
            CheckRootWritable(gate);
            CheckPlan(gate, cancellationToken);
            await CheckApprovalAsync(gate, cancellationToken);
        }
    }

    /// <summary>What a push would do now; null where a check of the gate does not hold. Writes nothing.</summary>
    public async Task<ReleasePlan?> PlanAsync(CheckList gate, TimeSpan life, CancellationToken cancellationToken)
    {
        await SurveyAsync(gate, _ => { }, isPush: false, cancellationToken);
        return gate.MayGoOn ? new PlanMaker(host, order).Make(_reading!, _guards, life, cancellationToken) : null;
    }

    /// <returns>False when the policy does not let the push go any further.</returns>
    private async Task<bool> SurveyAsync(CheckList gate, Action<TargetReading> first, bool isPush, CancellationToken cancellationToken)
    {
        TakeFirstReading(gate, reading => first(_reading = reading), cancellationToken);
        if (!PolicyCheck.Keeps(host.Policy, gate, "push", () => PolicyRules.Broken(host.Policy, order.Configuration, order.SourceGates)))
        {
            // A guard may run a program to ask for its version: not one that the policy forbids.
            return false;
        }

        foreach (var (guard, i) in order.Configuration.Guards.Select((g, i) => (g, i + 1)))
        {
            _guards.Add(await gate.ObserveAsync(
                $"guard.{i}", GuardCheck.Statement(guard), GuardCheck.Expected(guard), () => new GuardCheck(host, isPush).LookAsync(guard, cancellationToken)));
        }

        CheckTools(gate);
        CheckSandbox(gate);
        CheckRoom(gate, isPush);
        CheckSlot(gate);
        new PresentRelease(host, order).Check(gate);
        CheckWayBack(gate);
        return true;
    }

    private static IEnumerable<CheckCommand> Commands(ReleaseConfiguration c) =>
    [
        .. c.Compile ?? [],
        .. c.Import ?? [],
        .. (c.Test ?? []).Select(t => t.Command),
        .. (c.Assert ?? []).Select(AssertionCheck.CommandOf).OfType<CheckCommand>(),
        .. c.Smoke ?? [],
        .. c.Compile is null ? LastResort(c.Detected?.Compile) : [],
        .. c.Import is null ? LastResort(c.Detected?.Import) : [],
        .. c.Test is null ? LastResort(c.Detected?.Test) : [],
        .. c.Smoke is null ? LastResort(c.Detected?.Smoke) : [],
    ];

    private static IEnumerable<CheckCommand> LastResort(IReadOnlyList<Candidate>? detected) => detected is [.., var last] ? last.Commands : [];

    private void TakeFirstReading(CheckList gate, Action<TargetReading> first, CancellationToken cancellationToken)
    {
        // Without its anchors first, so that even a push that is stopped while they are read is measured for what it could touch.
        var reading = TargetReading.Take(host.Root, order.Slot, [], cancellationToken);
        first(reading);
        gate.Observe("anchors.first", "the anchors were read before anything was written", "each there and readable, or as `expect:` says", () =>
        {
            reading = reading.WithAnchors(order.Configuration.Anchors, cancellationToken);
            first(reading);
            var wrong = order.Configuration.Anchors.Select(a => Wrong(a, reading.Anchors[a.Path])).OfType<string>().ToList();
            return Observation.Of(
                wrong.Count == 0,
                wrong.Count == 0 ? reading.Summary : string.Join("; ", wrong),
                [.. reading.Anchors.Select(a => (a.Key, (object)a.Value))]);
        });
    }

    /// <summary>A path at which nothing is never changes: unless that is what is expected, the push would be watched by nobody.</summary>
    private static string? Wrong(Anchor anchor, string seen) =>
        anchor.Expect is { } expected ? (seen == expected ? null : $"{anchor.Path} is {seen}, expected {expected}")
        : AnchorReadings.IsDigest(seen) ? null
        : seen == AnchorReadings.Absent ? $"{anchor.Path} is absent: correct the path, or write `{{ path: {anchor.Path}, expect: {Anchor.Absent} }}` where nothing is to be there"
        : $"{anchor.Path} is {seen}: what it leads to must be there, and the agent's user ({Environment.UserName}) must be able to read all of it";

    private void CheckTools(CheckList gate)
    {
        var programs = Commands(order.Configuration)
            .Select(c => c.Run[0])
            .Where(p => !p.Contains('/', StringComparison.Ordinal))
            .Concat(order.TravelsAsBundle ? ["git"] : [])
            .Distinct(StringComparer.Ordinal)
            .ToList();
        var places = programs.ToDictionary(p => p, host.Payload.Find, StringComparer.Ordinal);
        var missing = programs.Where(p => places[p] is null).ToList();
        gate.Observe("tools", "every program that the push needs is on the target", programs.Count == 0 ? "none needed" : string.Join(", ", programs), () =>
            missing.Count == 0
                ? Observation.Held($"tools found: {programs.Count}", [.. places.Select(p => (p.Key, (object)p.Value!))])
                : Observation.CouldNotRun(
                    $"{string.Join(", ", missing)} not found on the agent's PATH ({host.Payload.SearchPath}); install it on {Environment.MachineName}, or change {(missing is ["git"] && order.TravelsAsBundle ? "`format: bundle`, which needs it" : "the command")}"));
    }

    private void CheckSandbox(CheckList gate)
    {
        var commands = Commands(order.Configuration).ToList();
        var closed = commands.Exists(c => c.Network) ? host.Payload.WhyNoNetwork : null;
        var least = commands.Select(c => c.Sandbox ?? host.Payload.LeastTier).Append(host.Payload.For(order.Configuration).LeastTier).Max();
        gate.Observe("sandbox", "the sandbox is as strong as the checks ask", $"{least} or stronger", () =>
            host.Payload.Tier < least ? Observation.CouldNotRun($"this host gives {host.Payload.Tier} only: {host.Payload.HowToStrengthen}")
            : closed is not null ? Observation.CouldNotRun($"a command asks for a network: {closed}")
            : Observation.Held($"sandbox {host.Payload.Tier}"));
    }

    private void CheckRoom(CheckList gate, bool isPush)
    {
        var need = RoomNeed.Of(host.Root, order);
        gate.Observe("room", "there is room for the release", need.ToString(), () =>
        {
            var (isEnough, bytes, files) = host.Spares.FindRoom(need.IsMetBy, mayRemove: isPush);
            return Observation.Of(isEnough, $"{bytes / 1_000_000} MB free", ("free bytes", bytes), ("free files", files));
        });
    }

    private void CheckSlot(CheckList gate)
    {
        var recorded = host.Ledger.History(order.Slot).Live;
        var expected = recorded is null ? "nothing there" : $"link to {recorded}";
        gate.Observe("slot", "the slot is as the ledger says", expected, () =>
        {
            var seen = host.Root.Slot(order.Slot).Read();
            return seen switch
            {
                SlotState.Foreign foreign => Observation.CouldNotRun(
                    $"{foreign.What} that this agent did not make lies at {Path.Combine(host.Root.Path, order.Slot)}; it is left untouched: move it away, or push to another slot"),
                SlotState.Free when recorded is not null => Observation.Held($"slot free: its link to {recorded} was taken away by hand"),
                _ when seen.ToString() != expected => Observation.CouldNotRun(
                    $"the slot is {seen}, but the ledger says {expected}; someone switched it by hand: {SlotCheck.HowToRepair(host.Root, order.Slot, recorded)}, or remove the link"),
                SlotState.Live live => Observation.Held($"slot live with {live.Release.Commit}"),
                _ => Observation.Held("slot free"),
            };
        });
    }

    private void CheckRootWritable(CheckList gate) =>
        gate.Observe("writable", "the deploy root can be written", host.Root.Path, () =>
        {
            var probe = System.Text.Encoding.ASCII.GetBytes($"{DeployRoot.OwnDirectory}/probe-{order.Slot}");
            host.Root.Directory.Remove(probe);
            host.Root.Directory.CreateFile(probe, 0x180).Dispose();
            host.Root.Directory.Remove(probe);
            return Observation.Held("root writable");
        });

    /// <summary>Last of all: what it compares with was read by the checks before it.</summary>
    private void CheckPlan(CheckList gate, CancellationToken cancellationToken)
    {
        if (order.PlanDigest is { } digest)
        {
            gate.Observe("plan", "the target and the push are as the locked plan says", $"plan sha256 {digest}", () => new PlanMaker(host, order).Compare(_reading!, _guards, cancellationToken));
        }
    }

    private async Task CheckApprovalAsync(CheckList gate, CancellationToken cancellationToken)
    {
        if (ApprovalCheck.IsRequired(host, order) || order.Approval.Length > 0)
        {
            await gate.ObserveAsync("approval", "a person has approved this very plan", "an approval that was not used before", () => _approval.LookAsync(cancellationToken));
        }
    }

    private void CheckWayBack(CheckList gate)
    {
        var live = host.Root.Slot(order.Slot).Read().LiveRelease;
        gate.Observe("way-back", "the way back is defined", live is null ? "the slot's link is taken away" : $"the slot goes back to {live}", () =>
            live is null || host.Root.Has(live.Value)
                ? Observation.Held(live is null ? "first release here" : "way back defined")
                : Observation.NotHeld(
                    $"release {live} is not on the target any more; roll back to another, or remove the link {Path.Combine(host.Root.Path, order.Slot)}"));
    }
}
