using System.Text;
using IuCutter.Configuration;
using IuCutter.Configuration.Detection;

namespace IuCutter.Tests.Unit.Configuration;

public sealed class ReleaseConfigurationJsonTests
{
    private const string Everything = """
        name: a
        slot: b
        target: ssh://me@host:22/run/agent.sock
        source: { clean: required, export_attributes: true }
        guards: [{ host: h }, { file: /f, contains: c }, { absent: /a }, { directory: /d }, { free: 1GiB }, { tool: t, version: ">= 1" }, { user: u }]
        anchors: [/opt/a]
        compile: []
        test: { run: [x], set: { A: b }, counts: pytest, minimum: 3, sandbox: t2, expect: { exit: 1 } }
        assert:
          - { file: f, matches: a }
          - present: a
          - absent: a
          - { version: { run: [v] }, equals: "1" }
          - switch_off: { file: f, matches: a }
          - switch_off: { run: [v], prints: a }
          - refused: { run: [v], says: no }
        forbid: { paths: ['**/*.pem'], texts: [secret], allow: [docs/x.pem] }
        environment: [TOKEN]
        gaps: [{ id: no-load, statement: no load was put on it, owner: ann, closed_by: G5.assert.2 }]
        enable_when: [{ gap: no-load, name: load }, { gate: G5 }, { check: G5.test }, { verdict: A }, { smoke_within: 24h }]
        """;

    [Fact]
    public void What_is_written_reads_back_to_the_same_bytes()
    {
        var json = ReleaseConfigurationJson.Serialize(ConfigurationFile.Read(Encoding.UTF8.GetBytes(Everything), "x"));

        var back = ReleaseConfigurationJson.Parse(json);

        Assert.Equal(json, ReleaseConfigurationJson.Serialize(back));
        Assert.Equal(new TargetAddress.Ssh("me", "host", 22, "/run/agent.sock"), back.Target);
        Assert.Empty(back.Compile!);
        Assert.Null(back.Smoke);
    }

    [Fact]
    public void The_bytes_of_a_default_are_these()
    {
        Assert.Equal(
            """
            {"name":"a","slot":"a","format":"tar","keep":5,"source":{"clean":"reported","export_attributes":false},"guards":[],"anchors":[],"forbid":{"paths":[],"texts":[],"allow":[]},"environment":[]}
            """,
            Encoding.UTF8.GetString(ReleaseConfigurationJson.Serialize(ReleaseConfiguration.Default("a"))));
    }

    [Theory]
    [InlineData("\"name\":\"a\",", "")]
    [InlineData("\"keep\":5", "\"keep\":5,\"unknown\":1")]
    [InlineData("\"keep\":5", "\"keep\":5,\"keep\":5")]
    [InlineData("\"keep\":5", "\"keep\":0")]
    [InlineData("\"keep\":5", "\"keep\":5.5")]
    [InlineData("\"keep\":5,", "")]
    [InlineData("\"slot\":\"b\"", "\"slot\":null")]
    [InlineData("\"slot\":\"b\"", "\"slot\":\"../b\"")]
    [InlineData("\"format\":\"tar\"", "\"format\":0")]
    [InlineData("\"format\":\"tar\"", "\"format\":\"tar,tar\"")]
    [InlineData("[\"TOKEN\"]", "[null]")]
    [InlineData("[\"TOKEN\"]", "[\"LD_PRELOAD\"]")]
    [InlineData("ssh://me@host:22/run/agent.sock", "http://example.org:80")]
    [InlineData("\"guard\":\"host\"", "\"guard\":\"gone\"")]
    [InlineData("\"path\":\"/d\"", "\"path\":\"/a/../b\"")]
    [InlineData("\"path\":\"/d\"", "\"path\":null")]
    [InlineData("\"run\":[\"x\"]", "\"run\":[]")]
    [InlineData("\"run\":[\"x\"]", "\"run\":[null]")]
    [InlineData("\"run\":[\"x\"]", "\"run\":[\"a\\u0000\"]")]
    [InlineData("\"timeout\":\"00:30:00\"", "\"timeout\":\"-00:10:00\"")]
    [InlineData("{\"name\":\"A\",\"value\":\"b\"}", "{\"name\":\"GIT_DIR\",\"value\":\"b\"}")]
    [InlineData("{\"name\":\"A\",\"value\":\"b\"}", "null")]
    [InlineData("\"sandbox\":\"t2\"", "\"sandbox\":\"t0, t4\"")]
    [InlineData("\"id\":\"no-load\"", "\"id\":\"no\\nload\"")]
    [InlineData("\"owner\":\"ann\"", "\"owner\":\"\"")]
    [InlineData("\"owner\":\"ann\"", "\"owner\":null")]
    [InlineData("no load was put on it", "a\\nb")]
    [InlineData("\"gate\":\"G5\"", "\"gate\":17")]
    [InlineData("\"gate\":\"G5\"", "\"gate\":\"G9\"")]
    [InlineData("\"verdict\":\"A\"", "\"verdict\":\"C\"")]
    [InlineData("1.00:00:00", "-1.00:00:00")]
    [InlineData("\"condition\":\"verdict\"", "\"condition\":\"anything\"")]
    [InlineData("\"probe\":[\"p\"]", "\"probe\":[]")]
    [InlineData("\"file\":\"f\",\"matches\":\"a\"", "\"file\":\"f\"")]
    public void A_liars_json_is_refused(string truth, string lie)
    {
        var probed = new Candidate([new TestCommand { Command = new CheckCommand { Run = ["q"] } }], ["p"]);
        var honest = Encoding.UTF8.GetString(ReleaseConfigurationJson.Serialize(ConfigurationFile.Read(Encoding.UTF8.GetBytes(Everything), "x") with
        {
            Detected = new Detected(DetectedLanguage.Make, "x", [probed], [], [], []),
        }));
        Assert.Contains(truth, honest, StringComparison.Ordinal);
        ReleaseConfigurationJson.Parse(Encoding.UTF8.GetBytes(honest));

        Assert.Throws<ConfigurationException>(
            () => ReleaseConfigurationJson.Parse(Encoding.UTF8.GetBytes(honest.Replace(truth, lie, StringComparison.Ordinal))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"name\":")]
    public void What_is_no_configuration_at_all_is_refused(string json)
    {
        var refused = Assert.Throws<ConfigurationException>(() => ReleaseConfigurationJson.Parse(Encoding.UTF8.GetBytes(json)));

        Assert.NotEmpty(refused.Problems);
    }
}
