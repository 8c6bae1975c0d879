using System.Globalization;
using System.Text;

namespace IuCutter.Agent.Mirroring;

/// <summary>What <c>git cat-file --batch</c> answers: for each object a line with its id, type and size, its bytes, and a newline.</summary>
internal sealed class ObjectStream(Stream from, CancellationToken cancellationToken)
{
    private const int LongestLine = 200;

    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _at;
    private int _end;
    private long _left;

    /// <summary>Goes to the next object; what was not read of the one before must have been skipped.</summary>
    /// <returns>Its size in bytes; null when git does not give it.</returns>
    public async Task<long?> NextAsync()
    {
        var line = new StringBuilder();
        while (line.Length < LongestLine && await FillAsync())
        {
            var value = (char)_buffer[_at++];
            if (value == '\n')
            {
                return line.ToString().Split(' ') is [_, "blob", var size] && long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out _left) ? _left : null;
            }

            line.Append(value);
        }

        return null;
    }

    /// <summary>Reads on in the object; 0 at its end, or where git has given up.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> into)
    {
        if (_left == 0 || !await FillAsync())
        {
            return 0;
        }

        var length = (int)Math.Min(Math.Min(into.Length, _end - _at), _left);
        _buffer.AsMemory(_at, length).CopyTo(into);
        (_at, _left) = (_at + length, _left - length);
        return length;
    }

    /// <summary>Leaves out what is left of the object, and the newline after it.</summary>
    public async Task SkipAsync()
    {
        _left++;
        while (_left > 0 && await FillAsync())
        {
            var length = (int)Math.Min(_end - _at, _left);
            (_at, _left) = (_at + length, _left - length);
        }

        _left = 0;
    }

    private async ValueTask<bool> FillAsync()
    {
        if (_at == _end)
        {
            (_at, _end) = (0, await from.ReadAsync(_buffer, cancellationToken));
        }

        return _end > 0;
    }
}
