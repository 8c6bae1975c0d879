using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using IuCutter.Commands;
using IuCutter.Configuration;
using IuCutter.Tests.Unit.Support;

namespace IuCutter.Tests.Unit.Commands;

/// <summary>Real processes, with and without a fence.</summary>
public sealed class CommandRunnerTests : IDisposable
{
    private static readonly string Path_ = Environment.GetEnvironmentVariable("PATH")!;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Arguments_arrive_verbatim()
    {
        string[] odd = ["a b", "$(id)", "`id`", "; rm -rf /", "%n%s", "'", "\"", "\\", "*", "?", "~", "&&", "|", ">x", "\n", "", "-rf", "é", "#"];

        var result = await RunAsync(["printf", "%s\\0", .. odd]);

        Assert.Equal(odd, (await File.ReadAllTextAsync(result.Output.Path)).TrimEnd('\0').Split('\0'));
    }

    [Fact]
    public async Task Only_the_named_environment_is_seen_and_nothing_is_inherited()
    {
        var result = await RunAsync(["env"], environment: new() { ["PATH"] = Path_, ["ONLY"] = "this" });

        var names = (await File.ReadAllLinesAsync(result.Output.Path)).Select(l => l.Split('=')[0]).Order();
        Assert.Equal(["ONLY", "PATH", "PWD"], names.Where(n => n is not ("_" or "SHLVL" or "OLDPWD")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_hanging_command_is_ended_at_its_limit_with_its_group(bool fenced)
    {
        var mark = Mark();

        var result = await RunAsync(["sh", "-c", $"trap '' TERM; sleep {mark} & sleep {mark}"], fenced: fenced, limit: TimeSpan.FromMilliseconds(300));

        Assert.True(result.TimedOut);
        Assert.Equal(0, Survivors(mark));
    }

    [Fact]
    public async Task In_a_fence_not_even_a_child_with_its_own_session_survives()
    {
        var mark = Mark();

        for (var i = 0; i < 20; i++)
        {
            var result = await RunAsync(["sh", "-c", $"for i in 1 2 3 4 5 6 7 8; do setsid setsid sleep {mark} >/dev/null 2>&1 & done; echo started"], fenced: true);

            Assert.Equal(0, result.ExitCode);
            Assert.Equal(0, Survivors(mark));
        }
    }

    [Fact]
    public async Task A_child_that_keeps_the_pipe_open_holds_nobody_up()
    {
        var mark = Mark();
        var clock = Stopwatch.StartNew();

        var result = await RunAsync(["sh", "-c", $"sleep {mark} & echo done"]);

        Assert.Equal(0, result.ExitCode);
        Assert.True(clock.Elapsed < TimeSpan.FromMinutes(1));
        Assert.Equal(0, Survivors(mark));
    }

    [Fact]
    public async Task A_caller_that_gives_up_is_told_apart_from_a_time_limit()
    {
        var mark = Mark();
        using var given = new CancellationTokenSource();
        var run = RunAsync(["sleep", mark], cancellation: given.Token);
        await UntilAsync(() => Survivors(mark) > 0);

        await given.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.Equal(0, Survivors(mark));
    }

    [Fact]
    public async Task A_flood_is_counted_whole_and_kept_to_its_limit()
    {
        var result = await RunAsync(["sh", "-c", "head -c 50000000 /dev/zero; echo end"], outputLimit: 1_000_000);

        Assert.Equal(0, result.ExitCode);
        Assert.True(result.Output.IsTruncated);
        Assert.Equal(50_000_004, result.Output.Bytes);
        Assert.Equal(1_000_000, new FileInfo(result.Output.Path).Length);
        Assert.EndsWith("end\n", result.Output.Tail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(1_000_000)]
    public async Task An_output_that_no_disk_keeps_is_no_result(int bytes)
    {
        var clock = Stopwatch.StartNew();

        await Assert.ThrowsAsync<IOException>(() => RunAsync(["head", "-c", $"{bytes}", "/dev/zero"], output: "/dev/full"));

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Secrets_are_masked_in_every_form_wherever_they_are_printed()
    {
        const string Secret = "s3cr3t/Value+1";
        var bytes = Encoding.UTF8.GetBytes(Secret);
        string[] forms = [Secret, Convert.ToBase64String(bytes), Uri.EscapeDataString(Secret), Convert.ToHexStringLower(bytes)];
        var script = string.Concat(forms.Select(f => $"printf '%s' 'x{f[..5]}'; sleep 0.05; printf '%s' '{f[5..]}y'; "));

        var result = await RunAsync(["sh", "-c", script], environment: new() { ["PATH"] = Path_, ["TOKEN"] = Secret }, secrets: ["TOKEN"]);

        Assert.Equal(string.Concat(forms.Select(_ => "x***y")), await File.ReadAllTextAsync(result.Output.Path));
    }

    [Theory]
    [InlineData("739", false)]
    [InlineData(" 739 ", false)]
    [InlineData("7390", true)]
    [InlineData("", true)]
    public async Task A_value_that_is_too_short_to_be_masked_is_named(string value, bool masked)
    {
        var result = await RunAsync(["printenv", "PIN"], environment: new() { ["PATH"] = Path_, ["PIN"] = value }, secrets: ["PIN", "NOT_SET"]);

        Assert.Equal(masked ? null : ["PIN"], result.ToEvidence().NotMasked);
    }

    [Fact]
    public async Task What_could_not_start_says_exactly_why()
    {
        Assert.Contains("no-such-program is not on the PATH", (await RunAsync(["no-such-program"])).CouldNotStart, StringComparison.Ordinal);
        await File.WriteAllTextAsync(_folder.In("data"), "no program");
        Assert.Contains("is not executable", (await RunAsync(["./data"])).CouldNotStart, StringComparison.Ordinal);
        Assert.Contains("asks for sandbox tier T4", (await RunAsync(["true"], least: SandboxTier.T4)).CouldNotStart, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_a_fence_only_the_release_and_the_scratch_can_be_written()
    {
        var outside = _folder.In("outside");
        var result = await RunAsync(["sh", "-c", $"echo in > inside; echo out > {outside}; echo etc > /etc/iucutter-probe; ls {_folder.In("hidden")}"], fenced: true, hide: _folder.Make("hidden"));

        Assert.True(File.Exists(_folder.In("work/inside")));
        Assert.False(File.Exists(outside));
        Assert.False(File.Exists("/etc/iucutter-probe"));
        Assert.Equal(SandboxTier.T3, result.Tier);
    }

    [Fact]
    public async Task In_a_fence_the_kernels_settings_and_what_is_roots_alone_are_out_of_reach()
    {
        var result = await RunAsync(
            ["sh", "-c", "for f in kernel/core_pattern vm/swappiness fs/file-max kernel/panic; do test -w /proc/sys/$f && echo $f is open; done; cat /etc/shadow && echo read; true"],
            fenced: true);

        Assert.Equal(0, result.ExitCode);
        Assert.DoesNotContain("is open", result.Output.Tail, StringComparison.Ordinal);
        Assert.DoesNotContain("read", result.Output.Tail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_a_fence_no_socket_of_the_host_answers()
    {
        var place = Directory.CreateDirectory(Path.Combine("/var/tmp", Path.GetRandomFileName()));
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var socket = Path.Combine(place.FullName, "a socket");
        listener.Bind(new UnixDomainSocketEndPoint(socket));
        listener.Listen();
        string[] connect = ["python3", "-c", $"import socket; socket.socket(socket.AF_UNIX).connect('{socket}')"];
        try
        {
            Assert.Equal(0, (await RunAsync(connect)).ExitCode);
            Assert.Equal(1, (await RunAsync(connect, fenced: true)).ExitCode);
        }
        finally
        {
            place.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Where_no_network_is_to_be_had_a_command_that_asks_for_one_does_not_start()
    {
        Assert.Equal("the check asks for a network: nobody gets one", (await RunAsync(["true"], fenced: true, network: true, noNetwork: "nobody gets one")).CouldNotStart);
        Assert.Equal(0, (await RunAsync(["true"], fenced: true, noNetwork: "nobody gets one")).ExitCode);
    }

    [Fact]
    public async Task In_a_fence_there_is_no_network_unless_it_was_asked_for()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        string[] connect = ["python3", "-c", $"import socket; socket.create_connection(('127.0.0.1', {port}), 2)"];

        Assert.NotEqual(0, (await RunAsync(connect, fenced: true)).ExitCode);
        Assert.Equal(0, (await RunAsync(connect, fenced: true, network: true)).ExitCode);
    }

    [Fact]
    public async Task A_fenced_command_given_up_at_any_moment_of_its_start_leaves_nothing_running()
    {
        var mark = Mark();
        for (var moment = 0; moment < 80; moment++)
        {
            using var given = new CancellationTokenSource();
            var run = RunAsync(["sleep", mark], fenced: true, cancellation: given.Token, begun: () => given.CancelAfter(TimeSpan.FromMicroseconds(400 * moment)));
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        }

        Assert.Equal(0, CountProcesses("-f", $"sleep {mark}"));
    }

    [Fact]
    public async Task What_left_the_commands_group_ends_with_it_even_without_a_fence()
    {
        var mark = Mark();

        var result = await RunAsync(["sh", "-c", $"setsid sleep {mark} & exit 0"], new() { ["PATH"] = Path_, ["HOME"] = _folder.Make("scratch") });

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(0, Survivors(mark));
    }

    [Fact]
    public async Task A_fenced_command_whose_starter_is_gone_is_found_by_its_scratch_directory()
    {
        var mark = Mark();
        var running = RunAsync(["sleep", mark], new() { ["PATH"] = Path_, ["HOME"] = _folder.Make("scratch") }, fenced: true);
        await UntilAsync(() => Survivors(mark) == 1);

        Assert.Equal(0, LeftOverCommands.End(_folder.In("scra")));
        Assert.True(LeftOverCommands.End(_folder.In("scratch")) > 0);

        await UntilAsync(() => Survivors(mark) == 0);
        Assert.NotNull((await running).Signal);
    }

    [Fact]
    public async Task A_command_that_takes_too_much_memory_is_ended()
    {
        var result = await RunAsync(["python3", "-c", "x = bytearray(300_000_000); import time; time.sleep(30)"], memory: 100_000_000);

        Assert.True(result.MemoryExceeded);
        Assert.Null(result.ExitCode);
    }

    [Fact]
    public async Task The_tail_is_harmless_to_show()
    {
        var result = await RunAsync(["printf", "\\033[31mred\\007\\377\\342\\200\\256"]);

        Assert.Equal(@"\x1B[31mred\x07\xFF\xE2\x80\xAE", result.Output.Tail);
    }

    private static string Mark() => $"96{Random.Shared.Next(100000, 999999)}";

    private static int Survivors(string mark) => CountProcesses("-fx", $"sleep {mark}");

    private static int CountProcesses(string how, string pattern)
    {
        using var search = Process.Start(new ProcessStartInfo("pgrep", [how, pattern]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        return search.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        for (var left = 1000; !isSo(); left--)
        {
            Assert.True(left > 0);
            await Task.Delay(TimeSpan.FromMilliseconds(10));
        }
    }

    private async Task<CommandResult> RunAsync(
        string[] arguments,
        Dictionary<string, string>? environment = null,
        string[]? secrets = null,
        bool fenced = false,
        bool network = false,
        string? hide = null,
        string? noNetwork = null,
        TimeSpan? limit = null,
        long outputLimit = 64 << 20,
        long? memory = null,
        SandboxTier least = SandboxTier.T0,
        string? output = null,
        Action? begun = null,
        CancellationToken cancellation = default)
    {
        var sandbox = fenced ? await Sandbox.ProbeAsync(Path_, hide is null ? [] : [hide], noNetwork, CancellationToken.None) : Sandbox.None;
        var work = _folder.Make("work");
        if (File.Exists(_folder.In("data")))
        {
            File.Copy(_folder.In("data"), Path.Combine(work, "data"), overwrite: true);
        }

        var spec = new CommandSpec
        {
            Arguments = arguments,
            WorkingDirectory = work,
            Environment = environment ?? new() { ["PATH"] = Path_ },
            SecretNames = secrets ?? [],
            TimeLimit = limit ?? TimeSpan.FromMinutes(1),
            OutputLimit = outputLimit,
            MemoryLimit = memory,
            Network = network,
            LeastTier = least,
            WritableDirectory = work,
            ScratchDirectory = _folder.Make("scratch"),
        };
        begun?.Invoke();
        return await new CommandRunner(sandbox, TimeProvider.System).RunAsync(spec, onLine: null, output ?? _folder.In($"output-{Guid.NewGuid():N}"), cancellation);
    }
}
