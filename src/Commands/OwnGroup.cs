namespace IuCutter.Commands;

/// <summary>What is written before a command so that it runs in a session and process group of its own, which dies with us where the host can say so.</summary>
internal static class OwnGroup
{
    /// <param name="path">Where programs are looked for, beside the system's own places.</param>
    public static IEnumerable<string> Words(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return [];
        }

        path += ":/usr/bin:/bin";
        return SearchPath.Find("setsid", path) is not { } setsid ? []
            : SearchPath.Find("setpriv", path) is { } setpriv ? [setsid, setpriv, "--pdeathsig", "KILL"] : [setsid];
    }
}
