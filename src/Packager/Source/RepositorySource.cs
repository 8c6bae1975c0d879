using IuCutter.Configuration;
using IuCutter.Digests;
using IuCutter.Manifests;

namespace IuCutter.Packager.Source;

/// <summary>A commit of a repository at hand; its objects decide, whatever the work tree says.</summary>
internal sealed class RepositorySource(GitRepository repository, SourceCommit commit) : IReleaseSource
{
    private Task<WorkTreeState?>? _workTree;
    private Task<TreeItemList>? _items;
    private Task<byte[]?>? _configuration;
    private TreeMemory? _memory;
    private CancellationTokenSource? _asking;

    public string Place => repository.Root;

    public SourceCommit Commit => commit;

    public string Format => "contents";

    public Sha256Digest? FileDigest => null;

    public Manifest? Expected => null;

    public GitRepository? Repository => repository;

    /// <summary>Opens a commit that is about to be pushed: what a push will ask for is being read already.</summary>
    /// <param name="folder">Any folder in the repository.</param>
    /// <param name="caches">Where caches lie; null where nothing is kept.</param>
    /// <exception cref="SourceException">There is no such repository or commit.</exception>
    public static async Task<RepositorySource> BeginAsync(string folder, string revision, string? caches, CancellationToken cancellation)
    {
        var asking = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var memory = caches is null ? null : new TreeMemory(KnownTree.PathOf(caches, folder));
        var opening = GitRepository.OpenAsync(folder, revision, cancellation);

        // Each start of git takes as long as all it does here: it is asked before it is known that this is a repository with a work tree, as it mostly is.
        var git = new GitProgram("git", Path.GetFullPath(folder));
        var workTree = WorkTreeState.ReadAsync(git, asking.Token);
        var reader = new GitObjects(git);
        var named = NamedAsync(reader, revision, asking.Token);
        var remotes = GitRepository.RemotesAsync(git, asking.Token);
        Task<TreeItemList>? items = null;
        try
        {
            var (repository, found) = await opening;
            var tree = repository.HasWorkTree ? IfThereAsync(workTree) : Task.FromResult<WorkTreeState?>(null);
            if (found is null)
            {
                var resolved = await repository.ResolveAsync(revision, cancellation);
                await named;
                await reader.DisposeAsync();
                return new RepositorySource(repository, resolved) { _workTree = tree, _asking = asking };
            }

            // From here on all name the commit by its id: it does not matter in which order git comes to them.
            var objects = ObjectsAsync(reader, found, await named, asking.Token);
            items = ListAsync(repository.Git, found, memory, reader, objects, asking.Token);
            var configuration = ConfigurationAsync(repository, found, objects, asking.Token);
            var commit = await repository.ReadCommitAsync(found, revision, OneAsync(objects, 0), remotes, cancellation);
            return new RepositorySource(repository, commit) { _workTree = tree, _items = items, _configuration = configuration, _memory = memory, _asking = asking };
        }
        catch
        {
            await asking.CancelAsync();
            await EndAsync(workTree, named, remotes, items);
            asking.Dispose();
            await (items is null ? reader.DisposeAsync() : ValueTask.CompletedTask);
            throw;
        }
    }

    public Task<WorkTreeState?> ReadWorkTreeAsync(CancellationToken cancellation) => _workTree ??= repository.ReadWorkTreeAsync(cancellation);

    /// <exception cref="SourceException">GIT_FAILED: git cannot read it.</exception>
    public Task<byte[]?> TryReadFileAsync(string path, CancellationToken cancellation) =>
        path == ReleaseConfiguration.FileName && _configuration is { } read ? read : ReadFileAsync(repository, commit.Id, path, cancellation);

    public async Task<IReadOnlyList<string>> ListPathsAsync(CancellationToken cancellation) =>
        [.. (await ItemsAsync(cancellation)).Select(item => item.Path.ToString())];

    public async Task<ReleaseContents> ReadAsync(ArtifactRequest request, DigestCache cache, CancellationToken cancellation)
    {
        if (request.ExportAttributes)
        {
            return (await ArchiveAsync(request, cancellation)).ToContents();
        }

        var items = await ItemsAsync(cancellation);
        var contents = await new CommitReading(repository, request, cache).ReadAsync(items, cancellation);
        await (_memory?.KeepAsync(items) ?? Task.CompletedTask);
        return contents;
    }

