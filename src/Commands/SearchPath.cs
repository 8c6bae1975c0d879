namespace IuCutter.Commands;

/// <summary>Finds programs as a shell does.</summary>
public static class SearchPath
{
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>The first executable file of that name in the directories; null when there is none.</summary>
    /// <param name="path">Directories with colons between.</param>
    public static string? Find(string program, string path) => path
        .Split(':', StringSplitOptions.RemoveEmptyEntries)
        .Select(directory => Path.Combine(directory, program))
        .FirstOrDefault(IsExecutable);

    public static bool IsExecutable(string file) =>
        File.Exists(file)
        && (OperatingSystem.IsWindows()
            || (File.GetUnixFileMode(file) & AnyExecute) != UnixFileMode.None);
}
