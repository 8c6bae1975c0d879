using System.Diagnostics;
using IuCutter.Commands;

namespace IuCutter.Agent.Reporting;

/// <summary>Keeps each report as a commit in a git repository on the target, where the operator wants one: the host's own history of its releases. Nothing pushes it on.</summary>
/// <param name="complain">Gets what kept a report from being committed: an operation's end does not depend on it.</param>
public sealed class DeployRecord(string repository, string searchPath, Action<string> complain)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Makes the repository where there is none.</summary>
    /// <exception cref="RefusalException">It cannot be made, or git is missing.</exception>
    public static DeployRecord Open(string repository, string searchPath, Action<string> complain)
    {
        var record = new DeployRecord(repository, searchPath, complain);
        Directory.CreateDirectory(repository);
        return record.Git("init", "--quiet") is { } trouble
            ? throw new RefusalException(RefusalCode.TargetFault, $"reports cannot be recorded in {repository}: {trouble}", "install git, or name another directory with --record")
            : record;
    }

    /// <param name="report">The folder of the report; its name is the operation's id.</param>
    public void Commit(string report, string message)
    {
        try
        {
            var name = Path.GetFileName(report);
            var copy = Directory.CreateDirectory(Path.Combine(repository, name)).FullName;
            foreach (var file in Directory.EnumerateFiles(report))
            {
                File.Copy(file, Path.Combine(copy, Path.GetFileName(file)), overwrite: true);
            }

            var trouble = Git("add", "--", name) ?? Git("commit", "--quiet", "--message", message, "--", name);
            if (trouble is not null)
            {
                complain($"the report of {name} was not recorded in {repository}: {trouble}");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            complain($"the report was not recorded in {repository}: {e.Message}");
        }
    }

    /// <returns>Null when all went well, else what git said.</returns>
    private string? Git(params ReadOnlySpan<string> arguments)
    {
        if (SearchPath.Find("git", searchPath) is not { } git)
        {
            return "git is not on the agent's PATH";
        }

        string[] always = ["-C", repository, "-c", "user.name=iucutter-agent", "-c", $"user.email=iucutter-agent@{Environment.MachineName}", "-c", "commit.gpgsign=false", "-c", "core.hooksPath=/dev/null"];
        var info = new ProcessStartInfo(git, [.. always, .. arguments]) { RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false };
        info.Environment.Clear();
        (info.Environment["PATH"], info.Environment["HOME"], info.Environment["LC_ALL"], info.Environment["GIT_CONFIG_NOSYSTEM"]) = (searchPath, repository, "C", "1");
        using var process = Process.Start(info)!;
        process.StandardInput.Close();
        var said = process.StandardError.ReadToEnd();
        if (!process.WaitForExit(Limit))
        {
            process.Kill();
            return $"git took longer than {Limit.TotalSeconds:0} s";
        }

        return process.ExitCode == 0 ? null : said.Trim();
    }
}
