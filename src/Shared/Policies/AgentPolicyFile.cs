using IuCutter.Configuration;
using IuCutter.Configuration.Yaml;
using IuCutter.Digests;

namespace IuCutter.Policies;

/// <summary>Reads an agent's policy file: as strict as iucutter.yaml, and refused whole for one mistake.</summary>
public static class AgentPolicyFile
{
    private const string Wanted = "keys such as `require: [test, smoke]`";

    /// <param name="yaml">The file's bytes.</param>
    /// <param name="file">What the problems call it.</param>
    /// <exception cref="ConfigurationException">Everything that is wrong with the file, each with its place.</exception>
    public static AgentPolicy Read(ReadOnlySpan<byte> yaml, string file)
    {
        var problems = new ProblemList();
        var mapping = ConfigurationFile.Open(yaml, problems, Wanted);
        var policy = mapping is null ? null : Build(mapping, Sha256Digest.Of(yaml));
        return problems.IsEmpty ? policy! : throw problems.ToException(file);
    }

    private static AgentPolicy Build(MappingReader root, Sha256Digest digest)
    {
        var policy = new AgentPolicy
        {
            Digest = digest,
            Require = Parts(root),
            RequiresParity = root.Word<Demand>("parity") is not null,
            RequiresSwitchOff = root.Word<Demand>("switch_off") is not null,
            Sandbox = root.Word<SandboxTier>("sandbox"),
            ForbidsNetwork = root.Word<Ban>("network") is not null,
            RequiresApproval = root.Word<Demand>("approval") is not null,
            RequiresCleanTree = root.Word<Demand>("clean") is not null,
            Programs = Programs(root),
            MostTimeout = root.Time("most_timeout"),
            MostMemory = root.Size("most_memory"),
        };
        root.RefuseUnknown();
        var walk = new RuleWalk();
        if (policy.MostTimeout is { } time && (time < TimeSpan.FromSeconds(1) || time > CheckCommand.LongestTimeout))
        {
            walk.Refuse("most_timeout", "out of range; wanted 1s to 24h");
        }

        walk.Range("most_memory", policy.MostMemory ?? RuleWalk.LeastMemory, RuleWalk.LeastMemory, long.MaxValue);
        walk.Problems.ForEach(root.Problems.AddFound);
        return policy;
    }

    private static List<PolicyPart> Parts(MappingReader root)
    {
        var known = Enum.GetValues<PolicyPart>().ToDictionary(PolicyRules.Word, StringComparer.Ordinal);
        var parts = new List<PolicyPart>();
        foreach (var (word, i) in (root.Texts("require", "a list of parts") ?? []).Select((w, i) => (w, i)))
        {
            if (!known.TryGetValue(word, out var part))
            {
                root.Problems.AddFound(new ConfigurationProblem(0, 0, $"require[{i}]", $"got {Quoted.Text(word)}; wanted one of {Quoted.List(known.Keys)}"));
            }
            else if (parts.Contains(part))
            {
                root.Problems.AddFound(new ConfigurationProblem(0, 0, $"require[{i}]", $"{Quoted.Text(word)} is required already"));
            }

            parts.Add(part);
        }

        return parts;
    }

    private static List<string>? Programs(MappingReader root)
    {
        var programs = root.Texts("programs", "a list of programs' names");
        for (var i = 0; i < (programs?.Count ?? 0); i++)
        {
            if (string.IsNullOrWhiteSpace(programs![i]))
            {
                root.Problems.AddFound(new ConfigurationProblem(0, 0, $"programs[{i}]", "got an empty name; wanted a program as commands name it"));
            }
        }

        return programs;
    }

    /// <summary>A key that is left out demands nothing: there is no second word that could be meant to weaken something.</summary>
    private enum Demand
    {
        Required,
    }

    private enum Ban
    {
        Forbidden,
    }
}
