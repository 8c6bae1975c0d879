using IuCutter.Packager.Planning;

namespace IuCutter.Packager.Pushing;

/// <summary>What whoever pushes asked for.</summary>
/// <param name="Repository">A folder of it.</param>
/// <param name="Commit">A revision as git knows them.</param>
/// <param name="Left">Parts that are to be left out, as gaps of the one who asks.</param>
/// <param name="SourceTests">False: the payload's tests run on the target only.</param>
/// <param name="Again">True: every gate runs even if this very release is live and proved.</param>
/// <param name="Plan">What the push must keep to; null for none.</param>
/// <param name="Approval">A person's approval of the plan, as its file has it; null for none.</param>
internal sealed record PushAsk(
    string Repository,
    string Commit,
    string? Name = null,
    string? Slot = null,
    IReadOnlyList<string>? Left = null,
    bool SourceTests = true,
    bool Again = false,
    LockedPlan? Plan = null,
    byte[]? Approval = null)
{
    public IReadOnlyList<string> Without => Left ?? [];
}
