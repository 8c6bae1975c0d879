using System.Diagnostics;
using IuCutter.Gates;
using IuCutter.Ledgers;
using IuCutter.Tests.EndToEnd.Support;

namespace IuCutter.Tests.EndToEnd;

/// <summary>Whoever is killed, whenever: the slot points at one whole release, and the next try works.</summary>
public sealed class InterruptedTests
{
    [Theory]
    [InlineData(GateId.G5)]
    [InlineData(GateId.G6)]
    public async Task An_agent_that_is_killed_during_a_gate_undoes_what_was_begun_when_it_starts_again(GateId gate)
    {
        await using var scene = await Scene.OpenAsync();
        (await scene.PushAsync()).Exits(0);
        var (live, before) = (scene.Live, scene.Picture());
        scene.Payload.Write(gate == GateId.G5 ? "test.sh" : "smoke.sh", "sleep 30; echo 1..1; echo ok 1");
        await scene.Payload.CommitAsync("slow");

        var push = scene.PushAsync("--no-source-tests");
        await Programs.UntilAsync(() => scene.Ledger.Count(e => e.Event is LedgerEvent.GateBegun b && b.Gate == gate) == 2, $"{gate} runs");
        await scene.Agent.KillAsync();
        Assert.Equal(live, scene.Live);
        await scene.StartAgentAsync();

        (await push).Exits(3).Says("stopped while the operation ran");
        Assert.Equal(before, scene.Picture());
        Assert.Equal(Verdict.B, scene.LastEnd.Verdict);
        scene.Payload.Write("test.sh", Payload.GoodTest);
        scene.Payload.Write("smoke.sh", "echo smoke fine");
        scene.Payload.Write("app.txt", "version 3\n");
        await scene.Payload.CommitAsync("good again");
        (await scene.PushAsync()).Exits(0);
    }

    [Fact]
    public async Task Who_is_stopped_before_the_answer_came_is_not_told_that_nothing_was_begun()
    {
        await using var scene = await Scene.OpenAsync();
        scene.Payload.Write("test.sh", $"touch {scene.Folder}/tested; sleep 1; {Payload.GoodTest}");
        await scene.Payload.CommitAsync("the agent falls silent");

        (await ShellAsync(scene, $"""
            "$0" push >../said 2>&1 & push=$!
            until [ -e ../tested ]; do sleep 0.05; done
            kill -STOP {scene.Agent.Id}
            until grep -q '^G2' ../said; do sleep 0.05; done
            sleep 1; kill -TERM $push; wait $push; code=$?
            kill -CONT {scene.Agent.Id}; cat ../said; exit $code
            """)).Exits(130).Says("whether it has begun is not known").Says("next: iucutter operations --target");
    }

    [Fact]
    public async Task Who_is_stopped_when_the_operation_has_ended_is_told_how()
    {
        await using var scene = await Scene.OpenAsync();
        var reports = Directory.CreateDirectory(Path.Combine(scene.Folder, "reports")).FullName;
        await Programs.OutputOfAsync(reports, "git", "init", "-q");
        await Programs.OutputOfAsync(reports, "git", "config", "user.name", "ann");
        await Programs.OutputOfAsync(reports, "git", "config", "user.email", "ann@example.org");
        await Programs.OutputOfAsync(reports, "git", "config", "filter.slow.clean", "sh -c 'touch ../adding; sleep 2; cat'");
        await File.WriteAllTextAsync(Path.Combine(reports, ".git", "info", "attributes"), "*.html filter=slow\n");
        scene.Payload.Write("iucutter.yaml", Payload.Yaml($"publish: {{ repository: {reports} }}"));
        await scene.Payload.CommitAsync("published");

        (await ShellAsync(scene, """
            "$0" push >../said 2>&1 & push=$!
            until [ -e ../adding ]; do sleep 0.05; done
            kill -TERM $push; wait $push; code=$?
            cat ../said; exit $code
            """)).Exits(0).Says("verdict A");

        Assert.False(File.Exists(Path.Combine(reports, ".git", "index.lock")));
        Assert.Single(Directory.GetDirectories(Path.Combine(scene.Folder, "mine", "iucutter", "reports")));
    }

