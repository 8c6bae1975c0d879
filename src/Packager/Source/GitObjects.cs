using System.Buffers.Text;
using System.Diagnostics;
using System.Text;

namespace IuCutter.Packager.Source;

/// <summary>Reads objects whole, a few at a time, all by one <c>git cat-file --batch</c>.</summary>
internal sealed class GitObjects : IAsyncDisposable
{
    /// <summary>So many questions fit a pipe, whatever git has still to be rid of: nobody has to ask while another reads.</summary>
    public const int MostAtOnce = 256;

    private readonly Process _process;
    private readonly ByteFeed _answers;
    private readonly Task<string> _complaints;

    public GitObjects(GitProgram git)
    {
        _process = git.Start("cat-file", "--batch");
        _answers = new ByteFeed(_process.StandardOutput.BaseStream);
        _complaints = GitProgram.ReadComplaintsAsync(_process, CancellationToken.None);
    }

    /// <param name="cancellation">Ends git as well.</param>
    /// <param name="names">What git understands as an object's name, without LF; at most <see cref="MostAtOnce"/>.</param>
    /// <returns>One for each name, in their order; null where git has none, and for all that its early end leaves without an answer.</returns>
    public async Task<IReadOnlyList<GitObject?>> ReadAsync(CancellationToken cancellation, params IReadOnlyList<string> names)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(names.Count, MostAtOnce, nameof(names));
        var objects = new GitObject?[names.Count];
        try
        {
            var input = _process.StandardInput.BaseStream;
            await input.WriteAsync(Encoding.UTF8.GetBytes(string.Join('\n', names) + "\n"), cancellation);
            await input.FlushAsync(cancellation);
            for (var i = 0; i < objects.Length && await _answers.LineAsync((byte)'\n', cancellation) is { } head; i++)
            {
                objects[i] = await ReadAsync(head, cancellation);
            }
        }
        catch (IOException)
        {
            // git is gone: what it has not answered stays open.
        }
        catch (OperationCanceledException)
        {
            GitProgram.End(_process);
            throw;
        }

        return objects;
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync(CancellationToken.None);
        await _complaints;
        _process.Dispose();
    }

    /// <summary>For an object "ID TYPE SIZE", LF, its bytes, LF; a line that ends otherwise where there is none (git-cat-file(1), BATCH OUTPUT).</summary>
    private async Task<GitObject?> ReadAsync(ReadOnlyMemory<byte> head, CancellationToken cancellation)
    {
        if (!TryParse(head.Span, out var id, out var type, out var size))
        {
            return null;
        }

        var content = new byte[size];
        for (var at = 0; at < size;)
        {
            var piece = await _answers.PieceAsync(size - at, cancellation);
            if (piece.IsEmpty)
            {
                return null;
            }

            piece.CopyTo(content.AsMemory(at));
            at += piece.Length;
        }

        return await _answers.ExactlyAsync(1, cancellation) is null ? null : new GitObject(id, type, content);
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
