using System.Diagnostics;
using System.Text;
using IuCutter.Packager.Source;

namespace IuCutter.Tests.Unit.Source;

/// <summary>A real git repository in a folder of its own, removed afterwards. No configuration of the user reaches it.</summary>
internal sealed class TemporaryRepository : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("iucutter-test-");

    public TemporaryRepository(params string[] initArguments)
    {
        Root = Path.Combine(_folder.FullName, "repository");
        Directory.CreateDirectory(Root);
        Git(["init", "-q", "-b", "main", .. initArguments]);
    }

    public string Root { get; }

    public string Folder => _folder.FullName;

    public static string RunGit(string folder, byte[]? input, params IEnumerable<string> arguments)
    {
        var info = new ProcessStartInfo("git", ["-C", folder, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        info.Environment.Remove("GIT_DIR");
        foreach (var (name, value) in new[]
        {
            ("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_SYSTEM", "/dev/null"), ("LC_ALL", "C"),
            ("GIT_AUTHOR_NAME", "Ann"), ("GIT_AUTHOR_EMAIL", "ann@example.org"), ("GIT_AUTHOR_DATE", "1700000000 +0100"),
            ("GIT_COMMITTER_NAME", "Ann"), ("GIT_COMMITTER_EMAIL", "ann@example.org"), ("GIT_COMMITTER_DATE", "1700000000 +0100"),
        })
        {
            info.Environment[name] = value;
        }

        using var process = Process.Start(info)!;
        var errors = process.StandardError.ReadToEndAsync();
        if (input != null)
        {
            process.StandardInput.BaseStream.Write(input);
        }

        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output.TrimEnd('\n') : throw new InvalidOperationException($"git {string.Join(' ', arguments)}: {errors.Result}");
    }

    public string Git(params IEnumerable<string> arguments) => RunGit(Root, null, arguments);

    public string GitWith(byte[] input, params IEnumerable<string> arguments) => RunGit(Root, input, arguments);

    public void Write(string path, string content)
    {
        var full = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, content);
    }

    public string Commit(string subject = "A commit")
    {
        Git("add", "-A");
        Git("commit", "-q", "--allow-empty", "-m", subject);
        return Git("rev-parse", "HEAD");
    }

    /// <summary>Commits exactly these entries, whatever their names: "mode", path bytes, content.</summary>
    public string CommitTree(params IEnumerable<(string Mode, byte[] Path, byte[] Content)> entries)
    {
        using var stream = new MemoryStream();
        void Line(string text) => stream.Write(Encoding.UTF8.GetBytes(text));
        Line("commit refs/heads/main\ncommitter Ann <ann@example.org> 1700000000 +0100\ndata 4\nmade\ndeleteall\n");
        foreach (var (mode, path, content) in entries)
        {
            Line($"M {mode} inline \"");
            foreach (var value in path)
            {
                Line($"\\{Convert.ToString(value, 8).PadLeft(3, '0')}");
            }

            Line($"\"\ndata {content.Length}\n");
            stream.Write(content);
            Line("\n");
        }

        Line("done\n");
        GitWith(stream.ToArray(), "fast-import", "--quiet", "--force", "--done");
        return Git("rev-parse", "refs/heads/main");
    }

    public async Task<(GitRepository Repository, SourceCommit Commit)> OpenAsync(string revision = "HEAD", string? path = null)
    {
        var repository = await GitRepository.OpenAsync(path ?? Root, CancellationToken.None);
        return (repository, await repository.ResolveAsync(revision, CancellationToken.None));
    }

    public async Task<Artifact> PackAsync(string revision = "HEAD", string? path = null, Func<ArtifactRequest, ArtifactRequest>? with = null)
    {
        var (repository, commit) = await OpenAsync(revision, path);
        var request = new ArtifactRequest("app", commit);
        return await ArtifactBuilder.BuildAsync(repository, with?.Invoke(request) ?? request, CancellationToken.None);
    }

    // .NET cannot name a folder whose name is no UTF-8; rm can.
    public void Dispose()
    {
        using var process = Process.Start(new ProcessStartInfo("rm", ["-rf", _folder.FullName]) { UseShellExecute = false })!;
        process.WaitForExit();
    }
}
