using System.Text.Json;
using IuCutter.Ledgers;
using IuCutter.Tests.EndToEnd.Support;

namespace IuCutter.Tests.EndToEnd;

/// <summary>Gaps from release to release, what closes them and what does not, and whether a release may be enabled.</summary>
public sealed class GapTests
{
    private const string Gaps =
        """
        gaps:
          - { id: no-load, statement: nobody has put load on it, owner: ann }
          - { id: no-second, statement: there is no second smoke, owner: bob, closed_by: G6.smoke.2 }
        """;

    [Fact]
    public async Task A_gap_closes_by_the_check_that_held_and_never_by_omission()
    {
        await using var scene = await Scene.OpenAsync();
        await CommitAsync(scene, Gaps);
        (await scene.PushAsync("--without", "smoke")).Exits(0);
        var first = scene.Live;
        Assert.Equal(("OPEN", first), (Status(await GapAsync(scene, "no-smoke")), Since(await GapAsync(scene, "no-smoke"))));

        await CommitAsync(scene, "");
        (await scene.PushAsync()).Exits(0);

        var second = await GapAsync(scene, "no-second");
        Assert.Equal(("OPEN", first, scene.Live), (Status(second), Since(second), second.GetProperty("notNamedSince").GetProperty("release").GetString()));
        (await scene.CliAsync("gaps")).Exits(0).Says("not named any more since").Says("2 gaps open, 1 closed");
        var smoke = (await GapAsync(scene, "no-smoke")).GetProperty("history")[1];
        Assert.Equal(("CLOSED", "G6.smoke.1"), (smoke.GetProperty("status").GetString(), smoke.GetProperty("check").GetString()));
        (await scene.CliAsync("readiness")).Exits(2).Says("names no condition");

        await CommitAsync(scene, Gaps, "  - run: [sh, -c, echo second]");
        (await scene.PushAsync()).Exits(0);

        var closed = (await GapAsync(scene, "no-second")).GetProperty("history")[1];
        var line = scene.Ledger[(int)closed.GetProperty("line").GetInt64() - 1];
        Assert.Equal((closed.GetProperty("operation").GetString(), "G6.smoke.2"), (line.Operation, Assert.IsType<LedgerEvent.CheckMade>(line.Event).Check.Id));
        Assert.Equal("OPEN", Status(await GapAsync(scene, "no-load")));
    }

