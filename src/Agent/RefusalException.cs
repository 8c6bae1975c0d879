namespace IuCutter.Agent;

/// <summary>The agent will not do what it was asked: a stable code for programs, the reason, and what to do next.</summary>
public sealed class RefusalException(RefusalCode code, string message, string next) : Exception(message)
{
    public RefusalCode Code { get; } = code;

    /// <summary>One sentence that says what to do next.</summary>
    public string Next { get; } = next;
}
