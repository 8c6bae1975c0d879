using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace IuCutter.Commands;

/// <summary>
/// A person's signature with the person's own ssh key, made and verified by ssh-keygen (-Y). Its namespace keeps a signature for one thing from serving for another.
/// </summary>
public static partial class SshSignature
{
    private const string Program = "ssh-keygen";
    private const int LongestWords = 2000;

    /// <summary>Longer than any that ssh-keygen makes.</summary>
    public const int MostCharacters = 16 * 1024;

    /// <param name="key">A private key's file; or a public key's, whose private half an ssh agent holds.</param>
    /// <returns>The signature, armoured.</returns>
    /// <exception cref="SshSignatureException">ssh-keygen is missing, or does not sign.</exception>
    public static async Task<string> SignAsync(string text, string @namespace, string key, CancellationToken cancellationToken)
    {
        var (exit, output, words) = await RunAsync(["-Y", "sign", "-q", "-n", @namespace, "-f", key], text, cancellationToken);
        return exit == 0 && output.Length > 0 ? output : throw new SshSignatureException($"ssh-keygen did not sign with {key}: {words}");
    }

    /// <summary>The fingerprint of the key that signed, if that key is one of the person's.</summary>
    /// <param name="people">An allowed-signers file, ssh-keygen(1).</param>
    /// <param name="folder">Takes the signature while it is verified.</param>
    /// <exception cref="SshSignatureException">It is not the person's signature of this text for this purpose; or ssh-keygen is missing.</exception>
    public static async Task<string> VerifyAsync(string text, string @namespace, string signature, string who, ReadOnlyMemory<byte> people, string folder, CancellationToken cancellationToken)
    {
        var scratch = Directory.CreateDirectory(Path.Combine(folder, "signature-" + Guid.NewGuid().ToString("N"))).FullName;
        try
        {
            var (signed, allowed) = (Path.Combine(scratch, "signature"), Path.Combine(scratch, "people"));
            await File.WriteAllTextAsync(signed, signature, cancellationToken);
            await File.WriteAllBytesAsync(allowed, people, cancellationToken);
            var (exit, output, words) = await RunAsync(["-Y", "verify", "-n", @namespace, "-f", allowed, "-I", who, "-s", signed], text, cancellationToken);
            return exit == 0 && Fingerprint().Match(output) is { Success: true } found
                ? found.Value
                : throw new SshSignatureException($"ssh-keygen does not verify it: {(words.Length > 0 ? words : output.Trim())}");
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private static async Task<(int Exit, string Output, string Words)> RunAsync(IEnumerable<string> arguments, string input, CancellationToken cancellationToken)
    {
        var info = new ProcessStartInfo(Program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        using var process = Start(info);
        try
        {
            var (output, words) = (process.StandardOutput.ReadToEndAsync(cancellationToken), process.StandardError.ReadToEndAsync(cancellationToken));
            await FeedAsync(process, input, cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return (process.ExitCode, await output, OneLine(await words));
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static Process Start(ProcessStartInfo info)
    {
        try
        {
            return Process.Start(info) ?? throw new SshSignatureException($"{Program} could not be started");
        }
        catch (Win32Exception missing)
        {
            throw new SshSignatureException($"{Program} could not be started ({missing.Message}); install OpenSSH 8.2 or later", missing);
        }
    }

    private static async Task FeedAsync(Process process, string input, CancellationToken cancellationToken)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(Encoding.UTF8.GetBytes(input), cancellationToken);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended before it read: its exit code and its words say why.
        }
    }

    private static string OneLine(string words)
    {
        var line = string.Join("; ", words.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        return line.Length <= LongestWords ? line : line[..LongestWords];
    }

    [GeneratedRegex(@"SHA256:[A-Za-z0-9+/]{43}", RegexOptions.None, 1000)]
    private static partial Regex Fingerprint();
}
