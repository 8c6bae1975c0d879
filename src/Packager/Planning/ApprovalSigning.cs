using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;
using IuCutter.Approvals;
using IuCutter.Packager.Showing;

namespace IuCutter.Packager.Planning;

/// <summary>Makes an approval of a plan, and has ssh-keygen sign it with the person's own key, which never leaves where it lies.</summary>
internal static class ApprovalSigning
{
    public static ReleaseApproval Make(LockedPlan locked, string approver, TimeSpan life, TimeProvider time)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());
        return new ReleaseApproval
        {
            Format = ReleaseApproval.FormatName,
            PlanSha256 = locked.Digest.ToString(),
            Host = locked.Plan.Target.Host,
            AgentKey = locked.Plan.Target.AgentKey,
            Slot = locked.Plan.Slot,
            Release = locked.Plan.Release,
            Approver = approver,
            Nonce = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(ReleaseApproval.NonceBytes)),
            MadeAt = now,
            ExpiresAt = now + life,
            Signature = "",
        };
    }

    /// <param name="key">A private key, or a public one whose private half ssh-agent holds.</param>
    /// <exception cref="CommandException">ssh-keygen could not sign.</exception>
    public static async Task<ReleaseApproval> SignAsync(ReleaseApproval approval, string key, CancellationToken cancellation)
    {
        // A passphrase is asked for on the terminal by ssh-keygen itself.
        var info = new ProcessStartInfo("ssh-keygen", ["-Y", "sign", "-f", key, "-n", ReleaseApproval.Namespace])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        try
        {
            using var process = Process.Start(info) ?? throw new InvalidOperationException("No process was started.");
            var (signature, said) = (process.StandardOutput.ReadToEndAsync(cancellation), process.StandardError.ReadToEndAsync(cancellation));
            await GiveAsync(process, approval.SignedText(), cancellation);
            await process.WaitForExitAsync(cancellation);
            return process.ExitCode == 0
                ? approval with { Signature = await signature }
                : throw new CommandException(ExitCode.Failed, "NOT_SIGNED", $"ssh-keygen did not sign: {SafeText.Line((await said).Trim())}", "name a key of yours with --key");
        }
        catch (Win32Exception cause)
        {
            throw new CommandException(ExitCode.Failed, "SSH_KEYGEN_MISSING", $"ssh-keygen cannot be started: {cause.Message}", "install OpenSSH's client, 8.2 or later", cause);
        }
    }

    private static async Task GiveAsync(Process process, string text, CancellationToken cancellation)
    {
        try
        {
            await process.StandardInput.WriteAsync(text.AsMemory(), cancellation);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has refused the key before it read: its exit code and its words say why.
        }
    }
}
