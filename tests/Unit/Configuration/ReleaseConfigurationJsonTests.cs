using System.Text;
using IuCutter.Configuration;

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
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"name":"a"}""")]
    [InlineData("""{"name":"a","slot":"a","unknown":1}""")]
    [InlineData("""{"name":"a","name":"a","slot":"a"}""")]
    [InlineData("""{"name":"a","slot":null}""")]
    [InlineData("""{"name":"a","slot":"../b"}""")]
    [InlineData("""{"name":"a","slot":"a"} x""")]
    [InlineData("""{"name":"a","slot":"a","keep":0}""")]
    [InlineData("""{"name":"a","slot":"a","format":7}""")]
    [InlineData("""{"name":"a","slot":"a","format":"tar,tar"}""")]
    [InlineData("""{"name":"a","slot":"a","environment":[null]}""")]
    [InlineData("""{"name":"a","slot":"a","environment":["LD_PRELOAD"]}""")]
    [InlineData("""{"name":"a","slot":"a","target":"http://example.org:80"}""")]
    [InlineData("""{"name":"a","slot":"a","guards":[{"guard":"gone"}]}""")]
    [InlineData("""{"name":"a","slot":"a","guards":[{"guard":"host"}]}""")]
    [InlineData("""{"name":"a","slot":"a","guards":[{"guard":"absent","path":"/a/../b"}]}""")]
    [InlineData("""{"name":"a","slot":"a","compile":[{"run":[]}]}""")]
    [InlineData("""{"name":"a","slot":"a","compile":[{"run":[null]}]}""")]
    [InlineData("""{"name":"a","slot":"a","compile":[{"run":["a\u0000"]}]}""")]
    [InlineData("""{"name":"a","slot":"a","compile":[{"run":["a"],"timeout":"-00:10:00"}]}""")]
    [InlineData("""{"name":"a","slot":"a","compile":[{"run":["a"],"set":[{"name":"GIT_DIR","value":"x"}]}]}""")]
    [InlineData("""{"name":"a","slot":"a","compile":[{"run":["a"],"sandbox":"t0, t4"}]}""")]
    [InlineData("""{"name":"a","slot":"a","assert":[{"assert":"file","file":"a"}]}""")]
    public void A_liars_json_is_refused(string json)
    {
        var refused = Assert.Throws<ConfigurationException>(() => ReleaseConfigurationJson.Parse(Encoding.UTF8.GetBytes(json)));

        Assert.NotEmpty(refused.Problems);
    }
}
