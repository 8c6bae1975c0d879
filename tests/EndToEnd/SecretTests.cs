using IuCutter.Gates;
using IuCutter.Ledgers;
using IuCutter.Reports;
using IuCutter.Tests.EndToEnd.Support;

namespace IuCutter.Tests.EndToEnd;

/// <summary>Variables that commands get from their host, and what is kept of their values.</summary>
public sealed class SecretTests
{
    private const string Token = "pa\"ss\\word/9 é";

    [Fact]
    public async Task A_value_that_is_too_short_to_be_masked_ends_what_could_be_attested_of_secrets()
    {
        await using var scene = await OpenAsync("PIN", "739");
        scene.Payload.Write("smoke.sh", "echo \"pin=$PIN\"; echo smoke fine");
        scene.Payload.Write("iucutter.yaml", Payload.Yaml("environment: [PIN]"));
        await scene.Payload.CommitAsync("prints its pin");

        (await PushAsync(scene, "PIN", "739")).Exits(0);

        var secrets = Secrets(scene);
        Assert.Equal(AttestationBasis.NotObserved, secrets.Basis);
        Assert.Contains("the value of PIN;", secrets.Says, StringComparison.Ordinal);
        Assert.Contains("**not masked**: PIN", await KeptAsync(scene, "06-smoke.md"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("printf '%s\\n' \"$TOKEN\"", "***")]
    [InlineData("printf '%s\\n' \"$TOKEN\" | sed 's/^ *//; s/ *$//'", "***")]
    [InlineData("python3 -c 'import json, os; print(json.dumps({\"dsn\": os.environ[\"TOKEN\"]}))'", "{\"dsn\": \"***\"}")]
    [InlineData("python3 -c 'import json, os; print(json.dumps({\"dsn\": os.environ[\"TOKEN\"].strip()}, ensure_ascii=False))'", "{\"dsn\": \"***\"}")]
    [InlineData("python3 -c 'import os, urllib.parse as u; t = os.environ[\"TOKEN\"]; print(u.quote(t), u.quote(t, safe=\"\"), u.quote_plus(t), u.urlencode({\"t\": t.strip()}))'", "*** *** *** t=***")]
    [InlineData("python3 -c 'import base64 as b, os; t = os.environ[\"TOKEN\"].encode(); print(b.b64encode(t), b.urlsafe_b64encode(t.strip()), t.hex(), t.strip().hex().upper())'", "b'***' b'***' *** ***")]
    public async Task No_form_in_which_a_program_quotes_a_value_is_kept(string prints, string left)
    {
        await using var scene = await OpenAsync("TOKEN", $"  {Token} ");
        scene.Payload.Write("smoke.sh", $"{prints} || exit 1; echo smoke fine");
        scene.Payload.Write("iucutter.yaml", Payload.Yaml("environment: [TOKEN]"));
        await scene.Payload.CommitAsync("prints its token");

        (await PushAsync(scene, "TOKEN", $"  {Token} ")).Exits(0);

        Assert.True(Secrets(scene).SaysNone);
        var smoke = scene.Ledger.Select(e => e.Event).OfType<LedgerEvent.CheckMade>().Single(c => c.Check.Id == "G6.smoke.1").Check.Evidence!.Command!;
        Assert.Equal($"{left}\nsmoke fine\n", smoke.Tail);
    }

    [Fact]
    public async Task What_every_command_is_to_get_every_command_gets_on_both_hosts_and_its_own_value_wins()
    {
        await using var scene = await OpenAsync("REGION", "target-1");
        scene.Payload.Write("test.sh", "case $REGION in source-1|target-1) ;; *) exit 1 ;; esac; " + Payload.GoodTest);
        scene.Payload.Write("smoke.sh", "[ $REGION = target-1 ] && echo smoke fine");
        scene.Payload.Write("own.sh", "[ $REGION = own ] && echo '\"own\"'");
        scene.Payload.Write("iucutter.yaml", Payload.Yaml(
            """
              - { run: [sh, own.sh], set: { REGION: own } }
            environment: [REGION]
            assert:
              - { version: { run: [sh, -c, 'test "$REGION" = target-1 && echo 1'] }, equals: "1" }
            """));
        await scene.Payload.CommitAsync("needs its region");

        (await PushAsync(scene, "REGION", "source-1")).Exits(0);

        var checks = scene.Ledger.Select(e => e.Event).OfType<LedgerEvent.CheckMade>().Select(c => c.Check).ToDictionary(c => c.Id, StringComparer.Ordinal);
        Assert.All(["G1.test.1", "G5.test.1", "G5.assert.1", "G6.smoke.1"], id => Assert.Contains("REGION", checks[id].Evidence!.Command!.EnvironmentNames));
        Assert.Contains("\"own\"", checks["G6.smoke.2"].Evidence!.Command!.Tail, StringComparison.Ordinal);
    }

    private static async Task<Scene> OpenAsync(string variable, string value)
    {
        var scene = await Scene.WithoutAgentAsync();
        await scene.StartAgentAsync(new Dictionary<string, string>(StringComparer.Ordinal) { [variable] = value });
        return scene;
    }

    /// <summary>A push from a host that has the variable too.</summary>
    private static Task<Run> PushAsync(Scene scene, string variable, string value)
    {
        var variables = scene.Variables();
        variables[variable] = value;
        return Programs.RunAsync(Programs.Packager, ["push"], scene.Payload.Folder, variables);
    }

    private static Attestation Secrets(Scene scene)
    {
        var operation = scene.Ledger.Last(e => e.Event is LedgerEvent.OperationBegun).Operation;
        return AttestationRules.Of(OperationRecord.Of(operation, scene.Ledger)).Single(a => a.Id == "secrets");
    }

    private static Task<string> KeptAsync(Scene scene, string file) =>
        File.ReadAllTextAsync(Path.Combine(Directory.GetDirectories(Path.Combine(scene.Folder, "mine", "iucutter", "reports")).Single(), file));
}
