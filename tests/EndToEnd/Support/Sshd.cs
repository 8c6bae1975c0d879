using System.Diagnostics;

namespace IuCutter.Tests.EndToEnd.Support;

/// <summary>A real sshd on a loopback port, with keys that live as long as the test.</summary>
internal sealed class Sshd : IAsyncDisposable
{
    private readonly Process _process;

    private Sshd(Process process, string folder, int port) => (_process, Folder, Port) = (process, folder, port);

    public int Port { get; }

    public string ClientConfiguration => Path.Combine(Folder, "client");

    public string AuthorizedKeys => Path.Combine(Folder, "authorized");

    public string KnownHosts => Path.Combine(Folder, "known_hosts");

    private string Folder { get; }

    public static async Task<Sshd> StartAsync(string folder)
    {
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var key in (string[])["host", "user"])
        {
            await Programs.OutputOfAsync(folder, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", Path.Combine(folder, key));
        }

        File.Copy(Path.Combine(folder, "user.pub"), Path.Combine(folder, "authorized"));
        await File.WriteAllTextAsync(Path.Combine(folder, "server"), $"""
            ListenAddress 127.0.0.1
            HostKey {folder}/host
            AuthorizedKeysFile {folder}/authorized
            PidFile none
            StrictModes no
            UsePAM no
            PermitRootLogin prohibit-password
            PasswordAuthentication no

            """);
        await File.WriteAllTextAsync(Path.Combine(folder, "client"), $"""
            Host *
              IdentityFile {folder}/user
              IdentitiesOnly yes
              StrictHostKeyChecking yes
              UserKnownHostsFile {folder}/known_hosts
              LogLevel ERROR

            """);
        Directory.CreateDirectory("/run/sshd");
        var said = new List<string>();
        for (var attempt = 0; attempt < 5; attempt++)
        {
            // Somebody else may take the port before sshd does.
            var port = Programs.FreePort();
            var process = Process.Start(new ProcessStartInfo("/usr/sbin/sshd", ["-D", "-e", "-f", Path.Combine(folder, "server"), "-p", $"{port}"]) { UseShellExecute = false, RedirectStandardError = true })!;
            if (await ListensAsync(process, said))
            {
                _ = process.StandardError.ReadToEndAsync();
                var hostKey = (await File.ReadAllTextAsync(Path.Combine(folder, "host.pub"))).Split(' ');
                await File.WriteAllTextAsync(Path.Combine(folder, "known_hosts"), $"[127.0.0.1]:{port} {hostKey[0]} {hostKey[1]}\n");
                return new Sshd(process, folder, port);
            }

            process.Kill();
            process.Dispose();
        }

        throw new InvalidOperationException($"sshd does not listen: {string.Join(' ', said)}");
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static async Task<bool> ListensAsync(Process sshd, List<string> said)
    {
        while (await sshd.StandardError.ReadLineAsync() is { } line)
        {
            said.Add(line);
            if (line.StartsWith("Server listening on", StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