    [Fact]
    public async Task What_cannot_be_said_is_no_crash_and_no_end_of_the_operation()
    {
        await using var scene = await Scene.OpenAsync();

        (await ShellAsync(scene, "\"$0\" status --json >/dev/full")).Exits(1);
        (await scene.PushAsync()).Exits(0);
        (await ShellAsync(scene, "\"$0\" smoke --json >/dev/full")).Exits(1).Says("iucutter watch op-");
        await Programs.UntilAsync(() => scene.LastEnd.Verdict == Verdict.A && scene.Ledger.Count(e => e.Event is LedgerEvent.OperationEnded) == 2, "the smoke has gone on");
    }

    [Fact]
    public async Task A_clock_that_jumps_during_a_push_changes_nothing_but_the_times()
    {
        await using var scene = await Scene.WithoutAgentAsync();
        var clock = Path.Combine(scene.Folder, "clock");
        await File.WriteAllTextAsync(clock, "+0");
        await scene.StartAgentAsync(await FakeTimeAsync(clock));
        scene.Payload.Write("iucutter.yaml", Payload.Yaml("compile: [{ run: [sleep, \"2\"] }]"));
        await scene.Payload.CommitAsync("takes its time");

        foreach (var (jump, said) in ((string, string)[])[("-400d", "version 2\n"), ("+900d", "version 3\n")])
        {
            scene.Payload.Write("app.txt", said);
            await scene.Payload.CommitAsync(jump);
            var begun = scene.Ledger.Count;
            var push = scene.PushAsync();
            await Programs.UntilAsync(() => scene.Ledger.Skip(begun).Any(e => e.Event is LedgerEvent.GateBegun { Gate: GateId.G5 }), "the compile runs");
            await File.WriteAllTextAsync(clock, jump);

            (await push).Exits(0);

            Assert.Equal(said, await File.ReadAllTextAsync(Path.Combine(scene.Slot, "app.txt")));
            Assert.Contains(scene.Ledger.Zip(scene.Ledger.Skip(1)), p => Math.Abs((p.Second.At - p.First.At).TotalDays) > 300);
            Assert.All(scene.Ledger.Select(e => e.Event).OfType<LedgerEvent.CheckMade>(), c => Assert.InRange(c.Check.Evidence?.Milliseconds ?? 0, 0, 60_000));
            (await scene.CliAsync("report")).Exits(0);
            (await scene.CliAsync("status")).Exits(0);
        }

        (await scene.CliAsync("rollback")).Exits(0);
        Assert.Equal("version 2\n", await File.ReadAllTextAsync(Path.Combine(scene.Slot, "app.txt")));
    }

    /// <summary>A script in the payload's folder; $0 is the packager.</summary>
    private static Task<Run> ShellAsync(Scene scene, string script) => Programs.RunAsync("bash", ["-c", script, Programs.Packager], scene.Payload.Folder, scene.Variables());

    /// <summary>A wall clock of its own for a program: what the file says is added to the host's.</summary>
    private static async Task<Dictionary<string, string>> FakeTimeAsync(string clock) => new(StringComparer.Ordinal)
    {
        ["LD_PRELOAD"] = (await Programs.OutputOfAsync("/", "faketime", ["-f", "+0", "printenv", "LD_PRELOAD"])).Trim(),
        ["FAKETIME_TIMESTAMP_FILE"] = clock,
        ["FAKETIME_NO_CACHE"] = "1",
        ["DONT_FAKE_MONOTONIC"] = "1",
    };

    [Fact]
    public async Task A_command_does_not_outlive_a_killed_agent()
    {
        await using var scene = await Scene.OpenAsync();
        var mark = $"97{Random.Shared.Next(100000, 999999)}";
        scene.Payload.Write("test.sh", $"sleep {mark}");
        await scene.Payload.CommitAsync("sleeps");

        var push = scene.PushAsync("--no-source-tests");
        await Programs.UntilAsync(() => Programs.CountOf($"sleep {mark}") > 0, "the test runs");
        await scene.Agent.KillAsync();

        await Programs.UntilAsync(() => Programs.CountOf($"sleep {mark}") == 0, "the test is gone");
        await scene.StartAgentAsync();
        (await push).Exits(3);
    }

