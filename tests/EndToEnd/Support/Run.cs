namespace IuCutter.Tests.EndToEnd.Support;

/// <summary>A program's exit code and what it said.</summary>
internal sealed record Run(int ExitCode, string Output, string Errors)
{
    public string All => Output + Errors;

    public override string ToString() => $"exit {ExitCode}\n{Output}\n{Errors}";

    /// <summary>Asserts the exit code, showing all that was said if it is another.</summary>
    public Run Exits(int code)
    {
        Assert.True(ExitCode == code, $"expected exit code {code}\n{this}");
        return this;
    }

    public Run Says(string text)
    {
        Assert.Contains(text, All, StringComparison.Ordinal);
        return this;
    }
}
