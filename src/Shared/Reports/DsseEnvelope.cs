using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace IuCutter.Reports;

/// <summary>
/// An in-toto statement, signed as DSSE v1 says (github.com/secure-systems-lab/dsse): the type is signed with the payload, so that a signature under one kind of
/// thing never serves for another.
/// </summary>
public static class DsseEnvelope
{
    public const string InTotoType = "application/vnd.in-toto+json";

    /// <summary>What is signed: the pre-authentication encoding, PAE(type, body).</summary>
    public static byte[] SignedBytes(ReadOnlySpan<byte> payload) =>
        [.. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"DSSEv1 {InTotoType.Length} {InTotoType} {payload.Length} ")), .. payload];

    /// <summary>One line of JSON, without a newline.</summary>
    /// <param name="signature">ECDSA P-256 over SHA-256 of <see cref="SignedBytes"/>, in ASN.1 DER.</param>
    /// <param name="publicKey">SubjectPublicKeyInfo; its sha256 names the key.</param>
    public static byte[] Write(byte[] payload, byte[] signature, ReadOnlySpan<byte> publicKey)
    {
        var keyId = Convert.ToHexStringLower(SHA256.HashData(publicKey));
        var buffer = new ArrayBufferWriter<byte>();
#pragma warning disable MA0045 // It writes to memory.
        using (var json = new Utf8JsonWriter(buffer))
#pragma warning restore MA0045
        {
            json.WriteStartObject();
            json.WriteString("payloadType", InTotoType);
            json.WriteBase64String("payload", payload);
            json.WriteStartArray("signatures");
            json.WriteStartObject();
            json.WriteString("keyid", keyId);
            json.WriteBase64String("sig", signature);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>True when the envelope holds exactly this payload, of this type, under one signature by this key.</summary>
    /// <param name="publicKey">SubjectPublicKeyInfo, base64.</param>
    public static bool Verifies(ReadOnlyMemory<byte> envelope, byte[] payload, string publicKey)
    {
        try
        {
            using var json = JsonDocument.Parse(envelope);
            using var key = ECDsa.Create();
            var spki = Convert.FromBase64String(publicKey);
            key.ImportSubjectPublicKeyInfo(spki, out _);
            var signature = json.RootElement.GetProperty("signatures")[0].GetProperty("sig").GetBytesFromBase64();

            // Whatever the signature does not cover must be as it is written here.
            return key.VerifyData(SignedBytes(payload), signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)
                && envelope.Span.SequenceEqual(Write(payload, signature, spki));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or IndexOutOfRangeException or InvalidOperationException or FormatException or CryptographicException or PlatformNotSupportedException)
        {
            return false;
        }
    }
}
