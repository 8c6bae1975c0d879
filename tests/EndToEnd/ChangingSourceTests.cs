using IuCutter.Tests.EndToEnd.Support;

namespace IuCutter.Tests.EndToEnd;

/// <summary>The repository is worked on while a push reads it: what is released is the commit as it was named, or nothing.</summary>
public sealed class ChangingSourceTests
{
    private const string Commit = "git -c user.name=t -c user.email=t@localhost -c commit.gpgsign=false commit -q";

    [Theory]
    [InlineData($"echo later >> app.txt && {Commit} -am later")]
    [InlineData($"{Commit} --amend -m other && git reflog expire --expire=now --all && git gc -q --prune=now")]
    [InlineData("rm -rf .git")]
    [InlineData("find . -mindepth 1 -delete")]
    public async Task What_happens_to_the_repository_once_it_was_read_does_not_matter(string deed)
    {
        await using var scene = await Scene.OpenAsync();
        var elsewhere = Path.Combine(scene.Folder, "done");

        // The test runs on both hosts; on the first it finds the repository.
        scene.Payload.Write("test.sh", $"if [ -e {scene.Payload.Folder}/.git ]; then cd {scene.Payload.Folder} && ({deed}) >&2 && touch {elsewhere}; fi; {Payload.GoodTest}");
        var commit = await scene.Payload.CommitAsync("worked on while it is pushed");

        (await scene.PushAsync("HEAD", "--target", scene.Target)).Exits(0);

        Assert.True(File.Exists(elsewhere));
        Assert.Contains($"-{commit[..12]}-", scene.Live, StringComparison.Ordinal);
        Assert.Equal("version 1\n", await File.ReadAllTextAsync(Path.Combine(scene.Slot, "app.txt")));
    }

    [Theory]
    [InlineData("rm -rf .git")]
    [InlineData("find .git/objects -type f -delete")]
    [InlineData("for f in $(find .git/objects -type f); do chmod u+w $f; echo damaged > $f; done")]
    public async Task A_repository_that_goes_before_its_contents_were_read_ends_the_push_and_changes_nothing(string deed)
    {
        // Whoever has pushed a commit before knows its digests, and reads a content only when the target asks for it.
        await using var first = await Scene.OpenAsync();
        (await first.PushAsync()).Exits(0);
        await using var scene = await Scene.WithoutAgentAsync();
        var programs = Directory.CreateDirectory(Path.Combine(scene.Folder, "bin")).FullName;
        foreach (var program in (string[])["sh", "setsid", "rm", "find", "chmod"])
        {
            // And no bubblewrap: what the tool does is done to the host.
            File.CreateSymbolicLink(Path.Combine(programs, program), $"/usr/bin/{program}");
        }

        var tool = Path.Combine(programs, "meanwhile");
        await File.WriteAllTextAsync(tool, $"#!/bin/sh\ncd {first.Payload.Folder} && ({deed}); echo 1.0\n");
        File.SetUnixFileMode(tool, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await scene.StartAgentAsync(
            new Dictionary<string, string>(StringComparer.Ordinal) { ["PATH"] = programs }, "--sandbox", "T0");
        var before = scene.Picture();
        first.Payload.Write("iucutter.yaml", Payload.Yaml("guards: [{ tool: meanwhile, version: \">= 1\" }]"));
        await first.Payload.CommitAsync("needs a tool");

        var push = await first.PushAsync("--target", scene.Target, "--no-source-tests", "--without", "scan", "--without", "reproduction");

        push.Exits(3).Says("is not in the repository or damaged").Says("verdict B").Says("the packager gave up");
        Assert.Equal(before, scene.Picture());
    }
}
