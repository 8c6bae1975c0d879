using System.Runtime.InteropServices;

namespace IuCutter.Commands;

/// <summary>
/// The host's named Unix sockets, by proc(5), net/unix. A file system that is mounted read-only keeps nobody from connecting to a socket in it, and a
/// network namespace of one's own only hides those without a name.
/// </summary>
internal static unsafe partial class HostSockets
{
    private const string Table = "/proc/net/unix";
    private const int FieldsBeforePath = 7;

    /// <summary>Where they lie, through no link; those beneath the directories named are left out.</summary>
    public static IReadOnlyList<string> Outside(IReadOnlyCollection<string> directories)
    {
        try
        {
            return
            [
                .. File.ReadLines(Table).Select(PathOf).OfType<string>().Distinct(StringComparer.Ordinal)
                    .Select(Resolve).OfType<string>().Distinct(StringComparer.Ordinal)
                    .Where(path => !directories.Any(d => path.StartsWith(d.TrimEnd('/') + "/", StringComparison.Ordinal))),
            ];
        }
        catch (IOException)
        {
            return [];
        }
    }

    /// <summary>The rest of the line behind the seventh field; null where the socket has no name in the file system.</summary>
    private static string? PathOf(string line)
    {
        var at = 0;
        for (var field = 0; field < FieldsBeforePath; field++)
        {
            while (at < line.Length && line[at] == ' ')
            {
                at++;
            }

            while (at < line.Length && line[at] != ' ')
            {
                at++;
            }
        }

        return at + 1 < line.Length && line[at + 1] == '/' ? line[(at + 1)..] : null;
    }

    private static string? Resolve(string path)
    {
        var resolved = RealPath(path, 0);
        try
        {
            return resolved == 0 ? null : Marshal.PtrToStringUTF8(resolved);
        }
        finally
        {
            NativeMemory.Free((void*)resolved);
        }
    }

    [LibraryImport("libc", EntryPoint = "realpath", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint RealPath(string path, nint buffer);
}
