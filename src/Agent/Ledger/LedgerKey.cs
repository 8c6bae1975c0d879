using System.Security.Cryptography;
using System.Text;
using IuCutter.Ledgers;
using IuCutter.Reports;

namespace IuCutter.Agent.Ledger;

/// <summary>The agent's key, ECDSA P-256, which signs the ledger's head. Made at the first start, kept in PKCS#8 PEM, mode 0600.</summary>
public sealed class LedgerKey : IDisposable
{
    private const string FileName = "ledger.pem";

    private readonly ECDsa _key;

    private LedgerKey(ECDsa key) => (_key, PublicKey) = (key, key.ExportSubjectPublicKeyInfo());

    /// <summary>SubjectPublicKeyInfo.</summary>
    public ReadOnlyMemory<byte> PublicKey { get; }

    /// <summary>As `iucutter status` shows it.</summary>
    public string Fingerprint => LedgerReceipt.FingerprintOf(PublicKey.Span);

    public static LedgerKey OpenOrCreate(string directory)
    {
        var path = Path.Combine(directory, FileName);
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        if (File.Exists(path))
        {
            key.ImportFromPem(File.ReadAllText(path));
            return new LedgerKey(key);
        }

        var temporary = path + ".new";
        using (var file = new FileStream(temporary, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            file.Write(Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem() + "\n"));
            Posix.DirectoryHandle.Flush(file.SafeFileHandle);
        }

        File.Move(temporary, path);
        return new LedgerKey(key);
    }

    /// <summary>Signs the ledger's head, so that whoever keeps the receipt can tell whether the ledger still goes on from there.</summary>
    public LedgerReceipt Sign(long entries, string head) =>
        new(entries, head, SignText(LedgerReceipt.SignedText(entries, head)), Convert.ToBase64String(PublicKey.Span));

    /// <summary>Signs a text, whose first line must say what it is: no signature may serve for something else.</summary>
    public string SignText(string text) => Convert.ToBase64String(_key.SignData(Encoding.UTF8.GetBytes(text), HashAlgorithmName.SHA256));

    /// <summary>Signs a statement as DSSE says.</summary>
    public byte[] Envelope(byte[] statement) => DsseEnvelope.Write(
        statement, _key.SignData(DsseEnvelope.SignedBytes(statement), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence), PublicKey.Span);

    public void Dispose() => _key.Dispose();
}
