using System.Text;
using IuCutter.Manifests;
using IuCutter.Packager.Scan;

namespace IuCutter.Tests.Unit.Scan;

public sealed class ContentScanTests
{
    // Put together here, so that scanning our own sources finds nothing.
    private const string Dashes = "-----";
    private static readonly string GithubToken = "gh" + "p_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8";
    private static readonly string AwsKey = "AK" + "IA" + "Q3EGRB7XZ2WLK5TN";
    private static readonly string Jwt = "ey" + "JhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9." + "ey" + "JzdWIiOiJkZXBsb3kifQ." + "k3Jx9Qw7ZtLmN2pRs5Vu8YbCdEfGhIjKaOqWeTrXyZ0";

    public static TheoryData<string, string> Secrets => new()
    {
        { Dashes + "BEGIN RSA PRIVATE KEY" + Dashes, ScanRule.PrivateKey },
        { Dashes + "BEGIN PRIVATE KEY" + Dashes, ScanRule.PrivateKey },
        { Dashes + "BEGIN OPENSSH PRIVATE KEY" + Dashes, ScanRule.PrivateKey },
        { Dashes + "BEGIN PGP PRIVATE KEY BLOCK" + Dashes, ScanRule.PrivateKey },
        { $"key = \"{AwsKey}\"", ScanRule.AwsKey },
        { $"token: {GithubToken}", ScanRule.GithubToken },
        { "git" + "hub_pat_11ABCDEFG0aBcDeFgHiJkL_mNoPqRsTuVwXyZ0123456789abcdefghijklmnopqrstuvwxyzABC", ScanRule.GithubToken },
        { "xo" + "xb-123456789012-1234567890123-AbCdEfGhIjKl", ScanRule.SlackToken },
        { "AI" + "zaSyA1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q", ScanRule.GoogleKey },
        { "postgres" + "://app:V3ry-s3cret@db.internal:5432/x", ScanRule.DsnPassword },
        { "DATABASE_URL=mysql" + "://root:hunter2hunter2@10.0.0.1/x", ScanRule.DsnPassword },
        { "mongodb+srv" + "://u:p%40ssw0rd9x@cluster.mongodb.net", ScanRule.DsnPassword },
        { "redis" + "://:k8Jd72hLs@cache:6379", ScanRule.DsnPassword },
        { "amqp" + "://svc:Tr0ub4dor@mq", ScanRule.DsnPassword },
        { "postgresql+psycopg2" + "://app:V3ry-s3cret@localhost/x", ScanRule.DsnPassword },
        { Jwt, ScanRule.Jwt },
    };

