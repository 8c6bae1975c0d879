using Grpc.Core;

namespace Grpc.Wire;

/// <summary>A header that a peer sent, as metadata.</summary>
internal static class ReceivedMetadata
{
    /// <summary>A binary header may hold several values with commas between. One that is not base64 is left out: it can't be told as bytes.</summary>
    public static void Add(Metadata metadata, string name, string value)
    {
        if (!name.EndsWith(Metadata.BinaryHeaderSuffix, StringComparison.OrdinalIgnoreCase))
        {
            metadata.Add(Metadata.Entry.Received(name, value));
            return;
        }

        foreach (var part in value.AsSpan().Split(','))
        {
            if (BinaryHeader.TryDecode(value.AsSpan(part), out var bytes))
            {
                metadata.Add(Metadata.Entry.Received(name, bytes));
            }
        }
    }
}
