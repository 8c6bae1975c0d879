using System.Text;
using IuCutter.Agent.Posix;
using IuCutter.Manifests;

namespace IuCutter.Agent.Releases;

/// <summary>
/// Looks through what commands have left in a release beside its own files for what would endanger the host: programs that run as their owner, and
/// what everybody may write to.
/// </summary>
internal sealed class LeftBehind(DirectoryHandle tree)
{
    private const int MostNamed = 20;
    private const uint RunsAsOwner = 0xC00;
    private const uint WritableByAll = 0x02;
    private const uint Sticky = 0x200;

    // Longer paths than the kernel takes cannot be looked at (limits.h, PATH_MAX).
    private const int LongestPath = 4000;

    private readonly List<string> _dangers = [];

    public IReadOnlyList<string> Dangers => _dangers;

    public void Look(string path, NodeStatus? status, CancellationToken cancellationToken)
    {
        var folders = new Stack<string>();
        Judge(path, status, folders);
        while (folders.TryPop(out var folder) && _dangers.Count < MostNamed)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (folder.Length > LongestPath)
            {
                _dangers.Add($"{Text(folder)[..60]}… lies too deep to be looked at");
                return;
            }

            Look(folder, folders);
        }
    }

    private void Look(string folder, Stack<string> folders)
    {
        try
        {
            using var directory = tree.OpenDirectory(Encoding.Latin1.GetBytes(folder));
            foreach (var name in directory.List())
            {
                Judge(folder + "/" + Encoding.Latin1.GetString(name), directory.Status(name), folders);
            }
        }
        catch (PosixException e)
        {
            _dangers.Add($"{Text(folder)} cannot be looked into: {e.Message}");
        }
    }

    private void Judge(string path, NodeStatus? status, Stack<string> folders)
    {
        var forbidden = status switch
        {
            { Kind: NodeKind.File } => RunsAsOwner | WritableByAll,
            { Kind: NodeKind.Directory, Mode: var mode } => (mode & Sticky) == 0 ? WritableByAll : 0,
            _ => 0u,
        };
        if (status is { } seen && (seen.Mode & forbidden) != 0)
        {
            _dangers.Add($"{Text(path)} was left with the mode {Convert.ToString((int)seen.Mode, 8)}");
        }

        if (status is { Kind: NodeKind.Directory })
        {
            folders.Push(path);
        }
    }

    private static string Text(string path) => TreePath.FromRaw(path).ToString();
}
