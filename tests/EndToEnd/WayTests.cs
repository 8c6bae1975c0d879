using System.Diagnostics;
using System.Text.RegularExpressions;
using IuCutter.Ledgers;
using IuCutter.Tests.EndToEnd.Support;

namespace IuCutter.Tests.EndToEnd;

/// <summary>The way between the hosts: a real sshd, and a network that cuts and corrupts.</summary>
public sealed class WayTests
{
    [Fact]
    public async Task A_push_goes_through_ssh_and_an_unknown_host_key_is_refused()
    {
        await using var scene = await Scene.OpenAsync();
        await using var sshd = await Sshd.StartAsync(Path.Combine(scene.Folder, "ssh"));
        var target = $"ssh://root@127.0.0.1:{sshd.Port}{scene.Socket}";
        var variables = new Dictionary<string, string>(StringComparer.Ordinal) { ["IUCUTTER_SSH"] = $"ssh -F {sshd.ClientConfiguration}" };

        (await Programs.RunAsync(Programs.Packager, ["push", "--target", target], scene.Payload.Folder, variables)).Exits(0).Says("verdict A");
        Assert.NotNull(scene.Live);

        await File.WriteAllTextAsync(sshd.KnownHosts, "");
        (await Programs.RunAsync(Programs.Packager, ["status", "--target", target], scene.Payload.Folder, variables)).Exits(5).Says("Host key verification failed");
        var wrongPort = $"ssh://root@127.0.0.1:1{scene.Socket}";
        (await Programs.RunAsync(Programs.Packager, ["status", "--target", wrongPort], scene.Payload.Folder, variables)).Exits(5).Says("Connection refused");
    }

