using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace IuCutter.Ledgers;

/// <summary>
/// The ledger's head as the agent signed it: whoever keeps one can tell later that the ledger was cut or written anew.
/// </summary>
/// <param name="Entries">How many lines the ledger had.</param>
/// <param name="Head">The sha256 of its last line, lower hex.</param>
/// <param name="Signature">ECDSA P-256 over SHA-256 of <see cref="SignedText"/>, IEEE P1363 form, base64.</param>
/// <param name="PublicKey">The agent's key, SubjectPublicKeyInfo, base64.</param>
public sealed record LedgerReceipt(long Entries, string Head, string Signature, string PublicKey)
{
    /// <summary>Of <see cref="PublicKey"/>; says so where that is none, for it may come from a damaged file or line.</summary>
    [JsonIgnore]
    public string Fingerprint
    {
        get
        {
            var key = new byte[PublicKey.Length];
            return Convert.TryFromBase64String(PublicKey, key, out var length) ? FingerprintOf(key.AsSpan(0, length)) : "none (what stands in its place is not base64)";
        }
    }

    /// <summary>What is signed. Its first line keeps the signature from serving for anything else.</summary>
    public static string SignedText(long entries, string head) => $"iucutter-ledger-head-v1\n{entries}\n{head}\n";

    /// <summary>As ssh-keygen prints a key's fingerprint, over its SubjectPublicKeyInfo.</summary>
    public static string FingerprintOf(ReadOnlySpan<byte> publicKey) => "SHA256:" + Convert.ToBase64String(SHA256.HashData(publicKey)).TrimEnd('=');

    /// <summary>True when the signature was made with the receipt's own key. Whose key that is, the caller must know.</summary>
    public bool Verifies()
    {
        try
        {
            using var key = ECDsa.Create();
            var spki = Convert.FromBase64String(PublicKey);
            key.ImportSubjectPublicKeyInfo(spki, out _);

            // A key has one encoding here: else one key would have several fingerprints.
            return key.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(spki)
                && key.VerifyData(Encoding.ASCII.GetBytes(SignedText(Entries, Head)), Convert.FromBase64String(Signature), HashAlgorithmName.SHA256);
        }
        catch (Exception e) when (e is FormatException or CryptographicException or PlatformNotSupportedException)
        {
            return false;
        }
    }
}
