using IuCutter.Configuration;

namespace IuCutter.Commands;

/// <summary>What a payload's command sees of the world: named variables only.</summary>
public static class PayloadEnvironment
{
    /// <summary>Toolchains that live in the host user's home would not be found from another HOME.</summary>
    private static readonly (string Name, string Folder)[] Toolchains = [("RUSTUP_HOME", ".rustup"), ("CARGO_HOME", ".cargo"), ("PYENV_ROOT", ".pyenv")];

    /// <param name="searchPath">The host's own PATH for payloads.</param>
    /// <param name="scratch">HOME and every cache lie here, so that a run leaves nothing in the release.</param>
    /// <param name="host">The host's own variables, of which only the named ones are passed on.</param>
    /// <param name="passed">Names to pass on.</param>
    /// <param name="set">Values that the configuration sets itself.</param>
    public static IReadOnlyDictionary<string, string> Build(
        string searchPath,
        string scratch,
        Func<string, string?> host,
        IEnumerable<string> passed,
        IEnumerable<EnvironmentSetting> set)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(passed);
        ArgumentNullException.ThrowIfNull(set);
        var environment = Base(searchPath, scratch);
        foreach (var (name, folder) in Toolchains)
        {
            var inHome = Path.Combine(host("HOME") ?? "/nonexistent", folder);
            if ((host(name) ?? (Directory.Exists(inHome) ? inHome : null)) is { } place)
            {
                environment[name] = place;
            }
        }

        foreach (var name in passed)
        {
            if (host(name) is { } value)
            {
                environment[name] = value;
            }
        }

        foreach (var setting in set)
        {
            environment[setting.Name] = setting.Value;
        }

        return environment;
    }

    private static Dictionary<string, string> Base(string searchPath, string scratch) => new(StringComparer.Ordinal)
    {
        ["PATH"] = searchPath,
        ["HOME"] = scratch,
        ["TMPDIR"] = scratch,
        ["LANG"] = "C.UTF-8",
        ["CI"] = "true",
        ["NO_COLOR"] = "1",
        ["PYTHONPYCACHEPREFIX"] = Path.Combine(scratch, "pycache"),
        ["PYTHONUNBUFFERED"] = "1",
        ["DOTNET_CLI_HOME"] = scratch,
        ["DOTNET_NOLOGO"] = "1",
        ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
        ["GOCACHE"] = Path.Combine(scratch, "go-build"),
        ["GOPATH"] = Path.Combine(scratch, "go"),
        ["GOFLAGS"] = "-buildvcs=false",
        ["CARGO_TARGET_DIR"] = Path.Combine(scratch, "cargo-target"),
        ["NPM_CONFIG_CACHE"] = Path.Combine(scratch, "npm"),
    };
}
