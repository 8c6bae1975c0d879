namespace IuCutter.Tests.EndToEnd.Support;

/// <summary>A small payload in a git repository of its own: shell scripts, so that a whole push takes a second.</summary>
internal sealed class Payload(string folder)
{
    public const string GoodTest = "echo 1..2; echo ok 1 - cut; echo ok 2 - join";

    public string Folder => folder;

    /// <summary>The configuration that the payload has unless a test writes another.</summary>
    public static string Yaml(string extra = "") =>
        $$"""
        name: app
        test:
          - run: [sh, test.sh]
            counts: tap
            timeout: 20s
        smoke:
          - run: [sh, smoke.sh]
            expect: { contains: [smoke fine] }
        {{extra}}
        """;

    public static async Task<Payload> CreateAsync(string folder)
    {
        Directory.CreateDirectory(folder);
        var payload = new Payload(folder);
        await payload.GitAsync("init", "-q", "-b", "main", "--template=");
        payload.Write("iucutter.yaml", Yaml());
        payload.Write("test.sh", GoodTest);
        payload.Write("smoke.sh", "echo smoke fine");
        payload.Write("app.txt", "version 1\n");
        payload.Write("lib/data with space.txt", new string('d', 5000));
        File.CreateSymbolicLink(Path.Combine(folder, "current.txt"), "app.txt");
        await payload.CommitAsync("one");
        return payload;
    }

    public void Write(string path, string text)
    {
        var file = Path.Combine(folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    public async Task<string> CommitAsync(string message)
    {
        await GitAsync("add", "-A");
        await GitAsync("-c", "user.name=t", "-c", "user.email=t@localhost", "-c", "commit.gpgsign=false", "-c", "maintenance.auto=false", "commit", "-q", "-m", message);
        return (await GitAsync("rev-parse", "HEAD")).Trim();
    }

    public Task<string> GitAsync(params string[] arguments) => Programs.OutputOfAsync(folder, "git", arguments);
}
