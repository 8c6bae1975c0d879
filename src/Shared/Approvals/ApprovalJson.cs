using System.Text.Json;
using IuCutter.Digests;

namespace IuCutter.Approvals;

/// <summary>An approval's one spelling, as a plan's.</summary>
public static class ApprovalJson
{
    public const int MostBytes = 64 * 1024;

    public static byte[] Write(ReleaseApproval approval) => [.. JsonSerializer.SerializeToUtf8Bytes(approval, ApprovalJsonContext.Default.ReleaseApproval), (byte)'\n'];

    /// <summary>Reads an approval. Whether its signature is good, and whose, is not asked here.</summary>
    /// <exception cref="ApprovalException">Not exactly what <see cref="Write"/> writes of some approval.</exception>
    public static ReleaseApproval Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MostBytes)
        {
            throw new ApprovalException($"it has more than {MostBytes} bytes");
        }

        ReleaseApproval? approval;
        try
        {
            approval = JsonSerializer.Deserialize(bytes, ApprovalJsonContext.Default.ReleaseApproval);
        }
        catch (JsonException wrong)
        {
            throw new ApprovalException($"it is no {ReleaseApproval.FormatName}: {wrong.Message}");
        }

        if (approval is not { Format: ReleaseApproval.FormatName } || !bytes.SequenceEqual(Write(approval)))
        {
            throw new ApprovalException($"it is no {ReleaseApproval.FormatName}, or was edited");
        }

        return ReleaseApproval.IsName(approval.Approver) && LowerHex.Is(approval.Nonce) && approval.Nonce.Length == 2 * ReleaseApproval.NonceBytes && IsOneLine(approval)
            ? approval
            : throw new ApprovalException("its approver, nonce or target cannot be one");
    }

    /// <summary>A line end in a value would let one approval read as another.</summary>
    private static bool IsOneLine(ReleaseApproval a) =>
        !string.Concat(a.PlanSha256, a.Host, a.AgentKey, a.Slot, a.Release).AsSpan().ContainsAny('\n', '\r');
}
