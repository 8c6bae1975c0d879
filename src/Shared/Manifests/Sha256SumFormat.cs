using System.Buffers;

namespace IuCutter.Manifests;

/// <summary>
/// The lines that <c>sha256sum -c</c> of GNU coreutils reads: digest, two blanks, name; a backslash before the digest where the name is escaped.
/// </summary>
internal static class Sha256SumFormat
{
    public static void Write(ArrayBufferWriter<byte> output, ManifestEntry entry)
    {
        if (entry.Kind == EntryKind.Link)
        {
            output.Write("# link "u8);
        }
        else if (entry.Path.Raw.AsSpan().ContainsAny("\\\n\r"))
        {
            output.Write("\\"u8);
        }

        ManifestText.WriteDigest(output, entry.Content);

        // A name of "-" alone would mean the standard input.
        output.Write(entry.Path.Raw is "-" ? "  ./"u8 : "  "u8);
        ManifestText.WriteEscaped(output, entry.Path);
        output.Write("\n"u8);
    }
}
