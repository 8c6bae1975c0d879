using IuCutter.Agent.Posix;

namespace IuCutter.Agent.Serving;

/// <summary>Sees that nobody but the agent's user and root can put another directory in a place's stead, by a link or by renaming one on the way to it.</summary>
internal static class SafePath
{
    private const uint GroupWrites = 0x10;
    private const uint OthersWrite = 0x02;
    private const uint Sticky = 0x200;

    /// <param name="path">Absolute; what does not exist yet is not looked at.</param>
    /// <param name="what">What lies there, for people.</param>
    /// <param name="option">The option that names it.</param>
    /// <exception cref="RefusalException">A link leads there, or others may write to the place or to a directory above it.</exception>
    public static void MustBe(string path, string what, string option)
    {
        for (var place = Path.TrimEndingDirectorySeparator(path); place is { Length: > 0 }; place = Path.GetDirectoryName(place))
        {
            if (new FileInfo(place).LinkTarget is not null)
            {
                var real = Directory.ResolveLinkTarget(place, returnFinalTarget: true)?.FullName ?? "(nowhere)";
                throw Refused($"{place}, on the way to the {what}, is a link to {real}: whoever may change it decides where releases lie", $"name the real path: {option} {real}{path[place.Length..]}");
            }

            if (Directory.Exists(place))
            {
                using var directory = DirectoryHandle.Open(place);
                Refuse(place, directory.OwnStatus(), isAbove: place.Length < path.Length, what);
            }
        }
    }

    /// <summary>In a sticky directory, such as /tmp, others may write, but not replace what is not theirs. A group of the agent's own is not others.</summary>
    private static void Refuse(string place, NodeStatus status, bool isAbove, string what)
    {
        var isSticky = isAbove && (status.Mode & Sticky) != 0;
        var isOpen = !isSticky && ((status.Mode & OthersWrite) != 0 || ((status.Mode & GroupWrites) != 0 && status.Group != Libc.EffectiveGroup() && status.Group != 0));
        if (isOpen || (status.User != Libc.EffectiveUser() && status.User != 0))
        {
            throw Refused(
                $"others may write to {place} (mode {Convert.ToString((int)status.Mode, 8)}, owner {status.User}, group {status.Group}), and with it put another {what} in its place",
                $"`chown {Environment.UserName} {place} && chmod go-w {place}`, or name another place");
        }
    }

    private static RefusalException Refused(string why, string next) => new(RefusalCode.TargetFault, why, next);
}
