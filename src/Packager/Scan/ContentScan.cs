using System.Buffers;
using System.Text;
using IuCutter.Manifests;

namespace IuCutter.Packager.Scan;

/// <summary>
/// The forbidden-content rules, made ready once and used for any number of scans. Bytes are widened to chars of the same value (Latin-1), for
/// the runtime has a vectorised search for many texts at once over chars only.
/// </summary>
public sealed class ContentScan
{
    private readonly PathGlob[] _forbiddenPaths;
    private readonly (string? Rule, PathGlob Glob)[] _allowed;
    private readonly string[] _texts;

    /// <exception cref="ArgumentException">A pattern or text is empty, or a pattern is negated.</exception>
    public ContentScan(ScanRules rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        _forbiddenPaths = [.. rules.ForbiddenPaths.Select(pattern => new PathGlob(pattern))];
        _allowed = [.. rules.Allowed.Select(Exemption)];
        _texts = [.. rules.ForbiddenTexts.Select(text => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text)))];
        if (_texts.Contains("", StringComparer.Ordinal))
        {
            throw new ArgumentException("A forbidden text is empty, so every file would hold it.", nameof(rules));
        }

        Marks = SearchValues.Create([.. TextRules.Marks, .. _texts], StringComparison.Ordinal);
        LongestText = _texts.Length == 0 ? 0 : _texts.Max(text => text.Length);
    }

    internal SearchValues<string> Marks { get; }

    internal int LongestText { get; }

    internal ReadOnlySpan<string> Texts => _texts;

    /// <summary>Starts a scan; its files are then opened, fed and closed one after the other.</summary>
    public FileScan Begin() => new(this);

    internal string? BrokenByPath(TreePath path)
    {
        if (PathRules.Broken(path) is { } rule && !IsAllowed(path, rule))
        {
            return rule;
        }

        var isForbidden = Array.Exists(_forbiddenPaths, glob => glob.Matches(path));
        return isForbidden && !IsAllowed(path, ScanRule.ForbiddenPath) ? ScanRule.ForbiddenPath : null;
    }

    internal bool IsAllowed(TreePath path, string rule) =>
        Array.Exists(_allowed, exemption => (exemption.Rule == null || exemption.Rule == rule) && exemption.Glob.Matches(path));

    // A path may hold a colon: only what names a rule is taken for one.
    private static (string? Rule, PathGlob Glob) Exemption(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && ScanRule.All.Contains(text[..colon], StringComparer.Ordinal)
            ? (text[..colon], new PathGlob(text[(colon + 1)..]))
            : (null, new PathGlob(text));
    }
}
