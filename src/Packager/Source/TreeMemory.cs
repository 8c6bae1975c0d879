namespace IuCutter.Packager.Source;

/// <summary>Lists a commit's tree with the help of the one that was listed last in its repository.</summary>
/// <param name="path">The cache's file.</param>
internal sealed class TreeMemory(string path)
{
    private readonly Task<KnownTree?> _known = Task.Run(() => KnownTree.TryLoad(path));

    /// <summary>Ends when what was to be kept is.</summary>
    public Task Kept { get; private set; } = Task.CompletedTask;

    /// <param name="objects">Reads more objects once <paramref name="root"/> has been read.</param>
    /// <param name="root">The tree itself; null where git has none.</param>
    /// <exception cref="SourceException">As of <see cref="TreeListing.ReadAsync"/>.</exception>
    public async Task<TreeItemList> ListAsync(GitProgram git, string commit, GitObjects objects, Task<GitObject?> root, CancellationToken cancellation) =>
        await _known is { } known && await root is { Type: "tree" } tree && await new TreeDescent(known, ids => objects.ReadAsync(cancellation, ids)).ListAsync(tree) is { } items
            ? items
            : await TreeListing.ReadAsync(git, commit, cancellation);

    /// <summary>Begins to keep a list for the next time.</summary>
    public async Task KeepAsync(TreeItemList items)
    {
        if (await _known is not { } known || known.Items != items)
        {
            Kept = Task.Run(() => KnownTree.Save(path, items));
        }
    }
}
