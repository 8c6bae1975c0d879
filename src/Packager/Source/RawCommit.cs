using System.Buffers.Text;
using System.Text;

namespace IuCutter.Packager.Source;

/// <summary>Reads a commit object's own bytes, where no graft, replace ref or commit-graph file has a say.</summary>
internal static class RawCommit
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static (string Tree, long TimeUnix, string Subject) Read(ReadOnlySpan<byte> commit, string id)
    {
        var tree = "";
        long? time = null;
        while (commit.IndexOf((byte)'\n') is var end and > 0)
        {
            var line = commit[..end];
            commit = commit[(end + 1)..];
            if (tree.Length == 0 && line.StartsWith("tree "u8))
            {
                tree = Encoding.Latin1.GetString(line[5..]);
            }
            else if (time == null && line.StartsWith("committer "u8))
            {
                time = TimeOf(line);
            }
        }

        return tree.Length > 0 && time >= 0
            ? (tree, time.Value, SubjectOf(commit))
            : throw new SourceException(
                SourceCodes.ObjectMissing, $"Commit {id} is damaged: it names no tree or no commit time.", "Run 'git fsck' to see what is broken.");
    }

    // "committer Name <address> SECONDS ZONE"; the name may hold anything but '<', '>' and LF.
    private static long? TimeOf(ReadOnlySpan<byte> line)
    {
        var digits = line[(line.LastIndexOf((byte)'>') + 1)..].TrimStart((byte)' ');
        return Utf8Parser.TryParse(digits, out long seconds, out _) ? seconds : null;
    }

    private static string SubjectOf(ReadOnlySpan<byte> message)
    {
        message = message.TrimStart((byte)'\n');
        var line = message.IndexOf((byte)'\n') is var end and >= 0 ? message[..end] : message;
        try
        {
            return StrictUtf8.GetString(line);
        }
        catch (DecoderFallbackException)
        {
            // Old commits are in their author's charset; for people, Latin-1 is nearer than replacement marks.
            return Encoding.Latin1.GetString(line);
        }
    }
}
