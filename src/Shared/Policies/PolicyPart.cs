namespace IuCutter.Policies;

/// <summary>A part of a push that an agent's policy can demand.</summary>
public enum PolicyPart
{
    Compile,
    Import,
    Test,
    Assert,
    Smoke,

    /// <summary>The scan for secrets and litter, both times.</summary>
    Scan,

    /// <summary>The artifact's second making.</summary>
    Reproduction,
}
