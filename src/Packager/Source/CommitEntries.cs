using System.Buffers.Text;
using System.Diagnostics;
using System.Text;
using IuCutter.Manifests;

namespace IuCutter.Packager.Source;

/// <summary>
/// A commit's files and links with the contents that its objects hold, read through one <c>git cat-file --batch</c>. One task asks for all
/// objects, another reads the answers: the pipes hold each other back, so memory stays bounded.
/// </summary>
internal sealed class CommitEntries : IEntrySource
{
    private readonly TreeItemList _items;
    private readonly Process _process;
    private readonly ByteFeed _answers;
    private readonly Task _asking;
    private readonly Task<string> _complaints;
    private readonly CancellationTokenSource _ended = new();
    private int _index = -1;
    private TreeItem _item;
    private long _remaining;

    private CommitEntries(TreeItemList items, Process process)
    {
        _items = items;
        _process = process;
        _answers = new ByteFeed(process.StandardOutput.BaseStream);
        _complaints = GitProgram.ReadComplaintsAsync(process, _ended.Token);
        _asking = AskAsync(process.StandardInput.BaseStream, items, _ended.Token);
    }

    public TreePath Path => _item.Path;

    public EntryKind Kind => _item.Kind;

    public long Size { get; private set; }

    public static async Task<CommitEntries> OpenAsync(GitProgram git, string tree, CancellationToken cancellation) =>
        Of(git, await TreeListing.ReadAsync(git, tree, cancellation));

    public static CommitEntries Of(GitProgram git, TreeItemList items) => new(items, git.Start("cat-file", "--batch", "--buffer"));

    public async ValueTask<bool> NextAsync(CancellationToken cancellation)
    {
        if (++_index == _items.Count)
        {
            return false;
        }

        _item = _items[_index];
        var answer = await _answers.LineAsync((byte)'\n', cancellation);
        Size = answer is { } line ? SizeOf(line.Span) : -1;
        _remaining = Size;
        return Size >= 0 ? true : throw await MissingAsync(answer);
    }

    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellation)
    {
        if (_remaining > 0)
        {
            var piece = await _answers.PieceAsync(_remaining, cancellation);
            _remaining -= piece.Length;
            return piece.Length > 0 ? piece : throw await MissingAsync(answer: null);
        }

        // The LF that git sets after each content; it is taken once, after which the content stays at its end.
        if (_remaining == 0)
        {
            _remaining = -1;
            var end = await _answers.ExactlyAsync(1, cancellation);
            return end is { Span: [(byte)'\n'] } ? ReadOnlyMemory<byte>.Empty : throw await MissingAsync(answer: null);
        }

        return ReadOnlyMemory<byte>.Empty;
    }

    public async ValueTask DisposeAsync()
    {
        if (_index >= _items.Count - 1 && _remaining < 0)
        {
            // git is ending by itself: looking for children of its to kill would take longer.
            await _asking;
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        GitProgram.End(_process);
        await _ended.CancelAsync();
        try
        {
            await Task.WhenAll(_asking, _complaints);
        }
        catch (OperationCanceledException)
        {
            // Only what was still under way when the reader left.
        }

        _process.Dispose();
        _ended.Dispose();
    }

    // "<id> blob <size>"
    private long SizeOf(ReadOnlySpan<byte> answer)
    {
        var id = _item.Object;
        Span<byte> hex = stackalloc byte[64];
        hex = hex[..id.HexLength];
        id.WriteHex(hex);
        if (!answer.StartsWith(hex) || !answer[hex.Length..].StartsWith(" blob "u8))
        {
            return -1;
        }

        var digits = answer[(hex.Length + 6)..];
        return Utf8Parser.TryParse(digits, out long size, out var used) && used == digits.Length && size >= 0 ? size : -1;
    }

    private async Task<SourceException> MissingAsync(ReadOnlyMemory<byte>? answer)
    {
        var said = answer is { } line ? Encoding.UTF8.GetString(line.Span) : "";
        if (answer == null)
        {
            GitProgram.End(_process);
            said = GitAnswer.ComplaintOf(await _complaints);
        }

        return new SourceException(
            SourceCodes.ObjectMissing,
            $"The content of '{Path}' (object {_item.Object}) is not in the repository or damaged: git says '{said}'.",
            "Fetch it (a partial clone: 'git fetch --refetch --no-filter'), or run 'git fsck'.");
    }

    private static async Task AskAsync(Stream questions, TreeItemList items, CancellationToken cancellation)
    {
        var buffer = new byte[32 * 1024];
        var length = 0;
        try
        {
            for (var i = 0; i < items.Count; i++)
            {
                if (buffer.Length - length < 65)
                {
                    await questions.WriteAsync(buffer.AsMemory(0, length), cancellation);
                    length = 0;
                }

                var id = items.ObjectAt(i);
                id.WriteHex(buffer.AsSpan(length));
                length += id.HexLength;
                buffer[length++] = (byte)'\n';
            }

            await questions.WriteAsync(buffer.AsMemory(0, length), cancellation);
            await questions.DisposeAsync();
        }
        catch (IOException)
        {
            // git is gone: whoever reads the answers finds out, and knows which one is missing.
        }
    }
}
