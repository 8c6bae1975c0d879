using System.Buffers;
using IuCutter.Digests;

namespace IuCutter.Manifests;

/// <summary>
/// The lines that <c>sha256sum -c</c> of GNU coreutils reads: digest, two blanks, name; a backslash before the digest where the name is escaped.
/// </summary>
internal static class Sha256SumFormat
{
    /// <param name="escapedPath">As the manifest has it, which escapes the same way but for the mark before such a line.</param>
    public static void Write(ArrayBufferWriter<byte> output, EntryKind kind, Sha256Digest content, ReadOnlySpan<byte> escapedPath)
    {
        if (kind == EntryKind.Link)
        {
            output.Write("# link "u8);
        }
        else if (escapedPath.Contains((byte)'\\'))
        {
            output.Write("\\"u8);
        }

        ManifestText.WriteDigest(output, content);

        // A name of "-" alone would mean the standard input.
        output.Write(escapedPath is [(byte)'-'] ? "  ./"u8 : "  "u8);
        output.Write(escapedPath);
        output.Write("\n"u8);
    }
}
