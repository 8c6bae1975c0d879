using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using IuCutter.Ledgers;

namespace IuCutter.Tests.Unit.Ledgers;

public sealed class ReceiptTests
{
    [Fact]
    public void No_byte_of_the_key_can_be_changed_and_none_ends_the_program()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var head = new string('a', 64);
        var spki = key.ExportSubjectPublicKeyInfo();
        var signature = Convert.ToBase64String(key.SignData(Encoding.ASCII.GetBytes(LedgerReceipt.SignedText(7, head)), HashAlgorithmName.SHA256));
        Assert.True(new LedgerReceipt(7, head, signature, Convert.ToBase64String(spki)).Verifies());

        for (var i = 0; i < spki.Length; i++)
        {
            var changed = spki.ToArray();
            changed[i] ^= 1;
            Assert.False(new LedgerReceipt(7, head, signature, Convert.ToBase64String(changed)).Verifies(), $"byte {i}");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("\u0000")]
    [InlineData("MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE!")]
    [InlineData("MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE=")]
    public void A_key_that_is_none_has_no_fingerprint_and_does_not_end_the_program(string publicKey)
    {
        var receipt = new LedgerReceipt(7, new string('a', 64), "", publicKey);

        Assert.False(receipt.Verifies());
        Assert.Equal(publicKey.Length > 0, receipt.Fingerprint.StartsWith("none", StringComparison.Ordinal));
    }

    [Fact]
    public void A_receipt_is_written_as_what_it_was_made_of_and_nothing_else()
    {
        using var json = JsonDocument.Parse(LedgerJson.Write(new LedgerReceipt(7, "head", "signature", "key")));

        Assert.Equal(["entries", "head", "signature", "publicKey"], json.RootElement.EnumerateObject().Select(p => p.Name));
    }
}
