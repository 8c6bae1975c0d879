using IuCutter.Configuration;

namespace IuCutter.Packager.Connecting;

/// <summary>Which target is meant: --target, else IUCUTTER_TARGET, else iucutter.yaml's <c>target</c>, else this host's agent.</summary>
internal static class TargetChoice
{
    public const string Variable = "IUCUTTER_TARGET";
    public const string DefaultSocket = "/run/iucutter/agent.sock";

    /// <summary>What was asked for by option or environment; null leaves it to the configuration.</summary>
    /// <exception cref="CommandException">It is no address.</exception>
    public static TargetAddress? Asked(string? option, Surroundings here)
    {
        var (text, from) = option is not null ? (option, "--target") : (here.Variable(Variable) ?? "", Variable);
        if (text.Length == 0)
        {
            return option is null ? null : throw CommandException.Usage("--target is empty");
        }

        return TargetAddress.TryParse(text, out var address, out var refusal)
            ? address
            : throw CommandException.Usage($"{from} '{text}': {refusal}");
    }

    public static TargetAddress OrDefault(TargetAddress? asked, TargetAddress? configured) => asked ?? configured ?? new TargetAddress.Unix(DefaultSocket);
}
