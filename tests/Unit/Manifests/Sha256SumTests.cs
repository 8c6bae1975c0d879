using System.Diagnostics;
using IuCutter.Digests;
using IuCutter.Manifests;

namespace IuCutter.Tests.Unit.Manifests;

/// <summary>Asks the sha256sum of this machine.</summary>
public sealed class Sha256SumTests
{
    private static readonly string[] Names =
        ["plain", "with space", " leading", "*star", "-", "-c", "line\nbreak", "back\\slash", "car\rriage", "tail\r", "quote'\"", "ünï", "#hash", "\\n"];

    [Fact]
    public void What_was_written_is_what_sha256sum_reads()
    {
        var folder = Directory.CreateTempSubdirectory("iucutter-sum-");
        try
        {
            var manifest = ManifestTests.Create(
                [.. Names.Select(name => ManifestTests.Entry(name, "of " + name)), new ManifestEntry(ManifestTests.Path("lin\nk"), EntryKind.Link, 5, Sha256Digest.Of("plain"u8))]);
            foreach (var name in Names)
            {
                File.WriteAllText(Path.Combine(folder.FullName, name), "of " + name);
            }

            Assert.Equal((0, ""), Check(folder.FullName, manifest));

            File.WriteAllText(Path.Combine(folder.FullName, "line\nbreak"), "changed");
            var (exit, said) = Check(folder.FullName, manifest);
            Assert.Equal(1, exit);
            Assert.Contains("line\\nbreak: FAILED", said, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static (int Exit, string Said) Check(string folder, Manifest manifest)
    {
        using var process = Process.Start(new ProcessStartInfo("sha256sum", ["-c", "--quiet", "--strict"])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        manifest.WriteSha256Sum(process.StandardInput.BaseStream);
        process.StandardInput.Close();
        var said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, said);
    }
}
