using System.Collections.Immutable;
using System.Globalization;
using IuCutter.Configuration;
using IuCutter.Gates;
using IuCutter.Ledgers;

namespace IuCutter.Gaps;

/// <summary>The conditions of a slot's live release, each held against the ledger. Pure.</summary>
/// <param name="Live">Null when nothing is live: then there are no conditions either.</param>
public sealed record ReadinessList(string Slot, string? Live, ImmutableArray<ConditionState> Conditions)
{
    /// <summary>No condition at all is not a pass.</summary>
    public bool IsReady => Conditions.Length > 0 && Conditions.All(c => c.IsClosed);

    /// <param name="entries">Every line of the ledger from its first, in order.</param>
    /// <exception cref="LedgerBrokenException">The live release's conditions, or gaps, are in a form that this version cannot read.</exception>
    public static ReadinessList Of(string slot, IReadOnlyCollection<LedgerEntry> entries, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(entries);
        var story = SlotStory.Of(slot, entries);
        var ofLive = story.OfLive();
        if (story.Live is null || ofLive.FindLast(o => o.Order.Push is not null) is not { } push)
        {
            return new ReadinessList(slot, story.Live, []);
        }

        var look = new Look(GapRegister.Of(slot, entries), ofLive, push, now);
        return new ReadinessList(slot, story.Live, [.. ConditionsOf(push).Select(look.At)]);
    }

    private static IReadOnlyList<Condition> ConditionsOf(SlotOperation push)
    {
        try
        {
            return ReleaseConfigurationJson.ConditionsOf(push.Order.Push!.Configuration);
        }
        catch (System.Text.Json.JsonException wrong)
        {
            throw new LedgerBrokenException(push.First.Seq, $"this version cannot read the conditions of its configuration: {wrong.Message}");
        }
    }

    /// <param name="push">The newest ended push of the live release.</param>
    private sealed class Look(GapRegister gaps, List<SlotOperation> ofLive, SlotOperation push, DateTimeOffset now)
    {
        private static readonly TimeSpan ClockTrust = TimeSpan.FromMinutes(5);

        public ConditionState At(Condition condition) => condition switch
        {
            Condition.GapClosed gap => Gap(gap),
            Condition.GatePassed gate => Gate(gate),
            Condition.CheckHeld check => Check(check),
            Condition.VerdictReached verdict => new ConditionState(
                verdict, push.End.Verdict == verdict.Verdict, push.Id, null, push.EndEntry.Seq, $"verdict {push.End.Verdict}: {push.End.Reason}"),
            Condition.SmokeWithin smoke => Smoke(smoke),
            _ => throw new InvalidOperationException($"a condition without a look: {condition}"),
        };

        private ConditionState Gap(Condition.GapClosed wanted)
        {
            if (gaps.Gaps.FirstOrDefault(g => g.Id == wanted.Gap) is not { } gap)
            {
                return Unknown(wanted, "no operation of this slot has named such a gap: name it under gaps:, with the check that closes it");
            }

            var last = gap.Last;
            return new ConditionState(
                wanted, gap.Status == GapStatus.Closed, last.Operation.Length > 0 ? last.Operation : null, last.Check, last.Line, $"{gap.Status.Word()}: {last.What}");
        }

        private ConditionState Gate(Condition.GatePassed wanted)
        {
            var (line, gate) = push.Gates.FirstOrDefault(g => g.Gate.Gate == wanted.Gate);
            return gate is null
                ? Unknown(wanted, $"{wanted.Gate} is not in the live release's push")
                : new ConditionState(
                    wanted, gate.Outcome == Outcome.Pass, push.Id, null, line, gate.Cause is { } cause ? $"{gate.Outcome.Word()}: {cause}" : $"{gate.Outcome.Word()}, {gate.Checks} checks");
        }

        private ConditionState Check(Condition.CheckHeld wanted)
        {
            var newest = ofLive.FindLast(o => o.Checks.Any(c => CheckMatch.Means(wanted.Check, c.Check)));
            if (newest is null)
            {
                return Unknown(wanted, "no operation on the live release has made such a check");
            }

            var made = newest.Checks.Where(c => CheckMatch.Means(wanted.Check, c.Check)).ToList();
            var seen = made.Find(c => !CheckMatch.Holds(c.Check)) ?? made[^1];
            var (check, holds) = (seen.Check, CheckMatch.Holds(seen.Check));
            return new ConditionState(
                wanted, holds, newest.Id, check.Id, seen.Line, $"{(holds ? "held" : OutcomeRules.Ran(check) ? "did not hold" : "did not run")}: {check.Statement}: {check.Seen}");
        }

        /// <summary>The newest look counts: one that passed earlier says nothing once a later one did not.</summary>
        private ConditionState Smoke(Condition.SmokeWithin wanted)
        {
            var newest = ofLive.FindLast(o => o.Gates.Any(g => g.Gate is { Gate: GateId.G6, Outcome: not Outcome.NotExecuted }));
            if (newest is null)
            {
                return Unknown(wanted, "the live release was never smoked");
            }

            var (line, gate) = newest.Gates.First(g => g.Gate.Gate == GateId.G6);
            var age = now - newest.EndEntry.At;
            var isInTime = age <= wanted.Span && age >= -ClockTrust;
            return new ConditionState(
                wanted,
                gate.Outcome == Outcome.Pass && isInTime,
                newest.Id,
                null,
                line,
                string.Create(CultureInfo.InvariantCulture, $"{gate.Outcome.Word()} at {newest.EndEntry.At.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC, {Age(age)}{(isInTime ? "" : ", out of time")}{(gate.Cause is { } cause ? $": {cause}" : "")}"));
        }

        private static string Age(TimeSpan age) => age < TimeSpan.Zero ? "ahead of this host's clock" : string.Create(CultureInfo.InvariantCulture, $"{(int)age.TotalHours} h {age.Minutes} min ago");

        private static ConditionState Unknown(Condition wanted, string why) => new(wanted, false, null, null, null, why);
    }
}
