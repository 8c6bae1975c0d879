using System.Text;
using IuCutter.Agent.Posix;

namespace IuCutter.Agent.Serving;

/// <summary>A file that the target's operator gives the agent, and by which it is held to something: nobody else may be able to write it.</summary>
internal static class OperatorFile
{
    private const uint OthersWrite = 0x12;
    private const uint Sticky = 0x200;
    private const int MostBytes = 256 * 1024;

    /// <param name="what">What the file is, for people.</param>
    /// <param name="option">The option that names it.</param>
    /// <exception cref="RefusalException">It is not there, or others may write it.</exception>
    public static byte[] Read(string path, string what, string option)
    {
        try
        {
            if (!File.Exists(path))
            {
                throw new RefusalException(RefusalCode.TargetFault, $"there is no {what} at {path}", $"write it, or name another with {option}");
            }

            var real = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
            var folder = Path.GetDirectoryName(real)!;
            using var directory = DirectoryHandle.Open(Path.GetFullPath(new DirectoryInfo(folder).ResolveLinkTarget(true)?.FullName ?? folder));
            Refuse(folder, directory.OwnStatus(), what);
            var name = Encoding.UTF8.GetBytes(Path.GetFileName(real));
            if (directory.Status(name) is not { Kind: NodeKind.File } status)
            {
                throw new RefusalException(RefusalCode.TargetFault, $"{path} is no regular file, so no {what}", $"write one, or name another with {option}");
            }

            Refuse(real, status, what);
            using var file = directory.OpenRead(name);
            var bytes = new byte[Math.Min(RandomAccess.GetLength(file), MostBytes + 1)];
            return bytes[..RandomAccess.Read(file, bytes, 0)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RefusalException(RefusalCode.TargetFault, $"the {what} {path} cannot be read: {e.Message}", $"make it readable for {Environment.UserName}, or name another with {option}");
        }
    }

    private static void Refuse(string path, NodeStatus status, string what)
    {
        // In a sticky directory, such as /tmp, others may write, but not replace what is not theirs.
        var isShared = (status.Mode & OthersWrite) != 0 && !(status.Kind == NodeKind.Directory && (status.Mode & Sticky) != 0);
        if (isShared || (status.User != Libc.EffectiveUser() && status.User != 0))
        {
            throw new RefusalException(
                RefusalCode.TargetFault,
                $"others may write {path} (mode {Convert.ToString((int)status.Mode, 8)}, owner {status.User}), and with it the {what}",
                $"`chown {Environment.UserName} {path} && chmod go-w {path}`");
        }
    }
}
