namespace IuCutter.Commands;

/// <summary>A signature was not made, or does not hold: one sentence, with ssh-keygen's own words.</summary>
public sealed class SshSignatureException(string message, Exception? cause = null) : Exception(message, cause);
