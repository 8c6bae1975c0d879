using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using IuCutter.Gates;
using IuCutter.Ledgers;
using IuCutter.Tests.EndToEnd.Support;

namespace IuCutter.Tests.EndToEnd;

/// <summary>What is wrong on the target stops the push where it is, and what was there stays as it was.</summary>
public sealed class BadTargetTests
{
    public static TheoryData<string, string> Occupants => new()
    {
        { "file", "a file that this agent did not make" },
        { "directory", "a directory that this agent did not make" },
        { "link", "a link to /etc that this agent did not make" },
    };

    [Theory]
    [MemberData(nameof(Occupants))]
    public async Task A_slot_that_something_else_occupies_is_blocked_and_untouched(string what, string said)
    {
        await using var scene = await Scene.OpenAsync();
        if (what == "file")
        {
            await File.WriteAllTextAsync(scene.Slot, "mine");
        }
        else if (what == "directory")
        {
            Directory.CreateDirectory(Path.Combine(scene.Slot, "inside"));
        }
        else
        {
            File.CreateSymbolicLink(scene.Slot, "/etc");
        }

        var before = scene.Picture();

        (await scene.PushAsync()).Exits(3).Says("BLOCKED").Says(said).Says("verdict B");

        Assert.Equal(before, scene.Picture());
    }

    [Fact]
    public async Task A_false_guard_stops_before_anything_is_written()
    {
        await using var scene = await Scene.OpenAsync();
        scene.Payload.Write("iucutter.yaml", Payload.Yaml("guards: [{ host: some-other-host }, { file: /nonexistent/marker }]"));
        await scene.Payload.CommitAsync("guarded");
        var before = scene.Picture();

        (await scene.PushAsync()).Exits(3).Says("some-other-host").Says("/nonexistent/marker").Says("verdict B");

        Assert.Equal(before, scene.Picture());
        Assert.Equal(Verdict.B, scene.LastEnd.Verdict);
    }

