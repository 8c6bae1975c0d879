using IuCutter.Manifests;

namespace IuCutter.Packager.Source;

/// <summary>Entries of a commit that cannot be released, collected so that all of them are named at once.</summary>
internal sealed class UnfitEntries
{
    private const int PointerLimit = 1024;

    private readonly List<string> _pointers = [];
    private readonly List<string> _links = [];

    private static ReadOnlySpan<byte> PointerMark => "version https://git-lfs.github.com/spec/v1"u8;

    /// <summary>Whether the content that was looked at last is a git-lfs pointer in place of the file itself.</summary>
    public bool IsLastPointer { get; private set; }

    /// <summary>Looks at a file's content. True: it is such a pointer, and its path is to be added; of the many that are none no path has to be made.</summary>
    public bool TakePointer(long size, ReadOnlySpan<byte> begin) => IsLastPointer = size < PointerLimit && begin.StartsWith(PointerMark);

    public void AddPointer(TreePath path) => _pointers.Add($"'{path}'");

    /// <summary>Whether a link's target is one that no target can hold.</summary>
    public bool TakeLink(TreePath path, ReadOnlySpan<byte> target)
    {
        var isUnfit = target.IsEmpty || target.Contains((byte)0);
        if (isUnfit)
        {
            _links.Add($"'{path}'");
        }

        return isUnfit;
    }

    /// <exception cref="SourceException">LFS_POINTERS or UNSAFE_LINKS, where there were some.</exception>
    public void ThrowIfAny()
    {
        if (_pointers.Count > 0)
        {
            throw new SourceException(
                SourceCodes.LfsPointers,
                $"The commit holds {_pointers.Count} git-lfs pointers in place of the files themselves: {SourceException.List(_pointers)}.",
                "Commit the files without git-lfs ('git lfs migrate export').");
        }

        if (_links.Count > 0)
        {
            throw new SourceException(
                SourceCodes.UnsafeLinks, $"The commit holds {_links.Count} links that no target can hold: {SourceException.List(_links)}.", "Mend or remove them, and commit.");
        }
    }
}
