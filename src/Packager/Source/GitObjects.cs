using System.Buffers.Text;
using System.Diagnostics;
using System.Text;

namespace IuCutter.Packager.Source;

/// <summary>Reads objects whole, a few at a time, all by one <c>git cat-file --batch</c>.</summary>
internal sealed class GitObjects : IAsyncDisposable
{
    // Larger ones are no trees or configurations that anybody has, and are left to who reads them piece by piece.
    private const int LargestObject = 64 << 20;

    private readonly Process _process;
    private readonly ByteFeed _answers;
    private readonly Task<string> _complaints;

    // Whether answers were left unread: git would wait for ever to be rid of them, and what comes next would not be what it looks like.
    private bool _isBroken;

    public GitObjects(GitProgram git)
    {
        _process = git.Start("cat-file", "--batch");
        _answers = new ByteFeed(_process.StandardOutput.BaseStream);
        _complaints = GitProgram.ReadComplaintsAsync(_process, CancellationToken.None);
    }

    /// <param name="cancellation">Ends git as well.</param>
    /// <param name="names">What git understands as an object's name, without LF.</param>
    /// <returns>One for each name, in their order; null where git has none or a large one, and for all that is without an answer after that or after an early end.</returns>
    public async Task<IReadOnlyList<GitObject?>> ReadAsync(CancellationToken cancellation, params IReadOnlyList<string> names)
    {
        var objects = new GitObject?[names.Count];
        if (_isBroken || names.Count == 0)
        {
            return objects;
        }

        _isBroken = true;
        var asking = AskAsync(names, cancellation);
        for (var i = 0; i < objects.Length; i++)
        {
            if (await _answers.LineAsync((byte)'\n', cancellation) is not { } head || !await TryReadAsync(head, objects, i, cancellation))
            {
                return objects;
            }
        }

        await asking;
        _isBroken = false;
        return objects;
    }

    public async ValueTask DisposeAsync()
    {
        if (_isBroken)
        {
            GitProgram.End(_process);
        }

        _process.StandardInput.Close();
        await _process.WaitForExitAsync(CancellationToken.None);
        await _complaints;
        _process.Dispose();
    }

    private async Task AskAsync(IReadOnlyList<string> names, CancellationToken cancellation)
    {
        try
        {
            var input = _process.StandardInput.BaseStream;
            await input.WriteAsync(Encoding.UTF8.GetBytes(string.Join('\n', names) + "\n"), cancellation);
            await input.FlushAsync(cancellation);
        }
        catch (IOException)
        {
            // git is gone: what it has not answered stays open.
        }
    }

    /// <summary>For an object "ID TYPE SIZE", LF, its bytes, LF; where there is none "NAME missing" or "NAME ambiguous" (git-cat-file(1), BATCH OUTPUT).</summary>
    /// <returns>False where the answer was not read to its end.</returns>
    private async Task<bool> TryReadAsync(ReadOnlyMemory<byte> head, GitObject?[] objects, int index, CancellationToken cancellation)
    {
        if (head.Span.EndsWith(" missing"u8) || head.Span.EndsWith(" ambiguous"u8))
        {
            return true;
        }

        if (!TryParse(head.Span, out var id, out var type, out var size) || size > LargestObject)
        {
            return false;
        }

        var content = new byte[size];
        for (var at = 0; at < size;)
        {
            var piece = await _answers.PieceAsync(size - at, cancellation);
            if (piece.IsEmpty)
            {
                return false;
            }

            piece.CopyTo(content.AsMemory(at));
            at += piece.Length;
        }

        objects[index] = await _answers.ExactlyAsync(1, cancellation) is null ? null : new GitObject(id, type, content);
        return objects[index] is not null;
    }

    private static bool TryParse(ReadOnlySpan<byte> head, out GitObjectId id, out string type, out int size)
    {
        (id, type, size) = (default, "", 0);
        var (first, last) = (head.IndexOf((byte)' '), head.LastIndexOf((byte)' '));
        if (first < 0 || first == last || !GitObjectId.TryParse(head[..first], out id))
        {
            return false;
        }

        type = Encoding.UTF8.GetString(head[(first + 1)..last]);
        return Utf8Parser.TryParse(head[(last + 1)..], out size, out var used) && used == head.Length - last - 1 && size >= 0;
    }
}
