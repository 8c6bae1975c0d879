using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using IuCutter.Agent.Releases;

namespace IuCutter.Agent.Mirroring;

/// <summary>Which objects of a commit's tree have, as their paths say, the contents that a release still lacks.</summary>
internal sealed class MissingObjects(Staging staging)
{
    private readonly bool[] _isFound = new bool[staging.Manifest.DistinctContents.Count];
    private readonly List<int> _contents = [];
    private readonly ArrayBufferWriter<byte> _ids = new();
    private int _entry;

    /// <summary>The contents' numbers.</summary>
    public IReadOnlyList<int> Contents => _contents;

    /// <summary>The objects' ids in the same order, a line each.</summary>
    public ReadOnlyMemory<byte> Ids => _ids.WrittenMemory;

    /// <param name="list">What <c>git ls-tree -r -z</c> writes.</param>
    public async Task ReadAsync(Stream list, CancellationToken cancellationToken)
    {
        var lines = PipeReader.Create(list);
        for (var isOver = false; !isOver;)
        {
            var piece = await lines.ReadAsync(cancellationToken);
            var rest = piece.Buffer;
            while (rest.PositionOf((byte)0) is { } end)
            {
                Take(Encoding.Latin1.GetString(rest.Slice(0, end)));
                rest = rest.Slice(rest.GetPosition(1, end));
            }

            lines.AdvanceTo(rest.Start, rest.End);
            isOver = piece.IsCompleted;
        }

        await lines.CompleteAsync();
    }

    /// <summary>Tree and manifest are both in the order of the paths' bytes: one walk over the two.</summary>
    /// <param name="line">Mode, space, type, space, object id, tab, path.</param>
    private void Take(string line)
    {
        var tab = line.IndexOf('\t', StringComparison.Ordinal);
        var blob = line.IndexOf(" blob ", StringComparison.Ordinal);
        var manifest = staging.Manifest;
        while (_entry < manifest.Entries.Count && manifest.Entries[_entry].Path.Raw.AsSpan().SequenceCompareTo(line.AsSpan(tab + 1)) is var order && order <= 0)
        {
            var content = manifest.ContentOf(_entry++);
            if (order == 0 && blob > 0 && blob < tab && !staging.Has(content) && !_isFound[content])
            {
                _isFound[content] = true;
                _contents.Add(content);
                _ids.Write(Encoding.ASCII.GetBytes(line[(blob + " blob ".Length)..tab] + "\n"));
            }
        }
    }
}
