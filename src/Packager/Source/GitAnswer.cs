using System.Text;

namespace IuCutter.Packager.Source;

/// <summary>What one run of git left: its exit code, all it wrote, and the head of what it complained.</summary>
internal sealed record GitAnswer(int Exit, byte[] Output, string Errors)
{
    public static GitAnswer Nothing { get; } = new(Exit: 0, Output: [], Errors: "");

    public string Text => Encoding.UTF8.GetString(Output).TrimEnd('\n');

    /// <summary>The first line that names the trouble, without git's own marks.</summary>
    public string Complaint => ComplaintOf(Errors);

    public static string ComplaintOf(string errors)
    {
        var lines = errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var line = lines.FirstOrDefault(text => text.StartsWith("fatal: ", StringComparison.Ordinal))
            ?? lines.FirstOrDefault(text => text.StartsWith("error: ", StringComparison.Ordinal))
            ?? lines.FirstOrDefault()
            ?? "it said nothing";
        line = line[(line.StartsWith("fatal: ", StringComparison.Ordinal) || line.StartsWith("error: ", StringComparison.Ordinal) ? 7 : 0)..];
        return new string([.. line.Select(c => char.IsControl(c) ? '?' : c)]);
    }
}
