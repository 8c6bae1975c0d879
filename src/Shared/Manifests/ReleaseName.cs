using System.Text;

namespace IuCutter.Manifests;

/// <summary>A payload's name as it stands in release ids and directory names: <c>[a-z0-9][a-z0-9._-]{0,63}</c>.</summary>
public static class ReleaseName
{
    private const int Longest = 64;

    public static bool IsValid(string name) => Refusal(name) == null;

    /// <summary>Null when the name is valid, else why it is not. Names are refused, never mended.</summary>
    public static string? Refusal(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name switch
        {
            "" => "the name is empty",
            { Length: > Longest } => $"the name is longer than {Longest} characters",
            _ when !char.IsAsciiLetterLower(name[0]) && !char.IsAsciiDigit(name[0]) => "the name must begin with one of a-z, 0-9",
            _ when !name.All(IsNameChar) => "the name may hold only a-z, 0-9, '.', '_' and '-'",
            _ => null,
        };
    }

    /// <summary>The name that a repository's folder or address suggests: <c>git@host:Team/My App.git</c> gives <c>my-app</c>.</summary>
    public static string FromRepository(string addressOrPath)
    {
        ArgumentNullException.ThrowIfNull(addressOrPath);
        var last = addressOrPath.TrimEnd('/', '\\');
        last = last.EndsWith("/.git", StringComparison.Ordinal) ? last[..^5] : last;
        last = last[(last.LastIndexOfAny(['/', '\\', ':']) + 1)..];
        last = last.EndsWith(".git", StringComparison.OrdinalIgnoreCase) ? last[..^4] : last;

        var slug = new StringBuilder(last.Length);
        foreach (var c in last.ToLowerInvariant())
        {
            if (IsNameChar(c))
            {
                slug.Append(c);
            }
            else if (slug.Length > 0 && slug[^1] != '-')
            {
                slug.Append('-');
            }
        }

        var name = slug.ToString().TrimStart('.', '_', '-');
        name = (name.Length > Longest ? name[..Longest] : name).TrimEnd('.', '_', '-');
        return name.Length == 0 ? "payload" : name;
    }

    private static bool IsNameChar(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '_' or '-';
}