    [Fact]
    public async Task What_kept_a_push_from_running_is_a_gap_until_it_has_run()
    {
        await using var scene = await Scene.OpenAsync();
        await CommitAsync(scene, "compile: { run: [./build.sh] }\nenable_when: { verdict: A }");
        (await scene.PushAsync("--no-source-tests")).Exits(3);

        var gap = await GapAsync(scene, "not-run-g5.compile.1");
        Assert.Equal("OPEN", Status(gap));
        Assert.Contains("build.sh is not there", gap.GetProperty("statement").GetString(), StringComparison.Ordinal);
        (await scene.CliAsync("readiness", "--slot", "app")).Exits(3).Says("nothing is live");

        scene.Payload.Write("build.sh", "#!/bin/sh\necho built");
        File.SetUnixFileMode(Path.Combine(scene.Payload.Folder, "build.sh"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await scene.Payload.CommitAsync("with its build");
        (await scene.PushAsync("--no-source-tests")).Exits(0);

        Assert.Equal("CLOSED", Status(await GapAsync(scene, "not-run-g5.compile.1")));
        (await scene.CliAsync("readiness")).Exits(0).Says("ready: ");
    }

    [Fact]
    public async Task A_word_closes_a_gap_only_as_the_person_signed_it_and_readiness_follows()
    {
        await using var scene = await Scene.WithoutAgentAsync();
        var (ann, bob) = (await Person.MakeAsync(scene, "ann@example.org"), await Person.MakeAsync(scene, "bob@example.org"));
        var people = Path.Combine(scene.Folder, "people");
        await File.WriteAllTextAsync(people, ann.Line("namespaces=\"iucutter-gap-v1\" "));
        await scene.StartAgentAsync("--people", people);
        await CommitAsync(scene, Gaps + "\nenable_when: [{ gap: no-load, name: load was put on it }, { gate: G6 }, { check: G5.test }, { verdict: A }, { smoke_within: 24h }]");
        (await scene.PushAsync("--no-source-tests")).Exits(0);
        var open = (await scene.CliAsync("readiness")).Exits(3).Says("OPEN    load was put on it").Says("1 of 5 conditions");
        Assert.Contains("ledger line 2", open.Output, StringComparison.Ordinal);

        // Another's key under the person's name; a person who is not in the file; another purpose; another gap's signature; no signature at all.
        await RefusedAsync(scene, ann with { Key = bob.Key }, "no-load", "NotSigned");
        await RefusedAsync(scene, bob, "no-load", "NotSigned");
        await RefusedAsync(scene, ann, "no-load", "NotSigned", Person.Liar(scene, "purpose", "shift 5; exec REAL -Y sign -q -n iucutter-approval-v1 \"$@\""));
        var kept = Path.Combine(scene.Folder, "kept");
        await RefusedAsync(scene, ann, "no-second", "NotSigned", Person.Liar(scene, "keeper", $"REAL \"$@\" > {kept}; echo none"));
        await RefusedAsync(scene, ann, "no-load", "NotSigned", Person.Liar(scene, "replay", $"cat {kept}"));
        await RefusedAsync(scene, ann, "no-load", "NotSigned", Person.Liar(scene, "empty", "echo none"));
        Assert.StartsWith("-----BEGIN SSH SIGNATURE-----", await File.ReadAllTextAsync(kept), StringComparison.Ordinal);

        // A list that others may write, and one that the person was struck from.
        File.SetUnixFileMode(people, (UnixFileMode)0x1B6);
        await RefusedAsync(scene, ann, "no-load", "TargetFault", exit: 1);
        File.SetUnixFileMode(people, (UnixFileMode)0x1A4);
        var lines = await File.ReadAllTextAsync(people);
        await File.WriteAllTextAsync(people, bob.Line());
        await RefusedAsync(scene, ann, "no-load", "NotSigned");
        await File.WriteAllTextAsync(people, lines);

        (await CloseAsync(scene, ann, "no-load")).Exits(0).Says("is closed by the word of ann@example.org");
        await MustVerifyByItselfAsync(scene, people);
        (await scene.CliAsync("gaps", "--all")).Says("ann@example.org signed with SHA256:").Says("wrk for an hour");
        (await scene.CliAsync("readiness")).Exits(0).Says("meets all 5 conditions");
        (await CloseAsync(scene, ann, "no-load")).Exits(3).Says("is closed already");
        (await CloseAsync(scene, ann, "no-such")).Exits(2).Says("it has no-second");
    }

    [Fact]
    public async Task Without_a_file_of_people_nobodys_word_counts()
    {
        await using var scene = await Scene.OpenAsync();
        await CommitAsync(scene, Gaps);
        (await scene.PushAsync("--no-source-tests")).Exits(0);
        var ann = await Person.MakeAsync(scene, "ann@example.org");

        (await RefusedAsync(scene, ann, "no-load", "NoPeople")).Says("--people FILE");

        (await scene.CliAsync("gaps", "close", "no-load", "--why", "two\nlines", "--key", ann.Key, "--as", ann.Name)).Exits(2).Says("wanted one line");
        (await scene.CliAsync("gaps", "close", "no-load", "--why", "so", "--key", ann.Key, "--as", "ann bob")).Exits(2).Says("without blanks");
        (await scene.CliAsync("gaps", "close", "no-load", "--why", "so", "--key", ann.Key + ".gone", "--as", ann.Name)).Exits(2).Says("there is no key");
        (await scene.CliAsync("gaps", "close", "no-load", "--why", "so", "--key", Path.Combine(scene.Payload.Folder, "app.txt"), "--as", ann.Name)).Exits(1).Says("did not sign");
    }

    [Fact]
    public async Task An_agent_does_not_start_with_a_list_of_people_that_others_may_write()
    {
        await using var scene = await Scene.WithoutAgentAsync();
        var people = Path.Combine(scene.Folder, "people");
        await File.WriteAllTextAsync(people, "");
        File.SetUnixFileMode(people, (UnixFileMode)0x1B6);

        var (exit, log) = await AgentProcess.StartInVainAsync(scene.Folder, scene.AgentArguments("--people", people));

        Assert.Equal(1, exit);
        Assert.Contains("others may write", log, StringComparison.Ordinal);
    }

    /// <summary>What the ledger line holds is enough for anyone who has the person's key.</summary>
    private static async Task MustVerifyByItselfAsync(Scene scene, string people)
    {
        var closed = Assert.Single(scene.Ledger.Select(e => e.Event).OfType<LedgerEvent.GapClosed>());
        var (text, signature) = (Path.Combine(scene.Folder, "text"), Path.Combine(scene.Folder, "signature"));
        await File.WriteAllTextAsync(text, closed.Word.Text);
        await File.WriteAllTextAsync(signature, closed.Signature);
        var said = await Programs.OutputOfAsync(
            scene.Folder, "sh", "-c", "ssh-keygen -Y verify -n iucutter-gap-v1 -f \"$1\" -I ann@example.org -s \"$2\" < \"$3\"", "sh", people, signature, text);
        Assert.Contains(closed.Key, said, StringComparison.Ordinal);
    }

    private static async Task<Run> RefusedAsync(Scene scene, Person person, string gap, string code, string? path = null, int exit = 3)
    {
        var before = scene.Ledger.Count;
        var run = (await CloseAsync(scene, person, gap, path, "--json")).Exits(exit);
        Assert.Equal(code, Scene.Objects(run)[0].GetProperty("error").GetProperty("code").GetString());
        Assert.Equal(before, scene.Ledger.Count);
        Assert.Equal("OPEN", Status(await GapAsync(scene, gap)));
        return run;
    }

    private static Task<Run> CloseAsync(Scene scene, Person person, string gap, string? path = null, params string[] more)
    {
        var variables = scene.Variables();
        variables["PATH"] = $"{path}{(path is null ? "" : ":")}{Environment.GetEnvironmentVariable("PATH")}";
        return Programs.RunAsync(
            Programs.Packager, ["gaps", "close", gap, "--why", "wrk for an hour", "--key", person.Key, "--as", person.Name, .. more], scene.Payload.Folder, variables);
    }

    private static async Task<JsonElement> GapAsync(Scene scene, string id) =>
        Scene.Objects((await scene.CliAsync("gaps", "--slot", "app", "--all", "--json")).Exits(0)).Single(g => g.GetProperty("id").GetString() == id);

    private static string? Status(JsonElement gap) => gap.GetProperty("status").GetString();

    private static string? Since(JsonElement gap) => gap.GetProperty("since").GetProperty("release").GetString();

    private static Task<string> CommitAsync(Scene scene, string extra, string moreSmoke = "")
    {
        scene.Payload.Write("iucutter.yaml", Payload.Yaml(extra).Replace("    expect: { contains: [smoke fine] }", "    expect: { contains: [smoke fine] }\n" + moreSmoke, StringComparison.Ordinal));
        return scene.Payload.CommitAsync("with other gaps");
    }
}
