using System.Buffers.Text;
using System.Text;

namespace IuCutter.Packager.Source;

/// <summary>A git object as <c>git cat-file --batch</c> gives it.</summary>
/// <param name="Type">"commit", "tree", "blob" or "tag".</param>
/// <param name="Content">Its bytes, without git's own head.</param>
internal sealed record GitObject(string Type, byte[] Content)
{
    /// <summary>Takes the answers apart: for each object "ID TYPE SIZE", LF, its bytes, LF; a line that ends otherwise where there is none (git-cat-file(1), BATCH OUTPUT).</summary>
    /// <returns>One for each of the <paramref name="count"/> questions; null where there is none, and for all that an early end leaves without an answer.</returns>
    public static IReadOnlyList<GitObject?> ReadAll(ReadOnlySpan<byte> answers, int count)
    {
        var objects = new GitObject?[count];
        for (var i = 0; i < count && answers.IndexOf((byte)'\n') is var end and >= 0; i++)
        {
            var head = answers[..end];
            answers = answers[(end + 1)..];
            if (SizeOf(head) is not { } size)
            {
                continue;
            }

            if (answers.Length <= size)
            {
                break;
            }

            objects[i] = new GitObject(TypeOf(head), answers[..size].ToArray());
            answers = answers[(size + 1)..];
        }

        return objects;
    }

    private static string TypeOf(ReadOnlySpan<byte> head)
    {
        head = head[..head.LastIndexOf((byte)' ')];
        return Encoding.UTF8.GetString(head[(head.LastIndexOf((byte)' ') + 1)..]);
    }

    private static int? SizeOf(ReadOnlySpan<byte> head)
    {
        var digits = head[(head.LastIndexOf((byte)' ') + 1)..];
        return head.Count((byte)' ') == 2 && Utf8Parser.TryParse(digits, out int size, out var used) && used == digits.Length && size >= 0 ? size : null;
    }
}
