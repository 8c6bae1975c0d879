using System.Text;

namespace IuCutter.Manifests;

/// <summary>
/// A path inside a git tree: any bytes but NUL, components joined by '/'. Kept as a Latin-1 string, one char a byte, so that order, equality
/// and hashing are the bytes' own. A value made by <see cref="FromBytes"/> may still be unacceptable: <see cref="Refusal"/> says.
/// </summary>
public readonly struct TreePath : IEquatable<TreePath>, IComparable<TreePath>
{
    private const int LongestComponent = 255;
    private const int LongestPath = 4095;

    private readonly string? _raw;

    private TreePath(string raw)
    {
        _raw = raw;
    }

    /// <summary>One char a byte: for keys and for writing out, never for people.</summary>
    public string Raw => _raw ?? "";

    public static TreePath FromBytes(ReadOnlySpan<byte> bytes) => new(Encoding.Latin1.GetString(bytes));

    /// <param name="raw">One char a byte, as <see cref="Raw"/> gives it.</param>
    public static TreePath FromRaw(string raw) => new(raw);

    /// <summary>Null when the path may be in a release, else why not.</summary>
    public static string? Refusal(ReadOnlySpan<byte> path)
    {
        if (path.IsEmpty)
        {
            return "the path is empty";
        }

        if (path.Length > LongestPath)
        {
            return $"the path is longer than {LongestPath} bytes";
        }

        if (path[0] == '/')
        {
            return "the path is absolute";
        }

        if (path.Contains((byte)0))
        {
            return "the path holds a NUL byte";
        }

        while (true)
        {
            var slash = path.IndexOf((byte)'/');
            var why = ComponentRefusal(slash < 0 ? path : path[..slash]);
            if (why != null || slash < 0)
            {
                return why;
            }

            path = path[(slash + 1)..];
        }
    }

    public static bool operator ==(TreePath left, TreePath right) => left.Equals(right);

    public static bool operator !=(TreePath left, TreePath right) => !left.Equals(right);

    public static bool operator <(TreePath left, TreePath right) => left.CompareTo(right) < 0;

    public static bool operator <=(TreePath left, TreePath right) => left.CompareTo(right) <= 0;

    public static bool operator >(TreePath left, TreePath right) => left.CompareTo(right) > 0;

    public static bool operator >=(TreePath left, TreePath right) => left.CompareTo(right) >= 0;

    public byte[] ToBytes() => Encoding.Latin1.GetBytes(Raw);

    public bool Equals(TreePath other) => string.Equals(Raw, other.Raw, StringComparison.Ordinal);

    public override bool Equals(object? obj) => obj is TreePath other && Equals(other);

    public override int GetHashCode() => Raw.GetHashCode(StringComparison.Ordinal);

    public int CompareTo(TreePath other) => string.CompareOrdinal(Raw, other.Raw);

    /// <summary>
    /// For people: UTF-8, with every byte escaped as \xHH that is not valid or whose character would act on a terminal or hide
    /// (control, format and bidirectional characters, line separators); a backslash is doubled, so that no two paths look alike by that.
    /// </summary>
    public override string ToString()
    {
        if (Raw.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0 && !Raw.Contains('\\', StringComparison.Ordinal))
        {
            return Raw;
        }

        var text = new StringBuilder(Raw.Length + 16);
        Span<char> utf16 = stackalloc char[2];
        for (ReadOnlySpan<byte> rest = ToBytes(); !rest.IsEmpty;)
        {
            var valid = Rune.DecodeFromUtf8(rest, out var rune, out var length) == System.Buffers.OperationStatus.Done;
            if (valid && rune.Value == '\\')
            {
                text.Append(@"\\");
            }
            else if (valid && IsPlain(rune))
            {
                text.Append(utf16[..rune.EncodeToUtf16(utf16)]);
            }
            else
            {
                AppendEscaped(text, rest[..length]);
            }

            rest = rest[length..];
        }

        return text.ToString();
    }

    private static bool IsPlain(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        System.Globalization.UnicodeCategory.Control or
        System.Globalization.UnicodeCategory.Format or
        System.Globalization.UnicodeCategory.LineSeparator or
        System.Globalization.UnicodeCategory.ParagraphSeparator or
        System.Globalization.UnicodeCategory.PrivateUse or
        System.Globalization.UnicodeCategory.OtherNotAssigned);

    private static void AppendEscaped(StringBuilder text, ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
        {
            text.Append(@"\x").Append(Convert.ToHexString([value]));
        }
    }

    private static string? ComponentRefusal(ReadOnlySpan<byte> component) => component switch
    {
        [] => "the path has an empty component",
        [(byte)'.'] or [(byte)'.', (byte)'.'] => "the path has a '.' or '..' component",
        { Length: > LongestComponent } => $"a component is longer than {LongestComponent} bytes",
        _ when MayBeDotGit(component[0]) && IsDotGit(component) => "the path has a '.git' component, or one that some file system takes for it",
        _ => null,
    };

    // All spellings begin with a dot, with a g, or with the first byte of a code point that is ignored.
    private static bool MayBeDotGit(byte first) => first is (byte)'.' or (byte)'g' or (byte)'G' or 0xE2 or 0xEF;

    // The spellings that git itself protects from (core.protectHFS, core.protectNTFS): case, code points that HFS+ ignores,
    // the short name git~1, and the trailing dots, spaces and stream names that NTFS drops.
    private static bool IsDotGit(ReadOnlySpan<byte> component)
    {
        Span<byte> folded = stackalloc byte[6];
        var length = 0;
        while (!component.IsEmpty)
        {
            if (IgnoredLength(component) is var skip and > 0)
            {
                component = component[skip..];
                continue;
            }

            if (length >= 4 && IsDotGitStem(folded[..length]) && component[0] is (byte)' ' or (byte)'.' or (byte)':')
            {
                return IsDroppedTail(component);
            }

            if (length == folded.Length)
            {
                return false;
            }

            folded[length++] = component[0] is >= (byte)'A' and <= (byte)'Z' ? (byte)(component[0] | 0x20) : component[0];
            component = component[1..];
        }

        return IsDotGitStem(folded[..length]);
    }

    private static bool IsDotGitStem(ReadOnlySpan<byte> folded) => folded.SequenceEqual(".git"u8) || folded.SequenceEqual("git~1"u8);

    private static bool IsDroppedTail(ReadOnlySpan<byte> tail)
    {
        var rest = tail.TrimStart(" ."u8);
        return rest.IsEmpty || rest[0] == ':';
    }

    // U+200C..U+200F, U+202A..U+202E, U+206A..U+206F and U+FEFF in UTF-8.
    private static int IgnoredLength(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [0xE2, 0x80, >= 0x8C and <= 0x8F, ..] => 3,
        [0xE2, 0x80, >= 0xAA and <= 0xAE, ..] => 3,
        [0xE2, 0x81, >= 0xAA and <= 0xAF, ..] => 3,
        [0xEF, 0xBB, 0xBF, ..] => 3,
        _ => 0,
    };
}
