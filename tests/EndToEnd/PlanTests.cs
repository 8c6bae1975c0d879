using System.Globalization;
using System.Text;
using IuCutter.Gates;
using IuCutter.Ledgers;
using IuCutter.Tests.EndToEnd.Support;

namespace IuCutter.Tests.EndToEnd;

/// <summary>A plan is what a push would do now; the push then does exactly that, or stops with what has drifted.</summary>
public sealed class PlanTests
{
    private const string PlanFile = "the.plan";

    [Fact]
    public async Task A_plan_begins_nothing_and_a_push_by_it_does_exactly_that()
    {
        await using var scene = await OpenAsync();
        var (before, ledger) = (scene.Picture(), LedgerText(scene));

        (await PlanAsync(scene)).Exits(0).Says("way back").Says("nothing was begun").Says("next: iucutter push --plan");

        Assert.Equal(before, scene.Picture());
        Assert.Equal(ledger, LedgerText(scene));
        var digest = Digest(scene);
        (await scene.PushAsync("--plan", PlanFile)).Exits(0);
        var begun = Assert.Single(scene.Ledger.Select(e => e.Event).OfType<LedgerEvent.OperationBegun>());
        Assert.Equal(digest, begun.Push!.PlanSha256);
        Assert.Equal(CheckStatus.Held, Check(scene).Status);
        Assert.Equal(digest, Check(scene).Evidence!.Measured!["plan sha256"]);
        (await scene.PushAsync("--plan", PlanFile)).Exits(0).Says("nothing is done now");
        (await scene.CliAsync("report", begun.Release!)).Exits(0);
    }

    [Fact]
    public async Task A_plan_without_a_place_leaves_the_work_tree_clean_and_no_plan_overwrites_another()
    {
        await using var scene = await Scene.OpenAsync();
        scene.Payload.Write("iucutter.yaml", Payload.Yaml("source: { clean: required }"));
        await scene.Payload.CommitAsync("strict");

        (await scene.CliAsync("plan", "--slot", "other")).Exits(0);
        var run = (await scene.CliAsync("plan")).Exits(0);

        var plans = Directory.GetFiles(Path.Combine(scene.Folder, "mine", "iucutter", "plans"));
        Assert.Equal(2, plans.Length);
        var written = plans.Single(p => run.All.Contains(p, StringComparison.Ordinal));
        (await scene.PushAsync("--plan", written)).Exits(0);
    }

    [Fact]
    public async Task The_push_that_a_plan_names_is_that_very_push_wherever_it_is_typed()
    {
        await using var scene = await Scene.OpenAsync();
        var run = (await scene.CliAsync("plan", "--without", "smoke", "--no-source-tests")).Exits(0);
        var next = run.Output.Split('\n').Single(l => l.StartsWith("  next: iucutter ", StringComparison.Ordinal))["  next: iucutter ".Length..];

        (await Programs.RunAsync("sh", ["-c", $"exec \"$0\" {next}", Programs.Packager], "/", scene.Variables())).Exits(0).Says("verdict A");

        var homeless = scene.Variables();
        homeless["XDG_STATE_HOME"] = "";
        homeless["HOME"] = "";
        (await Programs.RunAsync(Programs.Packager, ["plan"], scene.Payload.Folder, homeless)).Exits(2).Says("name a file with --output");
    }

    [Theory]
    [InlineData("anchor", 1)]
    [InlineData("guard", 1)]
    [InlineData("live", 2)]
    [InlineData("slot", 2)]
    [InlineData("present", 1)]
    [InlineData("policy", 1)]
    [InlineData("tool", 1)]
    [InlineData("tool's contents", 1)]
    [InlineData("large tool", 1)]
    public async Task What_has_drifted_since_the_plan_stops_the_push_and_is_named(string what, int facts)
    {
        await using var scene = await OpenAsync();
        (await scene.PushAsync()).Exits(0);
        scene.Payload.Write("app.txt", "version 2\n");
        await scene.Payload.CommitAsync("two");
        (await scene.PushAsync()).Exits(0);
        scene.Payload.Write("app.txt", "version 3\n");
        var commit = await scene.Payload.CommitAsync("three");
        (await PlanAsync(scene)).Exits(0);
        var said = await DriftAsync(scene, what);
        var before = scene.Picture();

        (await scene.PushAsync(commit, "--plan", PlanFile)).Exits(3).Says("G3.plan").Says(said).Says("verdict B");

        Assert.Equal(before, scene.Picture());
        Assert.Equal(CheckStatus.NotHeld, Check(scene).Status);
        Assert.Equal(facts.ToString(CultureInfo.InvariantCulture), Check(scene).Evidence!.Measured!["facts that differ"]);
    }

