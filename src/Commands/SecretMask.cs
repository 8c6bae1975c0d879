using System.Text;

namespace IuCutter.Commands;

/// <summary>
/// Replaces secret values in a stream of bytes, in each of their <see cref="SecretForms"/>, with the blanks around them and without, wherever the pieces of the
/// stream are cut.
/// </summary>
internal sealed class SecretMask
{
    private const int ShortestSecret = 4;
    private static readonly byte[] Replacement = "***"u8.ToArray();

    private readonly byte[][] _patterns;
    private readonly int _overlap;
    private byte[] _held = [];

    public SecretMask(IEnumerable<string> secrets)
    {
        _patterns = [.. secrets.Where(s => s.Trim().Length >= ShortestSecret).SelectMany(Forms).Distinct(StringComparer.Ordinal)
            .OrderByDescending(p => p.Length).Select(Encoding.UTF8.GetBytes)];
        _overlap = _patterns.Length == 0 ? 0 : _patterns.Max(p => p.Length) - 1;
    }

    /// <summary>False for a value that is left as it is: what is so short would mask half of any output, and could still be guessed from the rest.</summary>
    public static bool Masks(string secret) => secret.Length == 0 || secret.Trim().Length >= ShortestSecret;

    /// <summary>Passes on what can be passed on; the rest waits for what follows it.</summary>
    public void Write(ReadOnlySpan<byte> bytes, bool isLast, Action<ReadOnlyMemory<byte>> pass)
    {
        if (_patterns.Length == 0)
        {
            pass(bytes.ToArray());
            return;
        }

        byte[] window = [.. _held, .. bytes];
        var safe = isLast ? window.Length : Math.Max(0, window.Length - _overlap);
        var at = 0;
        while (at < safe && Next(window.AsSpan(at)) is { Length: > 0 } match)
        {
            if (at + match.At >= safe)
            {
                break;
            }

            pass(window.AsMemory(at, match.At));
            pass(Replacement);
            at += match.At + match.Length;
        }

        if (at < safe)
        {
            pass(window.AsMemory(at, safe - at));
            at = safe;
        }

        _held = window[at..];
    }

    private static IEnumerable<string> Forms(string secret) => ((string[])[secret, secret.Trim()]).Distinct(StringComparer.Ordinal).SelectMany(SecretForms.Of);

    private (int At, int Length) Next(ReadOnlySpan<byte> window)
    {
        var (first, length) = (int.MaxValue, 0);
        foreach (var pattern in _patterns)
        {
            var at = window.IndexOf(pattern);
            if (at >= 0 && at < first)
            {
                (first, length) = (at, pattern.Length);
            }
        }

        return (first, length);
    }
}
