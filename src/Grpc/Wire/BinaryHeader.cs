using System.Buffers.Text;

namespace Grpc.Wire;

/// <summary>The bytes of a <c>-bin</c> header as text: base64, sent without padding, read with or without.</summary>
internal static class BinaryHeader
{
    public static string Encode(byte[] value) => Convert.ToBase64String(value).TrimEnd('=');

    public static bool TryDecode(ReadOnlySpan<char> text, out byte[] value)
    {
        var unpadded = text.Trim().TrimEnd('=');
        Span<char> padded = stackalloc char[256];
        var length = (unpadded.Length + 3) / 4 * 4;
        if (length > padded.Length)
        {
            padded = new char[length];
        }

        padded = padded[..length];
        unpadded.CopyTo(padded);
        padded[unpadded.Length..].Fill('=');
        value = new byte[Base64.GetMaxDecodedFromUtf8Length(length)];
        if (!Convert.TryFromBase64Chars(padded, value, out var written))
        {
            value = [];
            return false;
        }

        Array.Resize(ref value, written);
        return true;
    }
}