    [Theory]
    [InlineData("\"slot\": \"app\"", "\"slot\":  \"app\"")]
    [InlineData("\"network\": false", "\"network\": true")]
    [InlineData("\"approvalRequired\": false", "\"approvalRequired\": true")]
    [InlineData("\"expiresAt\": \"20", "\"expiresAt\": \"21")]
    [InlineData("\"nothing there\"", "\"nothing here\"")]
    public async Task A_plan_that_was_edited_is_refused(string what, string instead)
    {
        await using var scene = await OpenAsync();
        (await PlanAsync(scene)).Exits(0);
        var file = Path.Combine(scene.Payload.Folder, PlanFile);
        var text = await File.ReadAllTextAsync(file);
        Assert.Contains(what, text, StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, text.Replace(what, instead, StringComparison.Ordinal));

        (await scene.PushAsync("--plan", PlanFile)).Exits(3).Says("it was edited");

        Assert.DoesNotContain(scene.Ledger, e => e.Event is LedgerEvent.OperationBegun);
    }

    [Fact]
    public async Task A_plan_of_another_target_is_refused_there()
    {
        await using var scene = await OpenAsync();
        await using var other = await Scene.OpenAsync();
        (await PlanAsync(scene)).Exits(0);
        var before = other.Picture();

        (await scene.PushAsync("--plan", PlanFile, "--target", other.Target)).Exits(3).Says("G3.plan").Says("the plan is of another target").Says("verdict B");

        Assert.Equal(before, other.Picture());
        Assert.Equal(CheckStatus.CouldNotRun, Check(other).Status);
    }

