using System.Security.Cryptography;
using IuCutter.Approvals;
using IuCutter.Gates;
using IuCutter.Ledgers;
using IuCutter.Plans;
using IuCutter.Tests.EndToEnd.Support;

namespace IuCutter.Tests.EndToEnd;

/// <summary>Where an approval is required, nothing is begun without a person's signed word on this very plan, and that word is good once. The keys and ssh-keygen are real.</summary>
public sealed class ApprovalTests
{
    private const string PlanFile = "the.plan";
    private const string Marked = "approval: required";

    [Fact]
    public async Task A_push_without_a_plan_or_without_its_approval_is_blocked_and_nothing_is_begun()
    {
        await using var scene = await OpenAsync();
        var before = scene.Picture();

        (await scene.PushAsync()).Exits(3).Says("G3.approval").Says("an approval is required, and it is of a plan").Says("verdict B");
        await PlanAsync(scene);
        (await scene.PushAsync("--plan", PlanFile)).Exits(3).Says("G3.approval").Says("none came with the push").Says("verdict B");

        Assert.Equal(before, scene.Picture());
        AssertNothingBegun(scene);
    }

    [Fact]
    public async Task An_approved_plan_is_carried_out_and_the_approval_is_spent_before_anything_is_begun()
    {
        await using var scene = await OpenAsync();
        await PlanAsync(scene);

        (await ApproveAsync(scene)).Exits(0).Says("to be approved as ann").Says("next: iucutter push --plan");
        (await scene.PushAsync("--plan", PlanFile)).Exits(0).Says("approved by ann");

        var events = scene.Ledger.Select(e => e.Event).ToList();
        var spent = events.FindIndex(e => e is LedgerEvent.ApprovalUsed);
        Assert.True(spent > 0 && spent < events.FindIndex(e => e is LedgerEvent.GateBegun { Gate: GateId.G4 }));
        Assert.Equal(("ann", Digest(scene)), events[spent] is LedgerEvent.ApprovalUsed used ? (used.Approver, used.PlanSha256) : default);
        (await scene.PushAsync("--plan", PlanFile)).Exits(0).Says("nothing is done now");
        (await scene.CliAsync("logs")).Exits(0).Says("used the approval by ann (key SHA256:");
    }

    [Fact]
    public async Task Every_approval_that_is_not_of_this_plan_target_time_and_person_is_refused_and_nothing_is_begun()
    {
        await using var scene = await OpenAsync();
        await PlanAsync(scene, "-o", "other.plan", "--for", "3h");
        (await ApproveAsync(scene, "other.plan")).Exits(0);
        var ofAnother = await File.ReadAllBytesAsync(Path.Combine(scene.Payload.Folder, "other.plan.approval"));
        await PlanAsync(scene);
        var good = Good(scene);
        var now = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());
        var signed = await SignAsync(scene, good);
        (string Why, byte[] File)[] cases =
        [
            ("it approves the plan with sha256", ofAnother),
            ("it is for another target or release (host elsewhere", await SignAsync(scene, good with { Host = "elsewhere" })),
            ("it is for another target or release (agent key SHA256:other", await SignAsync(scene, good with { AgentKey = "SHA256:other" })),
            ("it is for another target or release (release other", await SignAsync(scene, good with { Release = "other" })),
            ("it expired", await SignAsync(scene, good with { MadeAt = now.AddHours(-2), ExpiresAt = now.AddHours(-1) })),
            ("it was made", await SignAsync(scene, good with { MadeAt = now.AddHours(1), ExpiresAt = now.AddHours(2) })),
            ("it is good for longer than 7 days", await SignAsync(scene, good with { ExpiresAt = now.AddDays(8) })),
            ("namespace does not match", await SignAsync(scene, good, signatureNamespace: "file")),
            ("namespace does not match", await SignAsync(scene, good, signatureNamespace: "git")),
            ("signed by nobody whom this agent knows as an approver", await SignAsync(scene, good, key: "mallory")),
            ("its signature is not ann's of this approval", await SignAsync(scene, good, key: "bob")),
            ("incorrect signature", ApprovalJson.Write(ApprovalJson.Read(signed) with { ExpiresAt = good.ExpiresAt.AddHours(1) })),
            ("incorrect signature", ApprovalJson.Write(ApprovalJson.Read(signed) with { Nonce = new string('0', 64) })),
            ("signed by nobody", ApprovalJson.Write(good with { Signature = "" })),
            ("it is no iucutter-approval-v1", "{}"u8.ToArray()),
        ];
        var before = scene.Picture();
        foreach (var (why, file) in cases)
        {
            await File.WriteAllBytesAsync(Path.Combine(scene.Payload.Folder, PlanFile + ".approval"), file);

            (await scene.PushAsync("--plan", PlanFile)).Exits(3).Says("G3.approval").Says(why).Says("verdict B");

            AssertNothingBegun(scene);
        }

