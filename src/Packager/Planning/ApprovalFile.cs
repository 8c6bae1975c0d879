using IuCutter.Approvals;
using IuCutter.Packager.Connecting;

namespace IuCutter.Packager.Planning;

/// <summary>The file of an approval: beside its plan, unless another is named.</summary>
internal static class ApprovalFile
{
    public static string Beside(string plan) => plan + ".approval";

    /// <returns>The file's bytes; null where none is named and none lies beside the plan. Whether they are good the agent says.</returns>
    /// <exception cref="CommandException">A file is named that is not there, or without a plan.</exception>
    public static async Task<byte[]?> ReadAsync(string? named, LockedPlan? plan, Surroundings here, CancellationToken cancellation)
    {
        if (plan is null)
        {
            return named is null ? null : throw CommandException.Usage("--approval belongs to a plan, and none is named", "name it with --plan");
        }

        var path = named is null ? Beside(plan.Path) : Path.GetFullPath(named, here.Folder);
        if (!File.Exists(path))
        {
            return named is null ? null : throw CommandException.Usage($"there is no approval '{path}'", $"`iucutter approve {TypedCommand.Word(plan.Path)}` writes one");
        }

        return new FileInfo(path).Length <= ApprovalJson.MostBytes
            ? await File.ReadAllBytesAsync(path, cancellation)
            : throw CommandException.Usage($"'{path}' is no approval: it has more than {ApprovalJson.MostBytes} bytes", "name the file that `iucutter approve` wrote");
    }
}
