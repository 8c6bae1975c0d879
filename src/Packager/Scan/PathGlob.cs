using System.Text;
using IuCutter.Manifests;

namespace IuCutter.Packager.Scan;

/// <summary>
/// One pattern of .gitignore's kind, matched on bytes as git does: '*' and '?' stay inside a component, '**' spans components, [..] is a set,
/// a backslash takes the next character literally. With no '/' but at its end it matches at any depth; what matches a folder covers all below.
/// </summary>
internal sealed class PathGlob
{
    private readonly string[] _components;
    private readonly bool _isFolderOnly;

    /// <exception cref="ArgumentException">The pattern is empty or negated.</exception>
    public PathGlob(string pattern)
    {
        var bytes = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(pattern));
        _isFolderOnly = bytes.EndsWith('/');
        bytes = _isFolderOnly ? bytes[..^1] : bytes;
        var isAnchored = bytes.Contains('/', StringComparison.Ordinal);
        bytes = bytes.StartsWith('/') ? bytes[1..] : bytes;
        if (bytes.Length == 0 || bytes[0] == '!')
        {
            throw new ArgumentException($"The pattern '{pattern}' matches nothing: write a path or a glob, with no '!'.", nameof(pattern));
        }

        _components = isAnchored ? bytes.Split('/') : ["**", bytes];
    }

    public bool Matches(TreePath path)
    {
        var components = path.Raw.Split('/');
        for (var depth = 1; depth <= components.Length; depth++)
        {
            if ((depth < components.Length || !_isFolderOnly) && MatchesAll(components.AsSpan(0, depth)))
            {
                return true;
            }
        }

        return false;
    }

    // Greedy with one way back: to the last '**', which then takes one component more.
    private bool MatchesAll(ReadOnlySpan<string> path)
    {
        int p = 0, c = 0, star = -1, starTook = 0;
        while (c < path.Length)
        {
            if (p < _components.Length && _components[p] == "**")
            {
                star = p++;
                starTook = c;
            }
            else if (p < _components.Length && MatchesOne(_components[p], path[c]))
            {
                p++;
                c++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                c = ++starTook;
            }
            else
            {
                return false;
            }
        }

        return p == _components.Length;
    }

    private static bool MatchesOne(ReadOnlySpan<char> glob, ReadOnlySpan<char> text)
    {
        int g = 0, t = 0, star = -1, starTook = 0;
        while (t < text.Length)
        {
            if (g < glob.Length && glob[g] == '*')
            {
                star = g++;
                starTook = t;
            }
            else if (g < glob.Length && MatchesChar(glob[g..], text[t], out var used))
            {
                g += used;
                t++;
            }
            else if (star >= 0)
            {
                g = star + 1;
                t = ++starTook;
            }
            else
            {
                return false;
            }
        }

        return !glob[g..].ContainsAnyExcept('*');
    }

    private static bool MatchesChar(ReadOnlySpan<char> glob, char value, out int used)
    {
        used = 1;
        switch (glob[0])
        {
            case '?':
                return true;
            case '\\' when glob.Length > 1:
                used = 2;
                return glob[1] == value;
            case '[' when glob.Length > 2 && glob[2..].IndexOf(']') is var end and >= 0:
                used = end + 3;
                return MatchesSet(glob[1..(end + 2)], value);
            default:
                return glob[0] == value;
        }
    }

    private static bool MatchesSet(ReadOnlySpan<char> set, char value)
    {
        var isNegated = set[0] is '!' or '^';
        set = set[(isNegated ? 1 : 0)..];
        var isIn = false;
        for (var i = 0; i < set.Length; i++)
        {
            if (i + 2 < set.Length && set[i + 1] == '-')
            {
                isIn |= value >= set[i] && value <= set[i + 2];
                i += 2;
            }
            else
            {
                isIn |= value == set[i];
            }
        }

        return isIn != isNegated;
    }
}
