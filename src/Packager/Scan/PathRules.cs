using IuCutter.Manifests;

namespace IuCutter.Packager.Scan;

/// <summary>The built-in rules that a path alone decides.</summary>
internal static class PathRules
{
    private static readonly string[] EnvSamples = [".env.example", ".env.sample", ".env.template"];
    private static readonly string[] KeyNames = ["id_rsa", "id_dsa", "id_ecdsa", "id_ed25519"];
    private static readonly string[] KeyEndings = [".pem", ".key", ".p12", ".pfx", ".jks"];
    private static readonly string[] LitterNames = [".DS_Store", "Thumbs.db", "ehthumbs.db", "desktop.ini"];
    private static readonly string[] LitterEndings = ["~", ".swp", ".swo", ".idea/workspace.xml", ".idea/tasks.xml", ".idea/usage.statistics.xml"];

    /// <summary>The first rule that the path breaks, or null.</summary>
    public static string? Broken(TreePath path)
    {
        var raw = path.Raw;
        var name = raw.AsSpan(raw.LastIndexOf('/') + 1);
        if (HasFolder(raw, ".git") || name.Equals(".git", StringComparison.OrdinalIgnoreCase))
        {
            return ScanRule.GitFolder;
        }

        if (name.Equals(".env", StringComparison.OrdinalIgnoreCase)
            || (name.StartsWith(".env.", StringComparison.OrdinalIgnoreCase) && !IsOneOf(name, EnvSamples)))
        {
            return ScanRule.EnvFile;
        }

        if (IsOneOf(name, KeyNames) || EndsWithOneOf(name, KeyEndings))
        {
            return ScanRule.KeyFile;
        }

        if (HasFolder(raw, "__pycache__") || EndsWithOneOf(name, [".pyc", ".pyo"]))
        {
            return ScanRule.PythonCache;
        }

        return IsOneOf(name, LitterNames) || EndsWithOneOf(raw, LitterEndings) ? ScanRule.Litter : null;
    }

    private static bool HasFolder(string path, string folder)
    {
        for (var at = 0; (at = path.IndexOf(folder, at, StringComparison.OrdinalIgnoreCase)) >= 0; at++)
        {
            var end = at + folder.Length;
            if ((at == 0 || path[at - 1] == '/') && end < path.Length && path[end] == '/')
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsOneOf(ReadOnlySpan<char> name, ReadOnlySpan<string> names)
    {
        foreach (var known in names)
        {
            if (name.Equals(known, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private static bool EndsWithOneOf(ReadOnlySpan<char> path, ReadOnlySpan<string> endings)
    {
        foreach (var ending in endings)
        {
            if (path.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
