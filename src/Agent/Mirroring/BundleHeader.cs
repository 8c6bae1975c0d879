using System.Text;
using IuCutter.Digests;

namespace IuCutter.Agent.Mirroring;

/// <summary>
/// What a git bundle says before its pack (gitformat-bundle): <c># v2 git bundle</c> or <c># v3 git bundle</c>, capabilities <c>@name=value</c>,
/// prerequisites <c>-commit comment</c>, refs <c>commit name</c>, and an empty line.
/// </summary>
/// <param name="Prerequisites">The commits that it builds on.</param>
/// <param name="Commits">The objects that its refs name, each once.</param>
/// <param name="Length">Where the pack begins, in bytes.</param>
public sealed record BundleHeader(IReadOnlyList<string> Prerequisites, IReadOnlyList<string> Commits, int Length)
{
    /// <summary>A header is a few lines; a history with thousands of open ends still fits.</summary>
    public const int MostBytes = 1 << 20;

    /// <param name="begin">The bundle's first bytes, all of the header among them.</param>
    /// <param name="idLength">The hex digits of an object id in this repository.</param>
    /// <exception cref="FormatException">They are no header, or ask for what is not understood.</exception>
    public static BundleHeader Parse(ReadOnlySpan<byte> begin, int idLength)
    {
        var (prerequisites, commits) = (new List<string>(), new List<string>());
        var (at, version) = (0, 0);
        while (begin[at..].IndexOf((byte)'\n') is var end and >= 0)
        {
            var line = Encoding.UTF8.GetString(begin.Slice(at, end));
            at += end + 1;
            if (version == 0)
            {
                version = line switch { "# v2 git bundle" => 2, "# v3 git bundle" => 3, _ => throw new FormatException("it does not begin as a git bundle") };
            }
            else if (line.Length == 0)
            {
                return new BundleHeader(prerequisites, [.. commits.Distinct(StringComparer.Ordinal)], at);
            }
            else if (line[0] == '@')
            {
                Take(line, version, idLength);
            }
            else
            {
                (line[0] == '-' ? prerequisites : commits).Add(Id(line.AsSpan(line[0] == '-' ? 1 : 0), idLength));
            }
        }

        throw new FormatException("its header has no end");
    }

    private static void Take(string capability, int version, int idLength)
    {
        if (version < 3 || capability != $"@object-format={(idLength == 64 ? "sha256" : "sha1")}")
        {
            throw new FormatException($"it asks for '{capability[..Math.Min(capability.Length, 80)]}', which is not understood here");
        }
    }

    private static string Id(ReadOnlySpan<char> line, int length)
    {
        var id = line[..Math.Min(length, line.Length)];
        var isWhole = id.Length == length && (line.Length == length || line[length] == ' ') && LowerHex.Is(id);
        return isWhole ? id.ToString() : throw new FormatException($"a line of its header has no object id of {length} digits");
    }
}
