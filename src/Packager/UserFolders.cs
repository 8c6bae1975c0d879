namespace IuCutter.Packager;

/// <summary>Where this user's files lie, by the XDG Base Directory Specification.</summary>
internal static class UserFolders
{
    /// <summary>What may be removed at any time: XDG_CACHE_HOME, else ~/.cache. Null where the user has no home.</summary>
    public static string? Cache(Surroundings here) => Of(here, "XDG_CACHE_HOME", ".cache");

    /// <summary>What must stay: XDG_STATE_HOME, else ~/.local/state. Null where the user has no home.</summary>
    public static string? State(Surroundings here) => Of(here, "XDG_STATE_HOME", Path.Combine(".local", "state"));

    private static string? Of(Surroundings here, string variable, string inHome)
    {
        if (here.Variable(variable) is { Length: > 0 } named && Path.IsPathRooted(named))
        {
            return Path.Combine(named, "iucutter");
        }

        return here.Variable("HOME") is { Length: > 0 } home && Path.IsPathRooted(home) ? Path.Combine(home, inHome, "iucutter") : null;
    }
}
