using System.Text.Json.Serialization;

namespace IuCutter.Configuration.Detection;

/// <summary>
/// One way to do a gate's work. The runner takes the first candidate whose probe exits 0; one without a probe always suits. A probe
/// that fails is no failure of the release, only the word that this way is not open on that host.
/// </summary>
/// <param name="Tests">The commands, with what counting them needs; compile, import and smoke use the commands alone.</param>
public sealed record Candidate(IReadOnlyList<TestCommand> Tests, IReadOnlyList<string>? Probe = null)
{
    [JsonIgnore]
    public IEnumerable<CheckCommand> Commands => Tests.Select(test => test.Command);

    internal static Candidate Of(CheckCommand command, IReadOnlyList<string>? probe = null) =>
        new([new TestCommand { Command = command }], probe);
}
