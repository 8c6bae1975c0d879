using System.Buffers;

namespace IuCutter.Manifests;

/// <summary>
/// How a manifest's bytes come out of an earlier one's: a push that changes thirty files of five thousand need not send the other lines again.
/// Whoever applies it holds the result against the sha256 that it must have; the edit itself is not believed.
/// </summary>
/// <param name="Steps">In threes: how many bytes of the text come next, where in the earlier manifest a run begins, and how many bytes it has.</param>
/// <param name="Text">What the earlier manifest lacks, in order.</param>
public sealed record ManifestEdit(IReadOnlyList<ulong> Steps, ReadOnlyMemory<byte> Text)
{
    private const int StepNumbers = 3;
    private const int FieldsBeforePath = 3;

    /// <summary>Of two manifests in canonical form. For any other texts it is correct too, and may be long.</summary>
    public static ManifestEdit Between(ReadOnlySpan<byte> earlier, ReadOnlySpan<byte> later)
    {
        var writer = new Writer();
        for (var at = 0; !later.IsEmpty;)
        {
            // Most of two manifests is the same, in long runs.
            var run = later[..earlier[at..].CommonPrefixLength(later)].LastIndexOf((byte)'\n') + 1;
            if (run > 0)
            {
                writer.Copy(at, run);
                at += run;
                later = later[run..];
                continue;
            }

            var line = LineOf(later);
            var path = PathOf(line);
            var old = LineOf(earlier[at..]);
            while (!old.IsEmpty && PathOf(old).SequenceCompareTo(path) < 0)
            {
                at += old.Length;
                old = LineOf(earlier[at..]);
            }

            if (old.SequenceEqual(line))
            {
                writer.Copy(at, line.Length);
                at += line.Length;
            }
            else
            {
                writer.Add(line);
            }

            later = later[line.Length..];
        }

        return writer.Finish();
    }

    /// <returns>The later manifest; null where the steps do not make just so many bytes.</returns>
    public byte[]? Apply(ReadOnlySpan<byte> earlier, long length)
    {
        if (!Makes(earlier.Length, length))
        {
            return null;
        }

        var (made, filled) = (FreshPages.Array<byte>(checked((int)length)), 0);
        var text = Text.Span;
        for (var i = 0; i < Steps.Count; i += StepNumbers)
        {
            text[..(int)Steps[i]].CopyTo(made.AsSpan(filled));
            filled += (int)Steps[i];
            text = text[(int)Steps[i]..];
            earlier.Slice((int)Steps[i + 1], (int)Steps[i + 2]).CopyTo(made.AsSpan(filled));
            filled += (int)Steps[i + 2];
        }

        return made;
    }

    private bool Makes(int earlier, long length)
    {
        var (made, text) = (0UL, (ulong)Text.Length);
        for (var i = 0; i + StepNumbers <= Steps.Count; i += StepNumbers)
        {
            var (fresh, from, run) = (Steps[i], Steps[i + 1], Steps[i + 2]);
            if (fresh > text || from > (ulong)earlier || run > (ulong)earlier - from)
            {
                return false;
            }

            (text, made) = (text - fresh, made + fresh + run);
            if (made > (ulong)length)
            {
                return false;
            }
        }

        return Steps.Count % StepNumbers == 0 && text == 0 && made == (ulong)length;
    }

    /// <summary>With its end; what has none ends with the text.</summary>
    private static ReadOnlySpan<byte> LineOf(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOf((byte)'\n');
        return end < 0 ? text : text[..(end + 1)];
    }

    /// <summary>Of an entry's line; nothing of a header's, which so comes before all.</summary>
    private static ReadOnlySpan<byte> PathOf(ReadOnlySpan<byte> line)
    {
        for (var field = 0; field < FieldsBeforePath; field++)
        {
            line = line[(line.IndexOf((byte)' ') is >= 0 and var blank ? blank + 1 : line.Length)..];
        }

        return line;
    }

    private sealed class Writer
    {
        private readonly List<ulong> _steps = [];
        private readonly ArrayBufferWriter<byte> _text = new();
        private int _told;
        private int _from;
        private int _length;

        public void Add(ReadOnlySpan<byte> text)
        {
            EndRun();
            _text.Write(text);
        }

        public void Copy(int from, int length)
        {
            if (_length > 0 && _from + _length != from)
            {
                EndRun();
            }

            _from = _length == 0 ? from : _from;
            _length += length;
        }

        public ManifestEdit Finish()
        {
            EndRun();
            if (_text.WrittenCount > _told)
            {
                Step();
            }

            return new ManifestEdit(_steps, _text.WrittenMemory);
        }

        private void EndRun()
        {
            if (_length > 0)
            {
                Step();
            }
        }

        private void Step()
        {
            _steps.AddRange([(ulong)(_text.WrittenCount - _told), (ulong)_from, (ulong)_length]);
            (_told, _length) = (_text.WrittenCount, 0);
        }
    }
}