    [Fact]
    public async Task An_anchor_that_changes_meanwhile_fails_the_push_and_is_told()
    {
        await using var scene = await Scene.OpenAsync();
        var anchor = Directory.CreateDirectory(Path.Combine(scene.Folder, "precious")).FullName;
        await File.WriteAllTextAsync(Path.Combine(anchor, "kept"), "as it was");
        scene.Payload.Write("iucutter.yaml", Payload.Yaml($"anchors: [{anchor}]"));
        scene.Payload.Write("smoke.sh", "sleep 1; echo smoke fine");
        await scene.Payload.CommitAsync("takes its time");

        var push = scene.PushAsync();
        await Programs.UntilAsync(() => scene.Ledger.Any(e => e.Event is LedgerEvent.GateBegun { Gate: GateId.G6 }), "the smoke runs");
        await File.AppendAllTextAsync(Path.Combine(anchor, "kept"), "and more");

        // What was begun is undone, but the anchor is not as it was, whoever changed it: no B may be claimed.
        (await push).Exits(4).Says($"anchor {anchor} was").Says("verdict C");
        Assert.Null(scene.Live);
        Assert.Empty(scene.Releases);
        Assert.Contains(scene.LastEnd.Changes, c => c.Contains(anchor, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_fence_keeps_a_payload_from_what_is_outside_its_release()
    {
        await using var scene = await Scene.OpenAsync();
        var precious = Path.Combine("/var/tmp", Path.GetRandomFileName());
        await File.WriteAllTextAsync(precious, "as it was");
        scene.Payload.Write("smoke.sh", $"echo touched >> {precious} && echo it could; cat {scene.State}/keys/ledger.pem; echo smoke fine");
        await scene.Payload.CommitAsync("reaches out");

        var run = await scene.PushAsync();

        Assert.Equal("as it was", await File.ReadAllTextAsync(precious));
        Assert.DoesNotContain("PRIVATE KEY", run.All, StringComparison.Ordinal);
        Assert.DoesNotContain("it could", (await scene.CliAsync("logs", scene.Ledger[^1].Operation, "--check", "G6.smoke.1")).All, StringComparison.Ordinal);
        File.Delete(precious);
    }

    [Fact]
    public async Task What_was_open_where_the_agent_was_started_is_not_open_to_a_payload()
    {
        await using var scene = await Scene.OpenAsync();
        scene.Payload.Write("smoke.sh", $"ls /proc/self/fd; (echo out >&{AgentProcess.OfStarter}) 2>/dev/null && echo it could; echo smoke fine");
        await scene.Payload.CommitAsync("writes where it was not sent");

        (await scene.PushAsync()).Exits(0);

        Assert.Empty(await File.ReadAllTextAsync(Path.Combine(scene.Folder, "of-the-starter")));
        Assert.DoesNotContain("it could", (await scene.CliAsync("logs", scene.Ledger[^1].Operation, "--check", "G6.smoke.1")).All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_payload_gets_no_network_on_which_it_could_give_the_agent_orders()
    {
        await using var scene = await Scene.WithoutAgentAsync();
        await scene.StartAgentAsync("--port", $"{Programs.FreePort()}");
        scene.Payload.Write("iucutter.yaml", Payload.Yaml("compile: [{ run: [\"true\"], network: true }]"));
        await scene.Payload.CommitAsync("wants a network");
        var before = scene.Picture();

        (await scene.PushAsync()).Exits(3).Says("start it without --port").Says("BLOCKED");

        Assert.Equal(before, scene.Picture());
    }

    [Fact]
    public async Task Neither_a_file_where_it_is_started_nor_a_variable_opens_a_port_of_the_agent()
    {
        await using var scene = await Scene.WithoutAgentAsync();
        var (byFile, byVariable) = (Programs.FreePort(), Programs.FreePort());
        await File.WriteAllTextAsync(
            Path.Combine(scene.Folder, "appsettings.json"), $$"""{ "Kestrel": { "Endpoints": { "x": { "Url": "http://127.0.0.1:{{byFile}}" } } } }""");

        await scene.StartAgentAsync(
            new Dictionary<string, string>(StringComparer.Ordinal) { ["ASPNETCORE_Kestrel__Endpoints__y__Url"] = $"http://127.0.0.1:{byVariable}", ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{byVariable}" });

        foreach (var port in (int[])[byFile, byVariable])
        {
            using var socket = new TcpClient();
            await Assert.ThrowsAsync<SocketException>(() => socket.ConnectAsync(IPAddress.Loopback, port));
        }
    }

    [Fact]
    public async Task The_agent_watches_nothing_of_the_directory_where_it_is_started()
    {
        await using var scene = await Scene.OpenAsync();

        var open = Directory.GetFiles($"/proc/{scene.Agent!.Id}/fd").Select(fd => new FileInfo(fd).LinkTarget).ToList();

        Assert.Contains(open, o => o?.StartsWith("socket:", StringComparison.Ordinal) == true);
        Assert.DoesNotContain(open, o => o?.Contains("inotify", StringComparison.Ordinal) == true);
    }

    [Theory]
    [InlineData("printf 'smoke fine' > $HOME/output")]
    [InlineData("rm -f $HOME/output; ln -s STATE/keys/ledger.pem $HOME/output; echo smoke fine")]
    public async Task What_a_command_puts_into_its_scratch_folder_is_not_taken_for_its_output(string script)
    {
        await using var scene = await Scene.OpenAsync();
        scene.Payload.Write("smoke.sh", script.Replace("STATE", scene.State, StringComparison.Ordinal));
        await scene.Payload.CommitAsync("forges its output");

        var printed = script.Contains("echo", StringComparison.Ordinal);
        (await scene.PushAsync()).Exits(printed ? 0 : 3);

        Assert.All(Directory.GetFiles(Path.Combine(scene.State, "outputs")), kept => Assert.Null(new FileInfo(kept).LinkTarget));
        Assert.DoesNotContain(
            "PRIVATE KEY", (await scene.CliAsync("logs", scene.Ledger[^1].Operation, "--check", "G6.smoke.1")).All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_the_target_lacks_blocks_and_is_named()
    {
        await using var scene = await Scene.OpenAsync();
        scene.Payload.Write("iucutter.yaml", Payload.Yaml("compile: [{ run: [no-such-compiler, --all] }]"));
        await scene.Payload.CommitAsync("needs more");
        var before = scene.Picture();

        (await scene.PushAsync()).Exits(3).Says("no-such-compiler not found").Says("BLOCKED");

        Assert.Equal(before, scene.Picture());
    }

    [Fact]
    public async Task A_test_count_that_differs_from_the_source_hosts_fails()
    {
        await using var scene = await Scene.OpenAsync();
        scene.Payload.Write("test.sh", "if [ -w /var/tmp ] || [ \"$(id -u)\" != 0 ]; then echo 1..2; echo ok 1; echo ok 2; else echo 1..1; echo ok 1; fi");
        await scene.Payload.CommitAsync("counts differently in a fence");
        var before = scene.Picture();

        (await scene.PushAsync()).Exits(3).Says("1/1 passed").Says("the source host counted 2/2");

        Assert.Equal(before, scene.Picture());
    }

    [Theory]
    [InlineData("echo 1..0", "0/0 passed; at least 1 must pass")]
    [InlineData("echo everything is fine", "no test summary was found")]
    [InlineData("echo 1..1; echo ok 1; exit 1", "exit code 1")]
    [InlineData("echo 1..1; echo ok 1; echo more >> app.txt", "app.txt should")]
    [InlineData("echo 1..1; echo ok 1; chmod 666 app.txt", "app.txt was given the mode 666")]
    [InlineData("echo 1..1; echo ok 1; chmod u+s app.txt", "app.txt was given the mode 4644")]
    [InlineData("echo 1..1; echo ok 1; chmod 777 . lib", ". was given the mode 777")]
    public async Task A_test_that_proves_nothing_is_no_pass(string script, string said)
    {
        await using var scene = await Scene.OpenAsync();
        scene.Payload.Write("test.sh", script);
        await scene.Payload.CommitAsync("proves nothing");
        var before = scene.Picture();

        (await scene.PushAsync("--no-source-tests")).Exits(3).Says(said).Says("verdict B");

        Assert.Equal(before, scene.Picture());
    }

    [Theory]
    [InlineData("true")]
    [InlineData("rm report.xml; mkfifo report.xml")]
    public async Task A_test_report_that_the_run_did_not_write_counts_nothing(string script)
    {
        await using var scene = await Scene.OpenAsync();
        scene.Payload.Write("report.xml", "<testsuite><testcase name='a'/></testsuite>");
        scene.Payload.Write("iucutter.yaml", Payload.Yaml().Replace("counts: tap", "report: report.xml", StringComparison.Ordinal));
        scene.Payload.Write("test.sh", script);
        await scene.Payload.CommitAsync("brings its report along");

        (await scene.PushAsync()).Exits(3).Says("no test summary was found");
        (await scene.PushAsync("--no-source-tests")).Exits(3).Says("no test summary was found").Says("verdict B");
    }

    [Theory]
    [InlineData("guards: [{ file: /dev/zero }]", "a device, pipe or socket")]
    [InlineData("guards: [{ file: PIPE }]", "a device, pipe or socket")]
    [InlineData("guards: [{ file: /proc/kmsg }]", "verdict B")]
    [InlineData("anchors: [/proc/kmsg]", "verdict B")]
    public async Task What_can_be_read_for_ever_is_not_read(string extra, string said)
    {
        await using var scene = await Scene.OpenAsync();
        var pipe = Path.Combine(scene.Folder, "pipe");
        await Programs.OutputOfAsync(scene.Folder, "mkfifo", pipe);
        scene.Payload.Write("iucutter.yaml", Payload.Yaml(extra.Replace("PIPE", pipe, StringComparison.Ordinal)));
        await scene.Payload.CommitAsync("would wait for ever");

        (await scene.PushAsync()).Exits(3).Says(said);
    }

    [Fact]
    public async Task A_command_that_hangs_is_ended_at_its_limit_with_all_its_children()
    {
        await using var scene = await Scene.OpenAsync();
        var mark = $"98{Random.Shared.Next(100000, 999999)}";
        scene.Payload.Write("iucutter.yaml", Payload.Yaml().Replace("timeout: 20s", "timeout: 1s", StringComparison.Ordinal));
        scene.Payload.Write("test.sh", $"setsid sleep {mark} & sleep {mark} & echo 1..1; wait");
        await scene.Payload.CommitAsync("hangs");

        (await scene.PushAsync("--no-source-tests")).Exits(3).Says("ended at its time limit of 1 s");

        using var search = Process.Start("pgrep", ["-f", $"sleep {mark}"]);
        await search.WaitForExitAsync();
        Assert.Equal(1, search.ExitCode);
    }

    [Fact]
    public async Task A_slot_whose_switch_cannot_be_flushed_is_switched_back()
    {
        await using var scene = await Scene.OpenAsync();
        (await scene.PushAsync()).Exits(0);
        var before = scene.Picture();
        scene.Payload.Write("app.txt", "version 2\n");
        await scene.Payload.CommitAsync("two");
        await using var fault = await Fault.InjectAsync(scene, "fsync", "EIO", below: scene.Root);

        (await scene.PushAsync()).Exits(3).Says("cannot flush a directory").Says("verdict B");

        Assert.Equal(before, scene.Picture());
    }

    [Fact]
    public async Task What_a_broken_trial_of_the_way_back_left_stops_no_later_push()
    {
        await using var scene = await Scene.OpenAsync();
        (await scene.PushAsync()).Exits(0);
        var leftover = Path.Combine(scene.Root, ".iucutter-rehearsal-app");
        File.CreateSymbolicLink(leftover, new FileInfo(scene.Slot).LinkTarget!);
        scene.Payload.Write("app.txt", "version 2\n");
        await scene.Payload.CommitAsync("two");

        (await scene.PushAsync()).Exits(0);

        Assert.False(Path.Exists(leftover));
    }

    [Fact]
    public async Task A_failing_smoke_undoes_the_release()
    {
        await using var scene = await Scene.OpenAsync();
        (await scene.PushAsync()).Exits(0);
        var before = scene.Picture();
        scene.Payload.Write("smoke.sh", "echo not so fine");
        await scene.Payload.CommitAsync("smokes");

        (await scene.PushAsync()).Exits(3).Says("without \"smoke fine\"").Says("verdict B");

        Assert.Equal(before, scene.Picture());
    }

    [Fact]
    public async Task A_full_disk_is_told_and_leaves_the_target_as_it_was()
    {
        await using var scene = await Scene.WithoutAgentAsync();
        await Programs.OutputOfAsync(scene.Folder, "mount", "-t", "tmpfs", "-o", "mode=755,size=80m", "none", scene.Root);
        try
        {
            await scene.StartAgentAsync();
            (await scene.PushAsync()).Exits(0);
            scene.Payload.Write("big.bin", string.Concat(Enumerable.Range(0, 3_000_000).Select(i => i.ToString("D7", null))));
            await scene.Payload.CommitAsync("big");
            var before = scene.Picture();

            (await scene.PushAsync("--no-source-tests")).Exits(3).Says("MB free").Says("verdict B");

            Assert.Equal(before, scene.Picture());
            (await scene.CliAsync("status")).Exits(0);
        }
        finally
        {
            await scene.Agent.DisposeAsync();
            await Programs.OutputOfAsync(scene.Folder, "umount", scene.Root);
        }
    }

    [Fact]
    public async Task A_disk_that_fills_while_contents_arrive_fails_the_push_and_gives_the_room_back()
    {
        await using var scene = await Scene.WithoutAgentAsync();
        await Programs.OutputOfAsync(scene.Folder, "mount", "-t", "tmpfs", "-o", "mode=755,size=300m", "none", scene.Root);
        try
        {
            await scene.StartAgentAsync();
            (await scene.PushAsync()).Exits(0);
            scene.Payload.Write("big.bin", new string('b', 150_000_000));
            await scene.Payload.CommitAsync("big");
            var before = scene.Picture();

            var push = scene.PushAsync("--no-source-tests");
            await Programs.UntilAsync(() => scene.Ledger.Count(e => e.Event is LedgerEvent.GateBegun { Gate: GateId.G4 }) == 2, "contents arrive");
            await Programs.RunAsync("fallocate", ["-l", "299m", Path.Combine(scene.Root, ".iucutter", "filler")], scene.Folder);
            await Programs.RunAsync("fallocate", ["-l", "200m", Path.Combine(scene.Root, ".iucutter", "filler")], scene.Folder);

            (await push).Exits(3).Says("No space left on device").Says("verdict B");
            File.Delete(Path.Combine(scene.Root, ".iucutter", "filler"));
            Assert.Equal(before, scene.Picture());
            (await scene.CliAsync("smoke")).Exits(0);
        }
        finally
        {
            await scene.Agent.DisposeAsync();
            await Programs.OutputOfAsync(scene.Folder, "umount", scene.Root);
        }
    }

    [Fact]
    public async Task A_deploy_root_that_cannot_be_written_fails_in_preflight()
    {
        await using var scene = await Scene.OpenAsync();
        var own = Path.Combine(scene.Root, ".iucutter");
        await Programs.OutputOfAsync(scene.Folder, "chattr", "+i", own);
        try
        {
            (await scene.PushAsync()).Exits(3).Says("the deploy root can be written").Says("Operation not permitted").Says("verdict B");
        }
        finally
        {
            await Programs.OutputOfAsync(scene.Folder, "chattr", "-i", own);
        }
    }

    [Fact]
    public async Task An_agent_refuses_a_ledger_that_was_edited()
    {
        await using var scene = await Scene.OpenAsync();
        (await scene.PushAsync()).Exits(0);
        await scene.Agent.StopAsync();
        var ledger = Path.Combine(scene.State, "ledger", "ledger.jsonl");
        await File.WriteAllTextAsync(ledger, (await File.ReadAllTextAsync(ledger)).Replace("2/2 passed", "9/9 passed", StringComparison.Ordinal));

        var (exit, log) = await AgentProcess.StartInVainAsync(scene.Folder, scene.AgentArguments());

        Assert.Equal(1, exit);
        Assert.Contains("is broken: it follows a line with sha256", log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("chmod 777 apps", "others may write to", "chmod go-w")]
    [InlineData("chown :nogroup apps && chmod 775 apps", "others may write to", "chmod go-w")]
    [InlineData("chown nobody apps", "others may write to", "chown")]
    [InlineData("chmod 777 .", "others may write to", "chmod go-w")]
    [InlineData("mv apps real && ln -s real apps", "is a link to", "name the real path: --root")]
    [InlineData("mv state really && ln -s really state", "is a link to", "name the real path: --state")]
    public async Task An_agent_does_not_start_where_others_could_put_another_place_in_its_own_ones_stead(string deed, string said, string next)
    {
        await using var scene = await Scene.WithoutAgentAsync();
        Directory.CreateDirectory(scene.State, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await Programs.OutputOfAsync(scene.Folder, "sh", "-c", deed);

        var (exit, log) = await AgentProcess.StartInVainAsync(scene.Folder, scene.AgentArguments());

        Assert.Equal(1, exit);
        Assert.Contains(said, log, StringComparison.Ordinal);
        Assert.Contains(next, log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_agent_on_the_same_directories_is_refused()
    {
        await using var scene = await Scene.OpenAsync();

        var (exit, log) = await AgentProcess.StartInVainAsync(scene.Folder, scene.AgentArguments());

        Assert.Equal(1, exit);
        Assert.Contains($"held by another agent, process {scene.Agent.Id}", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_users_may_not_talk_to_the_agent()
    {
        await using var scene = await Scene.OpenAsync();
        await Programs.OutputOfAsync(scene.Folder, "chmod", "755", scene.Folder);
        await Programs.OutputOfAsync(scene.Folder, "chmod", "777", scene.Socket);

        // Even with the socket's own permissions thrown open, the kernel says who calls.
        var run = await Programs.RunAsync("setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", Programs.Packager, "status"], "/", scene.Variables());

        run.Exits(5);
        await Programs.UntilAsync(() => scene.Agent.Log.Contains("refused a connection of user 65534", StringComparison.Ordinal), "the refusal is logged");
    }
}