    [Fact]
    public async Task The_commit_that_was_planned_is_pushed_and_no_other()
    {
        await using var scene = await OpenAsync();
        var planned = (await scene.Payload.GitAsync("rev-parse", "HEAD")).Trim();
        (await PlanAsync(scene)).Exits(0);
        scene.Payload.Write("app.txt", "version 2\n");
        await scene.Payload.CommitAsync("two");

        (await scene.PushAsync("HEAD", "--plan", PlanFile)).Exits(3).Says("this push is not what").Says("commit: the plan says " + planned);
        (await scene.PushAsync("--plan", PlanFile, "--without", "smoke")).Exits(3).Says("configuration sha256: the plan says");

        Assert.DoesNotContain(scene.Ledger, e => e.Event is LedgerEvent.OperationBegun);
        (await scene.PushAsync("--plan", PlanFile)).Exits(0);
        Assert.Contains(planned[..12], scene.Live!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_left_out_is_part_of_the_plan()
    {
        await using var scene = await OpenAsync();
        (await PlanAsync(scene)).Exits(0);

        (await scene.PushAsync("--plan", PlanFile, "--without", "scan")).Exits(3).Says("left out 1: the plan says nothing, seen no-scan: the push was asked for without scan");
    }

    [Fact]
    public async Task An_expired_plan_is_refused()
    {
        await using var scene = await OpenAsync();
        (await PlanAsync(scene, "--for", "5s")).Exits(0);
        await Task.Delay(TimeSpan.FromSeconds(6));

        (await scene.PushAsync("--plan", PlanFile)).Exits(3).Says("the plan is good from");

        Assert.DoesNotContain(scene.Ledger, e => e.Event is LedgerEvent.OperationBegun);
    }

    [Fact]
    public async Task Where_a_push_would_be_stopped_there_is_no_plan()
    {
        await using var scene = await OpenAsync();
        await File.WriteAllTextAsync(Marker(scene), "staging");
        var before = scene.Picture();

        (await PlanAsync(scene)).Exits(3).Says("a push would be stopped").Says("G3.guard.1").Says("a file without that text");
        (await scene.CliAsync("plan", "--for", "99h", "-o", PlanFile, "--json", "--without", "test", "--for", "800h")).Exits(2);

        Assert.False(Path.Exists(Path.Combine(scene.Payload.Folder, PlanFile)));
        Assert.Equal(before, scene.Picture());
    }

    private static async Task<string> DriftAsync(Scene scene, string what)
    {
        var live = scene.Live;
        switch (what)
        {
            case "anchor":
                await File.WriteAllTextAsync(Path.Combine(scene.Folder, "precious", "kept"), "changed");
                return $"anchor {Path.Combine(scene.Folder, "precious")}: the plan says ";
            case "guard":
                await File.AppendAllTextAsync(Marker(scene), "more");
                return "guard 1, file ";
            case "live":
                (await scene.CliAsync("rollback")).Exits(0);
                return Moved();
            case "slot":
                // The ledger's own word is not enough: the other slot check is content with a link that was taken away.
                File.Delete(scene.Slot);
                return $"at the slot: the plan says link to {live}, seen nothing there";
            case "present":
                (await scene.PushAsync("--slot", "elsewhere")).Exits(0);
                return "release directory: the plan says not there, seen there, whole";
            case "policy":
                await scene.Agent.StopAsync();
                await File.WriteAllTextAsync(Path.Combine(scene.Folder, "policy.yaml"), "most_timeout: 24h\n");
                await scene.StartAgentAsync(SearchPath(scene), "--policy", Path.Combine(scene.Folder, "policy.yaml"));
                return "policy: the plan says none, seen ";
            case "tool's contents":
                await File.WriteAllTextAsync(Tool(scene), "#!/bin/sh\necho tool 1.0; : another program that says the same\n");
                return $"tool mytool: the plan says {Tool(scene)}, sha256 ";
            case "large tool":
                await using (var large = File.OpenWrite(Tool(scene)))
                {
                    large.SetLength((64L << 20) + 1);
                }

                return ", 67108865 bytes, changed ";
            default:
                File.CreateSymbolicLink(Path.Combine(scene.Folder, "bin", "sh"), "/bin/sh");
                return "tool sh: the plan says ";
        }

        string Moved() => $"at the slot: the plan says link to {live}, seen link to {scene.Live}";
    }

    private static Check Check(Scene scene) => scene.Ledger.Select(e => e.Event).OfType<LedgerEvent.CheckMade>().Last(c => c.Check.Id == "G3.plan").Check;

    private static string Marker(Scene scene) => Path.Combine(scene.Folder, "marker");

    private static Dictionary<string, string> SearchPath(Scene scene) =>
        new(StringComparer.Ordinal) { ["PATH"] = $"{Path.Combine(scene.Folder, "bin")}:{Environment.GetEnvironmentVariable("PATH")}" };

    private static string Tool(Scene scene) => Path.Combine(scene.Folder, "bin", "mytool");

    private static string LedgerText(Scene scene) => File.ReadAllText(Path.Combine(scene.State, "ledger", "ledger.jsonl"), Encoding.UTF8);

    private static string Digest(Scene scene) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(Path.Combine(scene.Payload.Folder, PlanFile))));

    private static Task<Run> PlanAsync(Scene scene, params string[] more) => scene.CliAsync(["plan", "-o", PlanFile, .. more]);

    private static async Task<Scene> OpenAsync()
    {
        var scene = await Scene.WithoutAgentAsync();
        Directory.CreateDirectory(Path.Combine(scene.Folder, "bin"));
        await scene.StartAgentAsync(SearchPath(scene));
        await File.WriteAllTextAsync(Tool(scene), "#!/bin/sh\necho tool 1.0\n");
        File.SetUnixFileMode(Tool(scene), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var anchor = Directory.CreateDirectory(Path.Combine(scene.Folder, "precious")).FullName;
        await File.WriteAllTextAsync(Path.Combine(anchor, "kept"), "as it was");
        await File.WriteAllTextAsync(Marker(scene), "production");
        scene.Payload.Write("iucutter.yaml", Payload.Yaml($$"""
            anchors: [{{anchor}}]
            guards: [{ file: {{Marker(scene)}}, contains: production }, { tool: mytool }]
            """));
        scene.Payload.Write(".gitignore", "*.plan*\n");
        await scene.Payload.CommitAsync("planned");
        return scene;
    }
}
