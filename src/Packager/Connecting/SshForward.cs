using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using IuCutter.Configuration;
using IuCutter.Packager.Showing;

namespace IuCutter.Packager.Connecting;

/// <summary>
/// The user's own <c>ssh</c>, which forwards a socket in a private folder here to the agent's socket there. The user's keys, known_hosts and
/// configuration decide; no port is opened. IUCUTTER_SSH replaces the program, its words split at spaces.
/// </summary>
internal sealed class SshForward : IAsyncDisposable
{
    private const int ErrorLimit = 4096;

    /// <summary>ssh's own exit code where it is not the remote command's: ssh(1), EXIT STATUS.</summary>
    private const int SshFailed = 255;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(4);
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(2);

    private readonly TargetAddress.Ssh _address;
    private readonly Surroundings _here;
    private readonly DirectoryInfo _folder;
    private readonly StringBuilder _errors = new();
    private Process _process;
    private Socket? _first;

    private SshForward(TargetAddress.Ssh address, Surroundings here, DirectoryInfo folder)
    {
        (_address, _here, _folder) = (address, here, folder);
        Socket = Path.Combine(folder.FullName, "s");
        _process = StartForwarding(withSession: true);
    }

    /// <summary>The socket on this host that leads to the agent.</summary>
    public string Socket { get; }

    public bool HasEnded => _process.HasExited;

    /// <summary>The last that ssh said, safe to show.</summary>
    public string Said
    {
        get
        {
            lock (_errors)
            {
                return string.Join("; ", SafeText.LastLines(_errors.ToString(), 6).Where(line => line.Length > 0).Distinct(StringComparer.Ordinal));
            }
        }
    }

    /// <summary>The connection that showed that the way stands, once; null when it is taken.</summary>
    public Socket? TakeFirst() => Interlocked.Exchange(ref _first, null);

    /// <summary>Starts ssh and waits until the socket here listens.</summary>
    /// <exception cref="CommandException">ssh cannot be started, or ended before it listened.</exception>
    public static async Task<SshForward> OpenAsync(TargetAddress.Ssh address, Surroundings here, CancellationToken cancellation)
    {
        // Made for its owner alone: whoever may connect to the socket may speak to the agent.
        var folder = Directory.CreateTempSubdirectory("iucutter-");
        try
        {
            var forward = new SshForward(address, here, folder);
            try
            {
                await forward.WaitAsync(cancellation);
                return forward;
            }
            catch
            {
                await forward.DisposeAsync();
                throw;
            }
        }
        catch
        {
            if (folder.Exists)
            {
                folder.Delete(recursive: true);
            }

            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        TakeFirst()?.Dispose();
        try
        {
            if (!_process.HasExited)
            {
                _process.Kill();
            }

            // The end of its standard error is not waited for: a connection that stood before has that open too, and lets go of it late.
            for (var waited = TimeSpan.Zero; !_process.HasExited && waited < EndPatience; waited += Pause)
            {
                await Task.Delay(Pause, _here.Time);
            }

            await WithdrawAsync();
        }
        finally
        {
            _process.Dispose();
            _folder.Refresh();
            if (_folder.Exists)
            {
                _folder.Delete(recursive: true);
            }
        }
    }

    /// <summary>The program and its arguments, as execve gets them.</summary>
    private string[] Command(IEnumerable<string> options, params string[] remote)
    {
        var words = (_here.Variable("IUCUTTER_SSH") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string[] port = _address.Port is { } number ? ["-p", number.ToString(CultureInfo.InvariantCulture)] : [];
        var host = (_address.User is null ? "" : _address.User + "@") + _address.Host.Trim('[', ']');
        return [.. words.Length == 0 ? ["ssh"] : words, .. options, "-L", $"{Socket}:{_address.Socket ?? TargetChoice.DefaultSocket}", .. port, host, .. remote];
    }

    /// <summary>
    /// With a session: sshd sends small packets at once only when it has run a command (it sets TCP_NODELAY then), and a small push takes 0.2 s longer without.
    /// cat waits for its input, which never comes, and ends with the connection.
    /// </summary>
    private Process StartForwarding(bool withSession)
    {
        // A connection that stands is used. Becoming one that others share is not for a process that ends with its push: with ControlPersist it would leave at once.
        List<string> options = ["-T", "-o", "ControlMaster=no", "-o", "RemoteCommand=none", "-o", "ExitOnForwardFailure=yes"];
        if (!_here.IsInteractive)
        {
            options.AddRange(["-o", "BatchMode=yes"]);
        }

        var process = Start(withSession ? Command(options, "cat") : Command([.. options, "-N"]));
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginErrorReadLine();
        return process;
    }

    private static ProcessStartInfo Piped(string[] command) => new(command[0], command.Skip(1))
    {
        UseShellExecute = false,
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    };

    private Process Start(string[] command)
    {
        try
        {
            // Its standard input stays open and silent: an ssh that shares another's connection (ControlMaster) ends when that does, though it has no session.
            // Its questions ssh asks on the terminal itself.
            return Process.Start(Piped(command)) ?? throw new InvalidOperationException("No process was started.");
        }
        catch (Win32Exception cause)
        {
            throw new CommandException(
                ExitCode.Unreachable,
                "SSH_MISSING",
                $"the program '{command[0]}' cannot be started to reach {_address}",
                "install OpenSSH's client, or name a program in IUCUTTER_SSH",
                cause);
        }
    }

    /// <summary>A connection that stood before goes on listening for us after our ssh has ended, until it is told to stop.</summary>
    private async Task WithdrawAsync()
    {
        if (!await AnswersAsync(CancellationToken.None))
        {
            return;
        }

        TakeFirst()?.Dispose();
        try
        {
            using var cancel = Process.Start(Piped(Command(["-O", "cancel"])));
        }
        catch (Win32Exception)
        {
            // Then a socket without a name is left, in the user's own ssh, until that ends.
        }
    }

    private async Task WaitAsync(CancellationToken cancellation)
    {
        var withSession = true;
        while (!await AnswersAsync(cancellation))
        {
            if (_process.HasExited && withSession && _process.ExitCode != SshFailed)
            {
                // A user who may run nothing there may still be let through to the agent.
                withSession = false;
                var ended = _process;
                _process = StartForwarding(withSession);
                ended.Dispose();
            }
            else if (_process.HasExited)
            {
                // Its last words may still be on their way.
                await _process.WaitForExitAsync(cancellation);
                throw new CommandException(
                    ExitCode.Unreachable,
                    "SSH_FAILED",
                    string.Create(CultureInfo.InvariantCulture, $"ssh to {_address} ended with exit code {_process.ExitCode}: {(Said.Length == 0 ? "it said nothing" : Said)}"),
                    $"try it by hand: {Destination(_address)}");
            }

            await Task.Delay(Pause, _here.Time, cancellation);
        }
    }

    private async Task<bool> AnswersAsync(CancellationToken cancellation)
    {
        if (!File.Exists(Socket))
        {
            return false;
        }

        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Socket), cancellation);
            _first = socket;
            return true;
        }
        catch (SocketException)
        {
            // It is bound but does not listen yet.
            socket.Dispose();
            return false;
        }
    }

    private static string Destination(TargetAddress.Ssh address) => string.Create(
        CultureInfo.InvariantCulture, $"ssh{(address.Port is { } port ? $" -p {port}" : "")} {(address.User is null ? "" : address.User + "@")}{address.Host} true");

    private void Keep(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_errors)
        {
            _errors.Append(line).Append('\n');
            if (_errors.Length > ErrorLimit)
            {
                _errors.Remove(0, _errors.Length - ErrorLimit);
            }
        }
    }
}
