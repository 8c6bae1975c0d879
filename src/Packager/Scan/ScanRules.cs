namespace IuCutter.Packager.Scan;

/// <summary>What a payload's own configuration forbids beyond the built-in rules, and what it allows in spite of all of them.</summary>
/// <param name="ForbiddenPaths">Globs as in .gitignore, matched on the bytes of the path: one without '/' matches at any depth, a folder's match covers all below it.</param>
/// <param name="ForbiddenTexts">Literal texts (UTF-8) that no file may hold. A hit names the text by its number, never by its value.</param>
/// <param name="Allowed">Globs of paths that are exempt, or <c>rule:glob</c> for one rule only (see <see cref="ScanRule"/>).</param>
public sealed record ScanRules(IReadOnlyList<string> ForbiddenPaths, IReadOnlyList<string> ForbiddenTexts, IReadOnlyList<string> Allowed)
{
    /// <summary>The built-in rules alone.</summary>
    public static ScanRules BuiltIn { get; } = new([], [], []);
}
