using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using IuCutter.Agent.Serving;
using IuCutter.Approvals;

namespace IuCutter.Agent.Approvals;

/// <summary>
/// The people who may approve: an allowed-signers file of the target's operator (ssh-keygen(1)). It is read anew for each approval, so a key that is taken out
/// counts no more. ssh-keygen itself verifies, for people's keys are ssh's own.
/// </summary>
public sealed class Approvers(string file, string searchPath, string scratch)
{
    private const string Program = "ssh-keygen";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <exception cref="RefusalException">The file is not there, or others may write it.</exception>
    public void CheckFile() => _ = OperatorFile.Read(file, "list of approvers", "--approvers");

    /// <returns>The fingerprint of the key that signed; or why the signature is refused.</returns>
    public async Task<(string? Key, string? Refusal)> VerifyAsync(ReleaseApproval approval, CancellationToken cancellationToken)
    {
        if (Commands.SearchPath.Find(Program, searchPath) is not { } program)
        {
            return (null, $"{Program} is not on the agent's PATH ({searchPath}); install openssh-client");
        }

        var place = Directory.CreateDirectory(Path.Combine(scratch, Guid.NewGuid().ToString("N"))).FullName;
        try
        {
            // What was checked is what is used: the program gets a copy.
            var (signers, signature) = (Path.Combine(place, "approvers"), Path.Combine(place, "signature"));
            await File.WriteAllBytesAsync(signers, OperatorFile.Read(file, "list of approvers", "--approvers"), cancellationToken);
            await File.WriteAllTextAsync(signature, approval.Signature, cancellationToken);
            var known = await RunAsync(program, ["-Y", "find-principals", "-f", signers, "-s", signature], "", cancellationToken);
            if (known.ExitCode != 0)
            {
                return (null, $"it is signed by nobody whom this agent knows as an approver ({known.Said})");
            }

            var good = await RunAsync(
                program, ["-Y", "verify", "-f", signers, "-I", approval.Approver, "-n", ReleaseApproval.Namespace, "-s", signature], approval.SignedText(), cancellationToken);
            return good.ExitCode == 0
                ? (good.Said[(good.Said.LastIndexOf(' ') + 1)..], null)
                : (null, $"its signature is not {approval.Approver}'s of this approval: {good.Said} (the key is {known.Said}'s)");
        }
        finally
        {
            using var parent = Posix.DirectoryHandle.Open(scratch);
            parent.RemoveTree(Encoding.ASCII.GetBytes(Path.GetFileName(place)));
        }
    }

    private static async Task<(int ExitCode, string Said)> RunAsync(string program, string[] arguments, string input, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        var info = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        try
        {
            using var process = Process.Start(info)!;
            try
            {
                var (output, errors) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
                await WriteAsync(process, input, limit.Token);
                var said = string.Join("; ", (await errors + '\n' + await output).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
                await process.WaitForExitAsync(limit.Token);
                return (process.ExitCode, said.Length == 0 ? "no word from ssh-keygen" : said);
            }
            catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
            {
                process.Kill();
                throw new IOException($"{Program} did not answer within {Limit.TotalSeconds} s", late);
            }
        }
        catch (Win32Exception e)
        {
            throw new IOException($"{program} cannot be started: {e.Message}", e);
        }
    }

    private static async Task WriteAsync(Process process, string input, CancellationToken cancellationToken)
    {
        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has refused before it read: its exit code and its words say why.
        }
    }
}