        Assert.Equal(before, scene.Picture());
        await File.WriteAllBytesAsync(Path.Combine(scene.Payload.Folder, PlanFile + ".approval"), signed);
        (await scene.PushAsync("--plan", PlanFile)).Exits(0);
    }

    [Fact]
    public async Task An_approval_that_was_used_is_refused_even_by_an_agent_that_was_started_again()
    {
        await using var scene = await OpenAsync();
        scene.Payload.Write("smoke.sh", "echo not so fine");
        await scene.Payload.CommitAsync("smokes");
        await PlanAsync(scene);
        (await ApproveAsync(scene)).Exits(0);
        (await scene.PushAsync("--plan", PlanFile)).Exits(3).Says("G6").Says("verdict B");
        await scene.Agent.StopAsync();
        await StartAsync(scene);
        var before = scene.Picture();

        (await scene.PushAsync("--plan", PlanFile)).Exits(3).Says("G3.approval").Says("it was used already, by op-").Says("verdict B");

        Assert.Equal(before, scene.Picture());
        Assert.Single(scene.Ledger, e => e.Event is LedgerEvent.ApprovalUsed);
        (await ApproveAsync(scene)).Exits(0);
        (await scene.PushAsync("--plan", PlanFile)).Exits(3).Says("G6");
        Assert.Equal(2, scene.Ledger.Count(e => e.Event is LedgerEvent.ApprovalUsed));
    }

    [Fact]
    public async Task A_push_that_was_blocked_before_anything_was_begun_is_run_again_by_the_same_approval()
    {
        await using var scene = await OpenAsync($"guards: [{{ file: MARKER }}]");
        await PlanAsync(scene);
        (await ApproveAsync(scene)).Exits(0);
        await File.WriteAllTextAsync(Path.Combine(scene.Folder, "marker"), "something else");
        (await scene.PushAsync("--plan", PlanFile)).Exits(3).Says("G3.plan").Says("verdict B");
        AssertNothingBegun(scene);
        await File.WriteAllTextAsync(Path.Combine(scene.Folder, "marker"), "production");

        (await scene.PushAsync("--plan", PlanFile)).Exits(0);

        Assert.Single(scene.Ledger, e => e.Event is LedgerEvent.ApprovalUsed);
    }

    [Fact]
    public async Task A_person_who_was_taken_off_the_list_approves_nothing_more()
    {
        await using var scene = await OpenAsync();
        await PlanAsync(scene);
        (await ApproveAsync(scene)).Exits(0);
        await File.WriteAllTextAsync(Path.Combine(scene.Folder, "approvers"), $"bob {await PublicKeyAsync(scene, "bob")}\n");

        (await scene.PushAsync("--plan", PlanFile)).Exits(3).Says("signed by nobody whom this agent knows as an approver");

        AssertNothingBegun(scene);
    }

    [Fact]
    public async Task The_agents_policy_requires_an_approval_that_the_commit_does_not_ask_for()
    {
        await using var scene = await OpenAsync(marked: false);
        var policy = Path.Combine(scene.Folder, "policy.yaml");
        await File.WriteAllTextAsync(policy, "approval: required\n");
        await scene.Agent.StopAsync();
        var (exit, log) = await AgentProcess.StartInVainAsync(scene.Folder, scene.AgentArguments("--policy", policy));
        Assert.Equal(1, exit);
        Assert.Contains("the policy requires approvals, and nobody is named", log, StringComparison.Ordinal);
        await StartAsync(scene, "--policy", policy);

        (await scene.PushAsync()).Exits(3).Says("G3.approval").Says("an approval is required");

        AssertNothingBegun(scene);
        await PlanAsync(scene);
        (await ApproveAsync(scene)).Exits(0);
        (await scene.PushAsync("--plan", PlanFile)).Exits(0);
    }

    [Fact]
    public async Task An_approval_is_signed_only_of_a_whole_plan_and_by_someone_who_was_asked()
    {
        await using var scene = await OpenAsync();
        await PlanAsync(scene);
        var (plan, approval) = (Path.Combine(scene.Payload.Folder, PlanFile), Path.Combine(scene.Payload.Folder, PlanFile + ".approval"));

        (await scene.CliAsync("approve", PlanFile, "--key", Key(scene, "ann"), "--as", "ann")).Exits(2).Says("nobody is here to be asked");
        (await scene.CliAsync("approve", PlanFile, "--key", Key(scene, "nobody"), "--as", "ann", "--yes")).Exits(1).Says("ssh-keygen did not sign");
        await File.WriteAllTextAsync(plan, (await File.ReadAllTextAsync(plan)).Replace("\"nothing there\"", "\"nothing here\"", StringComparison.Ordinal));
        (await ApproveAsync(scene)).Exits(3).Says("it was edited");

        Assert.False(Path.Exists(approval));
    }

    private static void AssertNothingBegun(Scene scene)
    {
        Assert.DoesNotContain(scene.Ledger, e => e.Event is LedgerEvent.ApprovalUsed or LedgerEvent.StepIntended or LedgerEvent.ReleaseStaged or LedgerEvent.SlotSwitched);
        Assert.Equal(Verdict.B, scene.LastEnd.Verdict);
    }

    private static async Task PlanAsync(Scene scene, params string[] more) =>
        (await scene.CliAsync(["plan", .. more.Contains("-o", StringComparer.Ordinal) ? more : ["-o", PlanFile, .. more]])).Exits(0).Says("next: iucutter");

    private static Task<Run> ApproveAsync(Scene scene, string plan = PlanFile) => scene.CliAsync("approve", plan, "--key", Key(scene, "ann"), "--as", "ann", "--yes");

    private static string Key(Scene scene, string who) => Path.Combine(scene.Folder, who);

    private static string Digest(Scene scene) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(scene.Payload.Folder, PlanFile))));

    private static ReleaseApproval Good(Scene scene)
    {
        var plan = PlanJson.Read(File.ReadAllBytes(Path.Combine(scene.Payload.Folder, PlanFile)));
        var now = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());
        return new ReleaseApproval
        {
            Format = ReleaseApproval.FormatName,
            PlanSha256 = Digest(scene),
            Host = plan.Target.Host,
            AgentKey = plan.Target.AgentKey,
            Slot = plan.Slot,
            Release = plan.Release,
            Approver = "ann",
            Nonce = new string('7', 64),
            MadeAt = now,
            ExpiresAt = now.AddHours(2),
            Signature = "",
        };
    }

    private static async Task<byte[]> SignAsync(Scene scene, ReleaseApproval approval, string key = "ann", string signatureNamespace = ReleaseApproval.Namespace)
    {
        var text = Path.Combine(scene.Folder, "text");
        await File.WriteAllTextAsync(text, approval.SignedText());
        File.Delete(text + ".sig");
        await Programs.OutputOfAsync(scene.Folder, "ssh-keygen", "-Y", "sign", "-f", Key(scene, key), "-n", signatureNamespace, text);
        return ApprovalJson.Write(approval with { Signature = await File.ReadAllTextAsync(text + ".sig") });
    }

    private static async Task<string> PublicKeyAsync(Scene scene, string who)
    {
        if (!File.Exists(Key(scene, who)))
        {
            await Programs.OutputOfAsync(scene.Folder, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", who, "-f", Key(scene, who));
        }

        return (await File.ReadAllTextAsync(Key(scene, who) + ".pub")).Trim();
    }

    private static Task StartAsync(Scene scene, params string[] more) => scene.StartAgentAsync(["--approvers", Path.Combine(scene.Folder, "approvers"), .. more]);

    private static async Task<Scene> OpenAsync(string extra = "", bool marked = true)
    {
        var scene = await Scene.WithoutAgentAsync();
        await File.WriteAllTextAsync(Path.Combine(scene.Folder, "marker"), "production");
        var yaml = (marked ? Marked + "\n" : "") + extra.Replace("MARKER", Path.Combine(scene.Folder, "marker"), StringComparison.Ordinal);
        scene.Payload.Write("iucutter.yaml", Payload.Yaml(yaml));
        scene.Payload.Write(".gitignore", "*.plan*\n");
        await scene.Payload.CommitAsync("to be approved");
        await PublicKeyAsync(scene, "mallory");
        await File.WriteAllTextAsync(
            Path.Combine(scene.Folder, "approvers"), $"ann {await PublicKeyAsync(scene, "ann")}\nbob {await PublicKeyAsync(scene, "bob")}\n");
        await StartAsync(scene);
        return scene;
    }
}
