using IuCutter.Configuration;
using IuCutter.Digests;
using IuCutter.Manifests;
using IuCutter.Packager.Pushing;
using IuCutter.Plans;

namespace IuCutter.Packager.Planning;

/// <summary>A plan's file: the bytes that were read once, and what they say.</summary>
internal sealed record LockedPlan(string Path, byte[] Bytes, ReleasePlan Plan)
{
    /// <summary>What people compare and approve.</summary>
    public Sha256Digest Digest { get; } = Sha256Digest.Of(Bytes);

    /// <summary>The release's name, which its id begins with.</summary>
    public string? Name => ReleaseId.TryParse(Plan.Release, out var release) ? release.Name : null;

    /// <exception cref="CommandException">There is no such file, or it is not as an agent wrote it.</exception>
    public static async Task<LockedPlan> ReadAsync(string path, CancellationToken cancellation)
    {
        if (!File.Exists(path))
        {
            throw CommandException.Usage($"there is no plan '{path}'", "`iucutter plan` writes one");
        }

        var bytes = await File.ReadAllBytesAsync(path, cancellation);
        return Of(path, bytes);
    }

    /// <exception cref="CommandException">The bytes are not as an agent wrote them.</exception>
    public static LockedPlan Of(string path, byte[] bytes)
    {
        try
        {
            return new LockedPlan(path, bytes, PlanJson.Read(bytes));
        }
        catch (PlanException refused)
        {
            throw new CommandException(ExitCode.Blocked, "BAD_PLAN", $"the plan '{path}' is refused: {refused.Message}", "make it anew with `iucutter plan`", refused);
        }
    }

    /// <summary>Refuses a push of something else than was planned.</summary>
    /// <param name="manifest">Null before the source was read.</param>
    /// <exception cref="CommandException">It is another release, or the plan has expired.</exception>
    public void MustBeOf(PushSubject subject, Manifest? manifest, TimeProvider time)
    {
        if (Plan.RefusalAt(time.GetUtcNow(), TimeSpan.Zero) is { } refusal)
        {
            throw new CommandException(ExitCode.Blocked, "PLAN_EXPIRED", $"{refusal}; nothing was begun", "make it anew with `iucutter plan`");
        }

        (string Name, string Planned, string Seen)[] facts =
        [
            ("commit", Plan.Commit, subject.Commit.Id),
            ("slot", Plan.Slot, subject.Configuration.Slot),
            ("configuration sha256", Plan.ConfigurationSha256, Sha256Digest.Of(ReleaseConfigurationJson.Serialize(subject.Configuration)).ToString()),
            ("manifest sha256", Plan.ManifestSha256, manifest?.Digest.ToString() ?? Plan.ManifestSha256),
            ("release", Plan.Release, manifest?.ReleaseId.ToString() ?? Plan.Release),
        ];
        var wrong = facts.Where(f => f.Planned != f.Seen).Select(f => $"{f.Name}: the plan says {f.Planned}, this push {f.Seen}").ToList();
        if (wrong.Count > 0)
        {
            throw new CommandException(
                ExitCode.Blocked,
                "PLAN_DIFFERS",
                string.Join('\n', wrong.Prepend($"this push is not what '{Path}' says; nothing was begun")),
                "push what was planned, with the same --without, --name and --slot, or make a new plan with `iucutter plan`");
        }
    }
}
