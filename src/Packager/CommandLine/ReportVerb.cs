using System.CommandLine;
using System.Text.Json;
using IuCutter.Packager.Following;
using IuCutter.Packager.Showing;

namespace IuCutter.Packager.CommandLine;

internal static class ReportVerb
{
    public static Verb Make(Surroundings here)
    {
        var (target, json) = (Asks.Target(), Asks.Json());
        var asked = Asks.Operation();
        asked.Description = "An operation's id, or a release's, whose newest push is meant (else the newest operation)";
        var folder = new Option<string?>("--output", "-o") { Description = "The folder to write, which must be new or empty (else ./report-OPERATION)", HelpName = "DIR" };
        json.Description = "Writes the report as one JSON object to standard output, and no file";
        return new Verb(
                "report",
                "Writes an operation's report: eight documents, one page of them all, JSON, and the signed ledger lines that all of it is derived from.",
                "iucutter report",
                "iucutter report op-20260102-030405-a1b2c3 -o ./release-report",
                "iucutter verify ./release-report")
            .With(asked, folder, target, json)
            .Does(async (parsed, cancellation) =>
            {
                await using var reach = await Reach.ForAsync(parsed.GetValue(target), slotOption: null, needsSlot: false, here, cancellation);
                var (record, files) = await new OperationReport(reach.Target).MakeAsync(parsed.GetValue(asked), cancellation);
                if (parsed.GetValue(json))
                {
                    using var report = JsonDocument.Parse(files.Single(f => f.Name == "report.json").Bytes);
                    new JsonLines(here.Out).Write(members =>
                    {
                        foreach (var member in report.RootElement.EnumerateObject())
                        {
                            member.WriteTo(members);
                        }
                    });
                    return ExitCode.Passed;
                }

                var path = Path.GetFullPath(parsed.GetValue(folder) ?? $"report-{record.Id}", here.Folder);
                await WriteAsync(path, files, cancellation);
                here.Screen.Line($"{record.Order.Operation} of {SafeText.Line(record.Order.Release ?? "")}: {(record.End is { } end ? $"verdict {end.Verdict}" : "not ended yet")}");
                here.Screen.Line($"{Amount.Count(files.Count, "file")} in {path}; begin with report.html, or 08-final-report.md");
                return ExitCode.Passed;
            });
    }

    private static async Task WriteAsync(string path, IReadOnlyList<(string Name, byte[] Bytes)> files, CancellationToken cancellation)
    {
        if (File.Exists(path) || (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any()))
        {
            throw CommandException.Usage($"'{path}' is there already", "name a new or empty folder with --output");
        }

        Directory.CreateDirectory(path);
        foreach (var (name, bytes) in files)
        {
            await File.WriteAllBytesAsync(Path.Combine(path, name), bytes, cancellation);
        }
    }
}
