namespace IuCutter.Plans;

/// <summary>The agent's own word that it made the plan.</summary>
/// <param name="PublicKey">SubjectPublicKeyInfo, base64.</param>
/// <param name="Value">ECDSA P-256 over SHA-256 of <see cref="ReleasePlan.SignedText"/>, IEEE P1363 form, base64.</param>
public sealed record PlanSignature(string PublicKey, string Value);
