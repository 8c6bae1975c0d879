namespace IuCutter.Approvals;

/// <summary>Bytes that are not an approval.</summary>
public sealed class ApprovalException(string message) : Exception(message);
