using IuCutter.Configuration;
using IuCutter.Gates;

namespace IuCutter.Tests.Unit.Gates;

/// <summary>Exhaustive over two values and absence at each of the three looks.</summary>
public sealed class EffectJudgementTests
{
    private static readonly string[] Values = [EffectJudgement.Absent, "1", "2"];

    [Fact]
    public void A_label_holds_only_of_what_stood_still_before_the_run_and_did_after_it_as_the_label_says()
    {
        foreach (var (mode, first, second, after, mayBeAbsent) in Every())
        {
            var (holds, seen) = EffectJudgement.Of(mode, first, second, after, mayBeAbsent);
            var measured = mode == RunMode.Live || mayBeAbsent || second != EffectJudgement.Absent || after != EffectJudgement.Absent;

            Assert.True(holds == (first == second && measured && second != after == (mode == RunMode.Live)), $"{mode} {first} {second} {after} {mayBeAbsent}: {seen}");
        }
    }

    private static IEnumerable<(RunMode Mode, string First, string Second, string After, bool MayBeAbsent)> Every() =>
        from mode in Enum.GetValues<RunMode>()
        from first in Values
        from second in Values
        from after in Values
        from mayBeAbsent in (bool[])[true, false]
        select (mode, first, second, after, mayBeAbsent);
}
