using IuCutter.Configuration;
using IuCutter.Packager.Connecting;
using IuCutter.Packager.Source;
using IuCutter.Reports;

namespace IuCutter.Packager.Following;

/// <summary>Writes an ended operation's report on this host too, and where the configuration says so, publishes it. A report that exists is left as it is.</summary>
internal sealed class ReportKeeping(Target target, Surroundings here, Action<string> note)
{
    /// <param name="publish">Null: it is kept for this user only.</param>
    /// <param name="repository">What relative paths of <paramref name="publish"/> begin at.</param>
    /// <returns>The kept report's folder; null when it could not be kept, which was noted.</returns>
    public async Task<string?> KeepAsync(string operation, PublishRule? publish, string repository, CancellationToken cancellation)
    {
        string? kept = null;
        try
        {
            var (record, files) = await new OperationReport(target).MakeAsync(operation, cancellation);
            if (UserFolders.State(here) is { } state)
            {
                var folder = Path.Combine(state, "reports", operation);
                await WriteAsync(folder, files, cancellation);
                kept = folder;
            }

            if (publish is not null)
            {
                await PublishAsync(record, files, publish, repository, cancellation);
            }
        }
        catch (Exception e) when (e is CommandException or IOException or UnauthorizedAccessException or SourceException)
        {
            note(kept is null
                ? $"the report was not kept here: {e.Message}; `{Command(operation, target)}` makes it again"
                : $"the report was not published: {e.Message}; it lies in {kept}");
        }

        return kept;
    }

    /// <summary>What makes the report again.</summary>
    public static string Command(string operation, Target target) => TypedCommand.On($"iucutter report {operation}", target.Address)!;

    /// <summary>Written beside and renamed: a report is whole, or it is not there.</summary>
    private static async Task WriteAsync(string folder, IReadOnlyList<(string Name, byte[] Bytes)> files, CancellationToken cancellation)
    {
        if (Directory.Exists(folder))
        {
            return;
        }

        var temporary = Directory.CreateDirectory($"{folder}.new-{Environment.ProcessId}").FullName;
        try
        {
            foreach (var (name, bytes) in files)
            {
                await File.WriteAllBytesAsync(Path.Combine(temporary, name), bytes, cancellation);
            }

            Directory.Move(temporary, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            // Somebody else who follows the operation was first, with the same bytes.
        }
        finally
        {
            if (Directory.Exists(temporary))
            {
                Directory.Delete(temporary, recursive: true);
            }
        }
    }

    private async Task PublishAsync(
        OperationRecord record, IReadOnlyList<(string Name, byte[] Bytes)> files, PublishRule publish, string repository, CancellationToken cancellation)
    {
        var place = Path.GetFullPath(publish.Directory ?? publish.Repository!, Path.GetFullPath(repository, here.Folder));
        if (publish.Repository is not null && !Directory.Exists(place))
        {
            throw new DirectoryNotFoundException($"the repository {place} that `publish:` names is not there; make it with `git init`");
        }

        await WriteAsync(Path.Combine(Directory.CreateDirectory(place).FullName, record.Id), files, cancellation);
        if (publish.Repository is not null)
        {
            // A git that is ended leaves its lock behind, and no later report could be committed.
            await CommitAsync(place, record, CancellationToken.None);
        }

        note($"report published: {Path.Combine(place, record.Id)}");
    }

    private static async Task CommitAsync(string place, OperationRecord record, CancellationToken cancellation)
    {
        var git = new GitProgram("git", place);
        (string[] Arguments, string What)[] steps =
        [
            (["add", "--", record.Id], "added"),
            (["-c", "commit.gpgsign=false", "commit", "--quiet", "--message", $"{record.Order.Operation} of {record.Order.Release}: verdict {record.End?.Verdict}", "--", record.Id], "committed"),
        ];
        foreach (var (arguments, what) in steps)
        {
            var answer = await git.RunAsync(cancellation, arguments);
            if (answer.Exit != 0)
            {
                throw new IOException($"the report lies in {Path.Combine(place, record.Id)}, but was not {what} to the repository: {answer.Complaint}");
            }
        }
    }
}
