namespace IuCutter.Packager;

/// <summary>Where this user's caches lie: XDG_CACHE_HOME, else ~/.cache (XDG Base Directory Specification).</summary>
internal static class CacheFolder
{
    /// <summary>Null where the user has no home.</summary>
    public static string? Of(Surroundings here)
    {
        if (here.Variable("XDG_CACHE_HOME") is { Length: > 0 } named && Path.IsPathRooted(named))
        {
            return Path.Combine(named, "iucutter");
        }

        return here.Variable("HOME") is { Length: > 0 } home && Path.IsPathRooted(home) ? Path.Combine(home, ".cache", "iucutter") : null;
    }
}
