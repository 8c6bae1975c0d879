using IuCutter.Manifests;

namespace IuCutter.Packager.Source;

/// <summary>
/// How the work tree differs from its HEAD: never what is released, only what people should know. At most 100 paths are named.
/// </summary>
public sealed record WorkTreeState(IReadOnlyList<TreePath> DirtyPaths, int DirtyCount)
{
    public bool IsClean => DirtyCount == 0;
}