    [Fact]
    public async Task A_push_keeps_its_place_in_a_connection_that_ssh_holds_open()
    {
        await using var scene = await Scene.OpenAsync();
        await using var sshd = await Sshd.StartAsync(Path.Combine(scene.Folder, "ssh"));
        var (shared, starts) = (Path.Combine(scene.Folder, "shared"), Path.Combine(scene.Folder, "starts"));
        var counting = Path.Combine(scene.Folder, "counting-ssh");
        await File.WriteAllTextAsync(counting, $"#!/bin/sh\necho \"$@\" >> {starts}\nexec ssh -F {sshd.ClientConfiguration} -o ControlPath={shared} \"$@\"\n");
        File.SetUnixFileMode(counting, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string[] master = ["-F", sshd.ClientConfiguration, "-o", "ControlMaster=yes", "-o", $"ControlPath={shared}", "-N", "-f", "-p", $"{sshd.Port}", "root@127.0.0.1"];
        // What stays behind would keep a pipe open: what it says goes to a file.
        var said = Path.Combine(scene.Folder, "master");
        var opened = await Programs.RunAsync("/bin/sh", ["-c", "exec ssh \"$@\" >\"$0\" 2>&1", said, .. master], scene.Folder);
        Assert.True(opened.ExitCode == 0, await File.ReadAllTextAsync(said));
        var variables = scene.Variables();
        variables["IUCUTTER_SSH"] = counting;
        scene.Payload.Write("smoke.sh", "sleep 2; echo smoke fine");
        await scene.Payload.CommitAsync("takes its time");
        var check = await Programs.RunAsync("ssh", ["-F", sshd.ClientConfiguration, "-o", $"ControlPath={shared}", "-O", "check", "-p", $"{sshd.Port}", "root@127.0.0.1"], scene.Folder);
        var open = $"/proc/{Regex.Match(check.All, "pid=([0-9]+)").Groups[1].Value}/fd";
        int Open() => Directory.GetFileSystemEntries(open).Length;
        var before = Open();

        (await Programs.RunAsync(Programs.Packager, ["push", "--target", $"ssh://root@127.0.0.1:{sshd.Port}{scene.Socket}"], scene.Payload.Folder, variables)).Exits(0).Says("verdict A");

        // The second is the one that tells the shared connection to listen no more. The push does not wait for it.
        await Programs.UntilAsync(() => File.ReadAllLines(starts).Length > 1, "ssh was started twice");
        Assert.Collection(await File.ReadAllLinesAsync(starts), push => Assert.StartsWith("-T", push, StringComparison.Ordinal), end => Assert.StartsWith("-O cancel", end, StringComparison.Ordinal));
        await Programs.UntilAsync(() => Open() <= before, "the shared connection listens no more");
        (await Programs.RunAsync("ssh", ["-F", sshd.ClientConfiguration, "-o", $"ControlPath={shared}", "-O", "exit", "-p", $"{sshd.Port}", "root@127.0.0.1"], scene.Folder)).Exits(0);
    }

    [Theory]
    [InlineData("command=\"echo this account is closed; exit 1\"")]
    [InlineData("restrict,port-forwarding,command=\"/bin/false\"")]
    public async Task A_user_who_may_run_nothing_on_the_target_is_let_through_to_the_agent(string restriction)
    {
        await using var scene = await Scene.OpenAsync();
        await using var sshd = await Sshd.StartAsync(Path.Combine(scene.Folder, "ssh"));
        var keys = await File.ReadAllTextAsync(sshd.AuthorizedKeys);
        await File.WriteAllTextAsync(sshd.AuthorizedKeys, $"{restriction} {keys}");
        var variables = scene.Variables();
        variables["IUCUTTER_SSH"] = $"ssh -F {sshd.ClientConfiguration}";

        (await Programs.RunAsync(Programs.Packager, ["push", "--target", $"ssh://root@127.0.0.1:{sshd.Port}{scene.Socket}"], scene.Payload.Folder, variables)).Exits(0).Says("verdict A");
    }

    [Fact]
    public async Task An_ssh_that_ends_with_its_session_before_the_way_stands_is_asked_for_the_way_alone()
    {
        await using var scene = await Scene.OpenAsync();
        await using var sshd = await Sshd.StartAsync(Path.Combine(scene.Folder, "ssh"));
        var closing = Path.Combine(scene.Folder, "closing-ssh");
        await File.WriteAllTextAsync(closing, $"#!/bin/sh\ncase \"$*\" in *' cat') exit 1 ;; esac\nexec ssh -F {sshd.ClientConfiguration} \"$@\"\n");
        File.SetUnixFileMode(closing, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var variables = scene.Variables();
        variables["IUCUTTER_SSH"] = closing;

        (await Programs.RunAsync(Programs.Packager, ["status", "--target", $"ssh://root@127.0.0.1:{sshd.Port}{scene.Socket}"], scene.Payload.Folder, variables)).Exits(0);
    }

    [Fact]
    public async Task A_push_does_not_become_the_connection_that_ssh_would_keep_for_others()
    {
        await using var scene = await Scene.OpenAsync();
        await using var sshd = await Sshd.StartAsync(Path.Combine(scene.Folder, "ssh"));
        var keeping = Path.Combine(scene.Folder, "keeping");
        var shared = Path.Combine(scene.Folder, "shared");
        await File.WriteAllTextAsync(keeping, $"ControlMaster auto\nControlPath {shared}\nControlPersist 60\nRemoteCommand tmux\nRequestTTY yes\n{await File.ReadAllTextAsync(sshd.ClientConfiguration)}");
        var variables = scene.Variables();
        variables["IUCUTTER_SSH"] = $"ssh -F {keeping}";

        (await Programs.RunAsync(Programs.Packager, ["push", "--target", $"ssh://root@127.0.0.1:{sshd.Port}{scene.Socket}"], scene.Payload.Folder, variables)).Exits(0).Says("verdict A");

        Assert.False(File.Exists(shared));
    }

    [Fact]
    public async Task A_connection_that_breaks_again_and_again_only_delays_a_push()
    {
        await using var scene = await Scene.WithoutAgentAsync();
        var port = Programs.FreePort();
        await scene.StartAgentAsync("--port", $"{port}");
        await WriteNoiseAsync(scene, 7_000_000);
        await scene.Payload.CommitAsync("big");
        await using var proxy = Proxy.Start(port, cutAfter: 2_500_000);

        (await scene.PushAsync("--target", $"http://127.0.0.1:{proxy.Port}", "--no-source-tests")).Exits(0);

        Assert.True(proxy.Connections > 2, $"the proxy saw {proxy.Connections} connections");
        var measured = scene.Ledger.Select(e => e.Event).OfType<LedgerEvent.CheckMade>().First(c => c.Check.Id == "G4.contents").Check.Evidence!.Measured!;
        Assert.Equal(7_000_000 + 5_000, long.Parse(measured["bytes received"], null), 1_000d);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(3_000_000)]
    public async Task To_a_far_target_contents_go_over_several_connections_and_one_that_breaks_only_delays_them(int? cutAfter)
    {
        const int Bytes = 20_000_000;
        await using var scene = await Scene.WithoutAgentAsync();
        var port = Programs.FreePort();
        await scene.StartAgentAsync("--port", $"{port}");
        await WriteNoiseAsync(scene, Bytes);
        await scene.Payload.CommitAsync("big");
        await using var proxy = Proxy.Start(port, cutAfter, delay: TimeSpan.FromMilliseconds(25));

        (await scene.PushAsync("--target", $"http://127.0.0.1:{proxy.Port}", "--no-source-tests")).Exits(0);

        Assert.True(cutAfter is null ? proxy.Connections == 4 : proxy.Connections > 5, $"the proxy saw {proxy.Connections} connections");
        var measured = scene.Ledger.Select(e => e.Event).OfType<LedgerEvent.CheckMade>().First(c => c.Check.Id == "G4.contents").Check.Evidence!.Measured!;
        Assert.Equal(Bytes + 5_000, long.Parse(measured["bytes received"], null), 1_000d);
        Assert.Equal("0", measured["contents that arrived damaged"]);
    }

    [Theory]
    [InlineData("-INT")]
    [InlineData("-TERM")]
    public async Task A_packager_that_is_interrupted_while_it_sends_says_what_is_missing_and_the_same_push_goes_on(string signal)
    {
        await using var scene = await Scene.WithoutAgentAsync();
        var port = Programs.FreePort();
        await scene.StartAgentAsync("--port", $"{port}");
        var noise = await WriteNoiseAsync(scene, 3_000_000);
        await scene.Payload.CommitAsync("big");
        await using var proxy = Proxy.Start(port, bytesPerSecond: 400_000);
        using var push = Process.Start(Programs.Start(
            Programs.Packager, ["push", "--target", $"http://127.0.0.1:{proxy.Port}", "--no-source-tests"], scene.Payload.Folder, scene.Variables()))!;
        var said = push.StandardError.ReadToEndAsync();
        _ = push.StandardOutput.ReadToEndAsync();
        await Programs.UntilAsync(() => proxy.Passed > 500_000, "contents are sent");

        (await Programs.RunAsync("kill", [signal, $"{push.Id}"], scene.Folder)).Exits(0);
        await push.WaitForExitAsync();

        Assert.Equal(130, push.ExitCode);
        Assert.Contains("contents were still missing there", await said, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", await said, StringComparison.Ordinal);
        (await scene.CliAsync("status")).Exits(0).Says(scene.Ledger[^1].Operation);
        (await scene.PushAsync("--no-source-tests")).Exits(0).Says("joined operation");
        Assert.Equal(noise, await File.ReadAllBytesAsync(Path.Combine(scene.Slot, "big.bin")));
    }

    [Fact]
    public async Task A_corrupted_byte_on_the_way_never_becomes_a_file()
    {
        await using var scene = await Scene.WithoutAgentAsync();
        var port = Programs.FreePort();
        await scene.StartAgentAsync("--port", $"{port}");
        var noise = await WriteNoiseAsync(scene, 3_000_000);
        await scene.Payload.CommitAsync("big");
        await using var proxy = Proxy.Start(port, corruptAt: 1_500_000);

        var run = await scene.PushAsync("--target", $"http://127.0.0.1:{proxy.Port}", "--no-source-tests");

        Assert.True(proxy.HasCorrupted);
        run.Exits(0).Says("it is sent again");
        Assert.Equal(noise, await File.ReadAllBytesAsync(Path.Combine(scene.Slot, "big.bin")));
    }

    [Fact]
    public async Task Over_a_slow_link_contents_are_compressed_and_arrive_as_they_are()
    {
        await using var scene = await Scene.WithoutAgentAsync();
        var port = Programs.FreePort();
        await scene.StartAgentAsync("--port", $"{port}");

        // Much more than what buffers on the way take at once, which looks like a fast link: 16 MB where a busy host is taken for a far one, and four connections are used.
        var text = string.Concat(Enumerable.Range(0, 8_000_000).Select(i => i.ToString("X7", null)));
        scene.Payload.Write("big.txt", text);
        var noise = new byte[3_000_000];
        new Random(7).NextBytes(noise);
        await File.WriteAllBytesAsync(Path.Combine(scene.Payload.Folder, "noise.bin"), noise);
        await scene.Payload.CommitAsync("big");
        await using var proxy = Proxy.Start(port, bytesPerSecond: 6_000_000);

        (await scene.PushAsync("--target", $"http://127.0.0.1:{proxy.Port}", "--no-source-tests")).Exits(0);

        Assert.Equal(text, await File.ReadAllTextAsync(Path.Combine(scene.Slot, "big.txt")));
        Assert.Equal(noise, await File.ReadAllBytesAsync(Path.Combine(scene.Slot, "noise.bin")));
        Assert.InRange(proxy.Passed, noise.Length, (text.Length / 3 * 2) + noise.Length);
    }

    /// <summary>Bytes that no compression makes fewer, so that the proxy's places are reached on a busy host too.</summary>
    private static async Task<byte[]> WriteNoiseAsync(Scene scene, int length)
    {
        var noise = new byte[length];
        new Random(1).NextBytes(noise);
        await File.WriteAllBytesAsync(Path.Combine(scene.Payload.Folder, "big.bin"), noise);
        return noise;
    }
}
