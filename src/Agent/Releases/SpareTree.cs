using IuCutter.Agent.Measuring;
using IuCutter.Agent.Posix;
using IuCutter.Manifests;

namespace IuCutter.Agent.Releases;

/// <summary>
/// Keeps of a spare's tree what a manifest wants at the same path, and removes the rest. A spare is believed in nothing: every file must be as staging itself
/// would have made it, and is read and hashed unless it was since it was made, and nobody has written to it after that.
/// </summary>
/// <param name="folder">The spare itself.</param>
/// <param name="tree">Its tree.</param>
/// <param name="files">Of that tree.</param>
/// <param name="manifest">What is wanted.</param>
/// <param name="marks">Are told of each file that is right.</param>
/// <param name="read">Which of the manifest's files were read as they lie in the spare; null where that is not known.</param>
internal sealed class SpareTree(DirectoryHandle folder, DirectoryHandle tree, TreeFiles files, Manifest manifest, TreeMarks marks, TreeMarks? read)
{
    private readonly bool[] _inPlace = new bool[manifest.Entries.Count];
    private readonly List<int> _toRead = [];
    private readonly uint _owner = Libc.EffectiveUser();
    private readonly uint _group = Libc.EffectiveGroup();
    private int _untouched;

    /// <summary>For each entry of the manifest whether it lies there.</summary>
    public IReadOnlyList<bool> InPlace => _inPlace;

    /// <summary>How many of the files were not read now, because nobody has written to them since they were.</summary>
    public int Untouched => _untouched;

    /// <summary>The manifest's folders that lie there, bytes as Latin-1.</summary>
    public HashSet<string> Folders { get; } = new(StringComparer.Ordinal);

    /// <exception cref="IOException">A folder is not as it was made, cannot be listed, or what is not wanted cannot be removed: then nothing of it is of use.</exception>
    public void Keep(CancellationToken cancellationToken)
    {
        MustBeAsMade(folder.OwnStatus(), ".");
        foreach (var name in folder.List().Where(n => !n.AsSpan().SequenceEqual("tree"u8)))
        {
            folder.RemoveTree(name);
        }

        foreach (var (path, toRead) in TreeWalk.Directories(tree, manifest, askAll: read is not null, Keep, cancellationToken))
        {
            Folders.Add(path);
            _toRead.AddRange(toRead);
        }

        _toRead.Sort();
        AllCores.ForFiles(
            _toRead.Count,
            i => ContentOf(_toRead[i]).Size,
            i =>
            {
                var number = _toRead[i];
                _inPlace[number] = IsWanted(number);
                if (!_inPlace[number])
                {
                    tree.Remove(manifest.PathBytesOf(number));
                }
            },
            cancellationToken);
    }

    private void MustBeAsMade(NodeStatus own, string name)
    {
        if (own.Mode != TreeWalk.FolderMode || own.User != _owner || own.Group != _group)
        {
            throw new IOException($"somebody has changed its folder {name}");
        }
    }

    /// <returns>Its path, and the files that have to be read.</returns>
    private (string Path, List<int> ToRead) Keep(DirectoryReading reading)
    {
        List<int> toRead = [.. reading.ToRead];
        MustBeAsMade(reading.Own, "tree/" + reading.Path);
        foreach (var (path, _) in reading.Extra)
        {
            tree.RemoveTree(TreePath.FromRaw(path).ToBytes());
        }

        foreach (var (number, status, link) in reading.Entries)
        {
            if (status is { Kind: NodeKind.File } file)
            {
                if (!IsUntouched(number, file))
                {
                    toRead.Add(number);
                }
            }
            else if (manifest.KindOf(number) == EntryKind.Link && link == ContentOf(number).Digest)
            {
                _inPlace[number] = true;
            }
            else
            {
                tree.RemoveTree(manifest.PathBytesOf(number));
            }
        }

        return (reading.Path, toRead);
    }

    private bool IsUntouched(int number, NodeStatus file)
    {
        if (read?.IsAsSeen(number, file) is not true || !IsAsMade(file, manifest.KindOf(number), ContentOf(number).Size))
        {
            return false;
        }

        _inPlace[number] = true;
        marks.Take(read, number);
        Interlocked.Increment(ref _untouched);
        return true;
    }

    private bool IsWanted(int number)
    {
        var content = ContentOf(number);
        try
        {
            using var file = files.OpenRead(manifest.PathBytesOf(number));
            var askedAt = marks.Now;
            var status = DirectoryHandle.StatusOf(file);
            var isWanted = IsAsMade(status, manifest.KindOf(number), content.Size) && ContentDigest.Of(file, out _, content.Size) == content.Digest;
            if (isWanted)
            {
                marks.Note(number, status, askedAt);
            }

            return isWanted;
        }
        catch (PosixException)
        {
            // What cannot be read is made anew.
            return false;
        }
    }

    private bool IsAsMade(NodeStatus status, EntryKind kind, long size) =>
        status is { Kind: NodeKind.File, Names: 1 } && status.User == _owner && status.Group == _group && status.Size == size
        && kind != EntryKind.Link && status.Mode == ContentCopy.ModeOf(kind);

    private ManifestContent ContentOf(int number) => manifest.DistinctContents[manifest.ContentOf(number)];
}
