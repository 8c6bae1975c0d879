using System.Runtime.InteropServices;
using IuCutter.Agent.Releases;

namespace IuCutter.Agent.Mirroring;

/// <summary>
/// Brings a release what it still lacks out of a commit that the mirror holds. Which object has a content the commit's tree says; whether it has,
/// the manifest's sha256.
/// </summary>
internal sealed class MirrorContents(MirrorGit git, string commit)
{
    /// <returns>How many contents came; the others are not in the commit, or git cannot read them.</returns>
    public async Task<int> BringAsync(Staging staging, CancellationToken cancellationToken)
    {
        var wanted = await FindAsync(staging, cancellationToken);
        using var ids = new MemoryStream(MemoryMarshal.TryGetArray(wanted.Ids, out var bytes) ? bytes.Array! : [], 0, wanted.Ids.Length);
        await using var reader = await git.StartAsync("cat-file", "--batch", "--buffer");
        var asking = MirrorGit.FeedAsync(reader, ids, cancellationToken);
        var answers = new ObjectStream(reader.Output, cancellationToken);
        var brought = 0;
        foreach (var content in wanted.Contents)
        {
            if (await TakeAsync(staging, content, answers) is not { } isTaken)
            {
                break;
            }

            brought += isTaken ? 1 : 0;
        }

        await reader.Output.CopyToAsync(Stream.Null, cancellationToken);
        await asking;
        return brought;
    }

    /// <returns>Null where git gives no more: of what it began nothing is left, and it comes over the wire.</returns>
    private static async Task<bool?> TakeAsync(Staging staging, int content, ObjectStream answers)
    {
        if (await answers.NextAsync() is not { } size)
        {
            return null;
        }

        try
        {
            var isTaken = size == staging.Manifest.DistinctContents[content].Size && await staging.TakeAsync(content, answers.ReadAsync);
            await answers.SkipAsync();
            return isTaken;
        }
        catch (EndOfStreamException)
        {
            return null;
        }
    }

    private async Task<MissingObjects> FindAsync(Staging staging, CancellationToken cancellationToken)
    {
        var wanted = new MissingObjects(staging);
        await using var list = await git.StartAsync("ls-tree", "-r", "-z", "--full-tree", commit);
        list.Input.Close();
        await wanted.ReadAsync(list.Output, cancellationToken);
        return wanted;
    }
}