    [Fact]
    public async Task A_packager_that_is_interrupted_leaves_the_operation_to_go_on_and_to_be_watched()
    {
        await using var scene = await Scene.OpenAsync();
        scene.Payload.Write("smoke.sh", "sleep 5; echo smoke fine");
        await scene.Payload.CommitAsync("slow smoke");
        using var push = Process.Start(Programs.Start(Programs.Packager, ["push"], scene.Payload.Folder, scene.Variables()))!;
        var said = push.StandardError.ReadToEndAsync();
        _ = push.StandardOutput.ReadToEndAsync();
        await Programs.UntilAsync(() => scene.Ledger.Any(e => e.Event is LedgerEvent.GateBegun { Gate: GateId.G6 }), "the smoke runs");

        using var interrupt = Process.Start("kill", ["-INT", $"{push.Id}"]);
        await push.WaitForExitAsync();

        Assert.Equal(130, push.ExitCode);
        Assert.Contains("goes on at", await said, StringComparison.Ordinal);
        var operation = scene.Ledger[^1].Operation;
        Assert.Contains($"iucutter watch {operation}", await said, StringComparison.Ordinal);
        (await scene.CliAsync("watch", operation)).Exits(0).Says("verdict A");
        Assert.NotNull(scene.Live);
    }

    [Fact]
    public async Task A_packager_that_is_killed_changes_nothing_for_the_operation()
    {
        await using var scene = await Scene.OpenAsync();
        scene.Payload.Write("smoke.sh", "sleep 1; echo smoke fine");
        await scene.Payload.CommitAsync("slow smoke");
        using var push = Process.Start(Programs.Start(Programs.Packager, ["push"], scene.Payload.Folder, scene.Variables()))!;
        await Programs.UntilAsync(() => scene.Ledger.Any(e => e.Event is LedgerEvent.GateBegun { Gate: GateId.G6 }), "the smoke runs");

        push.Kill();

        await Programs.UntilAsync(() => scene.Ledger.Any(e => e.Event is LedgerEvent.OperationEnded), "the operation ends by itself");
        Assert.Equal(Verdict.A, scene.LastEnd.Verdict);
    }

    [Fact]
    public async Task A_second_push_to_the_slot_is_told_who_holds_it_and_the_same_push_joins()
    {
        await using var scene = await Scene.OpenAsync();
        scene.Payload.Write("smoke.sh", "sleep 9; echo smoke fine");
        await scene.Payload.CommitAsync("slow smoke");
        var first = scene.PushAsync("--no-source-tests");
        await Programs.UntilAsync(() => scene.Ledger.Any(e => e.Event is LedgerEvent.GateBegun { Gate: GateId.G5 }), "the first push is under way");
        var holder = scene.Ledger[^1].Operation;

        var other = scene.PushAsync("HEAD~1", "--no-source-tests");
        var same = scene.PushAsync("--no-source-tests");

        (await other).Exits(3).Says($"held by push {holder} since");
        (await same).Exits(0).Says($"joined operation {holder}");
        (await first).Exits(0);
        Assert.Single(scene.Releases);
    }

    [Fact]
    public async Task An_anchor_that_changed_while_the_agent_was_killed_is_told_when_it_starts_again()
    {
        await using var scene = await Scene.OpenAsync();
        var anchor = Directory.CreateDirectory(Path.Combine(scene.Folder, "precious")).FullName;
        scene.Payload.Write("iucutter.yaml", Payload.Yaml($"anchors: [{anchor}]"));
        scene.Payload.Write("smoke.sh", "sleep 20");
        await scene.Payload.CommitAsync("anchored");
        _ = scene.PushAsync("--no-source-tests");
        await Programs.UntilAsync(() => scene.Ledger.Any(e => e.Event is LedgerEvent.GateBegun { Gate: GateId.G6 }), "the smoke runs");
        await scene.Agent.KillAsync();
        await File.WriteAllTextAsync(Path.Combine(anchor, "new"), "");

        await scene.StartAgentAsync();

        Assert.Equal(Verdict.C, scene.LastEnd.Verdict);
        Assert.Contains(anchor, Assert.Single(scene.LastEnd.Changes), StringComparison.Ordinal);
        Assert.Empty(scene.Releases);
    }