    public Task<Artifact> ArchiveAsync(ArtifactRequest request, CancellationToken cancellation) => ArtifactBuilder.BuildAsync(repository, request, cancellation);

    /// <summary>The repository is the user's. What git was asked for and nobody needs any more ends; what is being kept in the cache is waited for.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_asking is not null)
        {
            await _asking.CancelAsync();
            await EndAsync(_workTree, _items, _configuration);
            _asking.Dispose();
            _asking = null;
        }

        await (_memory?.Kept ?? Task.CompletedTask);
    }

    private static Task EndAsync(params Task?[] tasks) =>
        Task.WhenAll(tasks.OfType<Task>()).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

    private Task<TreeItemList> ItemsAsync(CancellationToken cancellation) => _items ??= TreeListing.ReadAsync(repository.Git, commit.Tree, cancellation);

    /// <param name="memory">Of the tree that was listed last; null where none is kept.</param>
    /// <param name="reader">Is not needed any more when this ends.</param>
    /// <param name="objects">The commit, its tree and the configuration.</param>
    private static async Task<TreeItemList> ListAsync(
        GitProgram git, string commit, TreeMemory? memory, GitObjects reader, Task<IReadOnlyList<GitObject?>> objects, CancellationToken cancellation)
    {
        await using (reader)
        {
            var items = memory is null
                ? TreeListing.ReadAsync(git, commit, cancellation)
                : memory.ListAsync(git, commit, reader, OneAsync(objects, 1), cancellation);
            await objects;
            return await items;
        }
    }

    private static async Task<WorkTreeState?> IfThereAsync(Task<WorkTreeState> state) => await state;

    /// <summary>The commit that a revision names, as it is at that moment; null where it takes a closer look.</summary>
    private static async Task<GitObject?> NamedAsync(GitObjects reader, string revision, CancellationToken cancellation) =>
        GitRepository.IsNone(revision) || revision.Contains('\n', StringComparison.Ordinal) ? null : (await reader.ReadAsync(cancellation, revision + "^{commit}"))[0];

    /// <param name="named">Another commit where the revision's name was given to another meanwhile.</param>
    /// <returns>The commit, its tree and the configuration, where git has them.</returns>
    private static async Task<IReadOnlyList<GitObject?>> ObjectsAsync(GitObjects reader, string commit, GitObject? named, CancellationToken cancellation)
    {
        string[] more = [$"{commit}^{{tree}}", $"{commit}:{ReleaseConfiguration.FileName}"];
        return named?.Id.ToString() == commit ? [named, .. await reader.ReadAsync(cancellation, more)] : await reader.ReadAsync(cancellation, [commit, .. more]);
    }

    private static async Task<GitObject?> OneAsync(Task<IReadOnlyList<GitObject?>> objects, int index) => (await objects)[index];

    /// <param name="objects">The commit, its tree and the file, where git has them.</param>
    private static async Task<byte[]?> ConfigurationAsync(
        GitRepository repository, string commit, Task<IReadOnlyList<GitObject?>> objects, CancellationToken cancellation) => await objects switch
        {
            [_, _, { Type: "blob" } file] => file.Content,
            [_, { Type: "tree" } tree, null] when !RawTree.Holds(tree.Content, ReleaseConfiguration.FileName, commit.Length / 2) => null,
            _ => await ReadFileAsync(repository, commit, ReleaseConfiguration.FileName, cancellation),
        };

    private static async Task<byte[]?> ReadFileAsync(GitRepository repository, string commit, string path, CancellationToken cancellation)
    {
        var answer = await repository.Git.RunAsync(cancellation, "cat-file", "blob", $"{commit}:{path}");
        if (answer.Exit == 0)
        {
            return answer.Output;
        }

        var isAbsent = answer.Errors.Contains("does not exist in", StringComparison.Ordinal) || answer.Errors.Contains("exists on disk, but not in", StringComparison.Ordinal);
        return isAbsent
            ? null
            : throw new SourceException(SourceCodes.GitFailed, $"git cannot read '{path}' of {commit}: {answer.Complaint}.", "Run 'git fsck' and mend what it says.");
    }
}
