using System.Globalization;
using IuCutter.Manifests;

namespace IuCutter.Packager.Source;

/// <summary>
/// How the work tree differs from its HEAD: never what is released, only what people should know. At most 100 paths are named.
/// </summary>
public sealed record WorkTreeState(IReadOnlyList<TreePath> DirtyPaths, int DirtyCount)
{
    public bool IsClean => DirtyCount == 0;

    /// <summary>What people are told of an unclean one.</summary>
    public string Sentence => DirtyCount == 1
        ? $"1 path not committed, so not released: {DirtyPaths[0]}"
        : string.Create(CultureInfo.InvariantCulture, $"{DirtyCount} paths not committed, so not released; the first is {DirtyPaths[0]}");
}
