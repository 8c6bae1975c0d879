namespace IuCutter.Manifests;

/// <summary>
/// Sees paths one after another and finds the first that does not stand after the one before it, or lies below one that is no folder.
/// </summary>
internal ref struct PathOrder
{
    public const int LongestPath = 4095;
    public const int LongestEscaped = 2 * LongestPath;

    private readonly byte[] _last = new byte[LongestEscaped];

    // All paths that begin with P stand together, right after P: those that the path at hand begins with, as their lengths ("a", "a-b", "a/c").
    private readonly Stack<int> _above = new();
    private int _lastLength;

    public PathOrder()
    {
    }

    public readonly TreePath Last => TreePath.FromBytes(_last.AsSpan(0, _lastLength));

    /// <summary>Null when the path may stand here; else what is wrong, and what belongs here.</summary>
    public (string What, string Want)? Refusal(scoped ReadOnlySpan<byte> path)
    {
        var last = _last.AsSpan(0, _lastLength);
        if (_lastLength > 0 && last.SequenceCompareTo(path) >= 0)
        {
            return ($"'{TreePath.FromBytes(path)}' stands after '{Last}'", "each path once, sorted by bytes");
        }

        var shared = last.CommonPrefixLength(path);
        while (_above.TryPeek(out var length) && length > shared)
        {
            _above.Pop();
        }

        foreach (var length in _above)
        {
            if (path[length] == '/')
            {
                return ($"'{TreePath.FromBytes(path)}' lies below '{TreePath.FromBytes(path[..length])}', which is no folder", "a path that is a file or a folder");
            }
        }

        path.CopyTo(_last);
        _lastLength = path.Length;
        _above.Push(path.Length);
        return null;
    }
}