    [Fact]
    public async Task A_smoke_that_was_killed_is_no_B_when_it_changed_the_live_release()
    {
        await using var scene = await Scene.OpenAsync();
        scene.Payload.Write("smoke.sh", "[ ! -e later ] || { echo more >> app.txt; sleep 20; }; echo smoke fine");
        await scene.Payload.CommitAsync("turns on itself");
        (await scene.PushAsync("--no-source-tests")).Exits(0);
        await File.WriteAllTextAsync(Path.Combine(scene.Slot, "later"), "");
        _ = scene.CliAsync("smoke");
        await Programs.UntilAsync(() => File.ReadAllText(Path.Combine(scene.Slot, "app.txt")).EndsWith("more\n", StringComparison.Ordinal), "the smoke has changed it");
        await scene.Agent.KillAsync();

        await scene.StartAgentAsync();

        Assert.Equal(Verdict.C, scene.LastEnd.Verdict);
        Assert.Contains("was whole, and is so no more", Assert.Single(scene.LastEnd.Changes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_release_that_another_slots_push_works_on_is_not_taken_away_from_it()
    {
        await using var scene = await Scene.OpenAsync();
        scene.Payload.Write("smoke.sh", "sleep 9; ls app.txt && echo smoke fine");
        await scene.Payload.CommitAsync("slow smoke");
        var first = scene.PushAsync("--slot", "one", "--no-source-tests");
        await Programs.UntilAsync(() => scene.Ledger.Any(e => e.Event is LedgerEvent.GateBegun { Gate: GateId.G6 }), "the first push is under way");

        (await scene.PushAsync("--slot", "two", "--no-source-tests")).Exits(3).Says($"held by push {scene.Ledger[^1].Operation} since");
        (await first).Exits(0);
        (await scene.PushAsync("--slot", "two", "--no-source-tests")).Exits(3).Says("is slot one's, live there or on the way back");

        Assert.Equal("version 1\n", await File.ReadAllTextAsync(Path.Combine(scene.Root, "one", "app.txt")));
    }

    [Fact]
    public async Task What_another_slots_push_does_is_no_change_of_a_push_that_fails()
    {
        await using var scene = await Scene.OpenAsync();
        (await scene.PushAsync("--slot", "two", "--name", "two", "--no-source-tests")).Exits(0);
        scene.Payload.Write("smoke.sh", "sleep 9; exit 1");
        await scene.Payload.CommitAsync("fails slowly");
        var failing = scene.PushAsync("--slot", "one", "--name", "one", "--no-source-tests");
        await Programs.UntilAsync(() => scene.Ledger.Any(e => e.Event is LedgerEvent.GateBegun { Gate: GateId.G6 } && e.Operation == scene.Ledger.Last(b => b.Event is LedgerEvent.OperationBegun).Operation), "the smoke runs");

        (await scene.PushAsync("HEAD~1", "--slot", "three", "--name", "three", "--no-source-tests")).Exits(0);
        (await scene.CliAsync("rollback", "--slot", "three")).Exits(3);

        (await failing).Exits(3).Says("changed    nothing");
        Assert.Equal(2, scene.Releases.Count);
    }

    [Fact]
    public async Task Pushes_to_different_slots_run_side_by_side()
    {
        await using var scene = await Scene.OpenAsync();

        var runs = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => scene.PushAsync("--slot", $"slot-{i}", "--name", $"app-{i}", "--no-source-tests")));

        Assert.All(runs, r => r.Exits(0));
        Assert.Equal(4, scene.Releases.Count);
    }

    [Fact]
    public async Task A_stopped_agent_ends_within_seconds_and_settles_at_its_next_start()
    {
        await using var scene = await Scene.OpenAsync();
        scene.Payload.Write("smoke.sh", "sleep 60; echo smoke fine");
        await scene.Payload.CommitAsync("slow smoke");
        var push = scene.PushAsync("--no-source-tests");
        await Programs.UntilAsync(() => scene.Ledger.Any(e => e.Event is LedgerEvent.GateBegun { Gate: GateId.G6 }), "the smoke runs");

        await scene.Agent.StopAsync();
        await scene.StartAgentAsync();

        (await push).Exits(3);
        Assert.Empty(scene.Releases);
        Assert.Null(scene.Live);
    }
}