    [Theory]
    [MemberData(nameof(Secrets))]
    public void A_secret_is_found_at_its_line_and_never_shown(string secret, string rule)
    {
        var findings = Scan("a.txt", $"one\ntwo {secret}\nthree\n");

        var hit = Assert.Single(findings.Hits);
        Assert.Equal((rule, 2L), (hit.Rule, hit.Line));
        Assert.DoesNotContain(secret[8..], hit.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-----BEGIN PUBLIC KEY-----")]
    [InlineData("-----BEGIN CERTIFICATE-----")]
    [InlineData("AKIAIOSFODNN7EXAMPLE")]
    [InlineData("AKIA")]
    [InlineData("XAKIAQ3EGRB7XZ2WLK5TN")]
    [InlineData("ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")]
    [InlineData("ghp_short")]
    [InlineData("xoxb-your-token-here")]
    [InlineData("postgres://user:password@localhost/db")]
    [InlineData("postgres://user:pass@host/db")]
    [InlineData("postgres://postgres:postgres@localhost:5432/test")]
    [InlineData("postgres://app:${DB_PASSWORD}@db/x")]
    [InlineData("postgres://app:$PASS@db/x")]
    [InlineData("mysql://app:{password}@db/x")]
    [InlineData("mysql://app:%s@db/x")]
    [InlineData("mysql://app:%(password)s@db/x")]
    [InlineData("mysql://app:<password>@db/x")]
    [InlineData("mysql://app:********@db/x")]
    [InlineData("redis://:your-password@cache:6379")]
    [InlineData("amqp://guest:guest@localhost")]
    [InlineData("mongodb://me:V3ry-s3cret@db.example.com/x")]
    [InlineData("postgres://app@db/x")]
    [InlineData("postgres://db:5432/x?user=a@b")]
    [InlineData("https://user:V3ry-s3cret@host/x")]
    [InlineData("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c")]
    [InlineData("eyJ.eyJ.x")]
    public void A_placeholder_or_something_public_is_no_hit(string text) => Assert.Empty(Scan("a.txt", text).Hits);

    [Theory]
    [InlineData("a/.env", ScanRule.EnvFile)]
    [InlineData(".env.production", ScanRule.EnvFile)]
    [InlineData(".env.local", ScanRule.EnvFile)]
    [InlineData("keys/server.pem", ScanRule.KeyFile)]
    [InlineData("x.KEY", ScanRule.KeyFile)]
    [InlineData("x.p12", ScanRule.KeyFile)]
    [InlineData("x.pfx", ScanRule.KeyFile)]
    [InlineData("x.jks", ScanRule.KeyFile)]
    [InlineData(".ssh/id_rsa", ScanRule.KeyFile)]
    [InlineData("id_ed25519", ScanRule.KeyFile)]
    [InlineData("a/__pycache__/b.txt", ScanRule.PythonCache)]
    [InlineData("a/b.pyc", ScanRule.PythonCache)]
    [InlineData(".DS_Store", ScanRule.Litter)]
    [InlineData("a/Thumbs.db", ScanRule.Litter)]
    [InlineData("a/.b.swp", ScanRule.Litter)]
    [InlineData("a~", ScanRule.Litter)]
    [InlineData(".idea/workspace.xml", ScanRule.Litter)]
    [InlineData("a/.git/config", ScanRule.GitFolder)]
    public void A_path_that_must_not_be_released_is_a_hit(string path, string rule)
    {
        var hit = Assert.Single(Scan(path, "").Hits);

        Assert.Equal((rule, 0L), (hit.Rule, hit.Line));
    }

    [Theory]
    [InlineData(".env.example")]
    [InlineData("a/.env.sample")]
    [InlineData(".env.template")]
    [InlineData("id_rsa.pub")]
    [InlineData("monkey")]
    [InlineData(".envrc")]
    [InlineData("my_id_rsa")]
    [InlineData("__pycache__")]
    [InlineData(".gitignore")]
    [InlineData(".github/workflows/x.yml")]
    [InlineData(".idea/codeStyles/x.xml")]
    public void Any_other_path_is_none(string path) => Assert.Empty(Scan(path, "").Hits);

    [Fact]
    public void A_secret_is_found_wherever_the_pieces_are_cut()
    {
        var content = Encoding.UTF8.GetBytes(new string('x', 70_000) + "\n\n " + GithubToken + "\n" + new string('y', 70_000) + " postgres" + "://app:V3ry-s3cret@db/x");
        foreach (var size in new[] { 1, 7, 1000, 65_536, 69_990, 70_003, 70_010, 70_020, 1_000_000 })
        {
            var scan = new ContentScan(ScanRules.BuiltIn).Begin();
            scan.Open(Path("a"));
            foreach (var piece in content.Chunk(size))
            {
                scan.Feed(piece);
            }

            scan.Close();

            Assert.Equal([(ScanRule.GithubToken, 3L), (ScanRule.DsnPassword, 4L)], scan.Findings.Hits.Select(hit => (hit.Rule, hit.Line)));
            Assert.Equal(content.Length, scan.Findings.BytesScanned);
        }
    }

    [Fact]
    public void A_secret_is_found_at_every_offset_around_the_windows_end()
    {
        var scan = new ContentScan(new ScanRules([], ["needle-in-hay"], [])).Begin();
        var offsets = Enumerable.Range(65_536 - 80, 160).Concat(Enumerable.Range(65_536 + 4096 - 80, 160)).ToArray();
        foreach (var offset in offsets)
        {
            scan.Open(Path("a"));
            scan.Feed(Encoding.ASCII.GetBytes(new string('\n', offset) + "needle-in-hay" + new string('z', 200_000)));
            scan.Close();
            Assert.Equal(offset + 1, scan.Findings.Hits[^1].Line);
        }

        Assert.Equal(offsets.Length, scan.Findings.Count);
    }

    [Fact]
    public void A_file_does_not_leak_into_the_next()
    {
        var scan = new ContentScan(new ScanRules([], ["abcdef"], [])).Begin();
        foreach (var half in new[] { "abc", "def" })
        {
            scan.Open(Path(half));
            scan.Feed(Encoding.ASCII.GetBytes(half));
            scan.Close();
        }

        Assert.Equal((0, 2, 6L), (scan.Findings.Count, scan.Findings.FilesScanned, scan.Findings.BytesScanned));
    }

    [Fact]
    public void The_users_own_texts_and_paths_are_named_by_number_and_rule()
    {
        var rules = new ScanRules(["internal/", "*.bak"], ["Geheim-ß", "other"], []);

        Assert.Equal([("forbidden-text#1", 2L)], Scan("a", "x\nGeheim-ß Geheim-ß\n", rules).Hits.Select(hit => (hit.Rule, hit.Line)));
        Assert.Equal(ScanRule.ForbiddenPath, Assert.Single(Scan("a/internal/x", "", rules).Hits).Rule);
        Assert.Equal(ScanRule.ForbiddenPath, Assert.Single(Scan("b/x.bak", "", rules).Hits).Rule);
        Assert.Empty(Scan("a/internal", "", rules).Hits);
        Assert.Throws<ArgumentException>(() => new ContentScan(new ScanRules([], [""], [])));
    }

    [Theory]
    [InlineData("tests/key.pem")]
    [InlineData("odd *[?]\\ 'name'.pem")]
    [InlineData("-lead ünï.pem")]
    [InlineData("new\nline.pem")]
    public void The_line_that_a_hit_asks_for_allows_just_that(string path)
    {
        var content = Dashes + "BEGIN PRIVATE KEY" + Dashes;
        var hits = Scan(path, content).Hits;
        Assert.Equal($"{ScanRule.KeyFile} {ScanRule.PrivateKey}", string.Join(' ', hits.Select(hit => hit.Rule)));

        var lines = hits.Select(hit => hit.AllowLine[3..^1].Replace("''", "'", StringComparison.Ordinal)).ToArray();

        Assert.Single(Scan(path, content, new ScanRules([], [], [lines[0]])).Hits);
        Assert.Empty(Scan(path, content, new ScanRules([], [], lines)).Hits);
        Assert.Equal(2, Scan("other.pem", content, new ScanRules([], [], lines)).Count);
        Assert.DoesNotContain('\n', hits[0].AllowLine);
    }

    [Fact]
    public void A_path_that_is_no_text_can_be_allowed_too()
    {
        var path = TreePath.FromBytes([0xFF, (byte)'x', .. ".pem"u8]);
        var hit = Assert.Single(Scan(path, "", ScanRules.BuiltIn).Hits);

        Assert.Equal("- 'key-file:/?x.pem'", hit.AllowLine);
        Assert.Empty(Scan(path, "", new ScanRules([], [], ["key-file:/?x.pem"])).Hits);
    }

    [Fact]
    public void A_plain_glob_allows_every_rule()
    {
        Assert.Empty(Scan("tests/fixtures/a.key", Jwt, new ScanRules([], [], ["tests/**"])).Hits);
        Assert.Equal(2, Scan("src/a.key", Jwt, new ScanRules([], [], ["tests/**", "no-rule:src/a.key"])).Count);
    }

    [Fact]
    public void Hits_are_counted_beyond_those_kept()
    {
        var findings = Scan("a", string.Concat(Enumerable.Repeat(AwsKey + "\n", 3000)));

        Assert.Equal((1000, 3000), (findings.Hits.Count, findings.Count));
    }

    [Fact]
    public void Clean_text_passes_however_much_of_it_there_is()
    {
        var text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("The quick brown fox jumps over the lazy dog; https://example.org/x.\n", 4_000)));
        var scan = new ContentScan(ScanRules.BuiltIn).Begin();
        for (var i = 0; i < 100; i++)
        {
            scan.Open(Path("a"));
            scan.Feed(text);
            scan.Close();
        }

        Assert.Equal(0, scan.Findings.Count);
        Assert.Equal(100L * text.Length, scan.Findings.BytesScanned);
    }

    private static TreePath Path(string path) => TreePath.FromBytes(Encoding.UTF8.GetBytes(path));

    private static ScanFindings Scan(string path, string content, ScanRules? rules = null) => Scan(Path(path), content, rules ?? ScanRules.BuiltIn);

    private static ScanFindings Scan(TreePath path, string content, ScanRules rules)
    {
        var scan = new ContentScan(rules).Begin();
        scan.Open(path);
        scan.Feed(Encoding.UTF8.GetBytes(content));
        scan.Close();
        return scan.Findings;
    }
}
