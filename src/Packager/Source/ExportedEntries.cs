using System.Diagnostics;
using IuCutter.Manifests;

namespace IuCutter.Packager.Source;

/// <summary>
/// What <c>git archive</c> makes of a commit: export-ignore left out, export-subst filled in. Only asked for by configuration, since the result
/// is not the commit. Attributes that the commit does not hold are refused or switched off, so that two clones agree.
/// </summary>
internal sealed class ExportedEntries : IEntrySource
{
    private readonly Process _process;
    private readonly TarInput _input;
    private readonly Task<string> _complaints;
    private readonly CancellationTokenSource _ended = new();
    private TarEntry? _entry;
    private bool _isLinkRead;

    private ExportedEntries(Process process)
    {
        _process = process;
        _process.StandardInput.Close();
        _input = new TarInput(process.StandardOutput.BaseStream);
        _complaints = GitProgram.ReadComplaintsAsync(process, _ended.Token);
    }

    public TreePath Path => Entry.Path;

    public EntryKind Kind => Entry.Kind ?? EntryKind.File;

    public long Size => Kind == EntryKind.Link ? Entry.Link.Length : Entry.Size;

    private TarEntry Entry => _entry ?? throw new InvalidOperationException("No entry was begun.");

    public static async Task<ExportedEntries> OpenAsync(GitProgram git, string commit, CancellationToken cancellation)
    {
        // The tree itself may hold what no release can: the same refusals as without the attributes.
        await TreeListing.ReadAsync(git, commit, cancellation);
        var local = await git.RunAsync(cancellation, "rev-parse", "--path-format=absolute", "--git-path", "info/attributes");
        if (local.Exit == 0 && new FileInfo(local.Text) is { Exists: true, Length: > 0 })
        {
            throw new SourceException(
                SourceCodes.LocalAttributes,
                $"'{local.Text}' holds attributes that are not in the commit, so another clone would make another artifact.",
                "Move them into .gitattributes and commit, or empty that file.");
        }

        return new ExportedEntries(git.Start(
            "-c", "tar.umask=0022", "-c", "core.autocrlf=false", "-c", "core.eol=lf", "archive", "--format=tar", commit));
    }

    public async ValueTask<bool> NextAsync(CancellationToken cancellation)
    {
        var before = _entry;
        try
        {
            do
            {
                _entry = await _input.NextAsync(cancellation);
            }
            while (_entry is { Kind: null });

            if (_entry == null)
            {
                await EndAsync(before, cancellation);
                return false;
            }
        }
        catch (SourceException cause) when (cause.Code == SourceCodes.ArtifactMalformed)
        {
            // An archive that is no archive: git failed on the way, and knows why.
            GitProgram.End(_process);
            throw new SourceException(SourceCodes.GitFailed, $"git archive failed: {GitAnswer.ComplaintOf(await _complaints)}.", "Run 'git fsck' to see what is broken.", cause);
        }

        _isLinkRead = false;
        return before == null || before.Path < _entry.Path ? true : throw _input.Malformed($"'{_entry.Path}' after '{before.Path}'");
    }

    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellation)
    {
        if (Kind != EntryKind.Link || _isLinkRead)
        {
            return await _input.ReadAsync(cancellation);
        }

        _isLinkRead = true;
        return Entry.Link;
    }

    public async ValueTask DisposeAsync()
    {
        GitProgram.End(_process);
        await _ended.CancelAsync();
        try
        {
            await _complaints;
        }
        catch (OperationCanceledException)
        {
            // Only what was still under way when the reader left.
        }

        _process.Dispose();
        _ended.Dispose();
    }

    private async Task EndAsync(TarEntry? last, CancellationToken cancellation)
    {
        await _input.EndAsync(mayPad: true, cancellation);
        await _process.WaitForExitAsync(cancellation);
        if (_process.ExitCode != 0)
        {
            throw _input.Malformed("the end of a failed run");
        }

        if (last == null)
        {
            throw new SourceException(SourceCodes.EmptyTree, "The export attributes leave no file.", "Name a commit that holds some.");
        }
    }
}
