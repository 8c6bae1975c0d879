using System.Text;
using IuCutter.Agent.Releases;
using IuCutter.Digests;
using IuCutter.Manifests;

namespace IuCutter.Tests.Unit.Support;

/// <summary>Releases of files that a test names, and a deploy root of its own that they are published in.</summary>
internal sealed class ReleaseScene : IDisposable
{
    private readonly TempFolder _folder = new();

    public ReleaseScene() => Root = DeployRoot.Open(_folder.Make("root"));

    public DeployRoot Root { get; }

    /// <summary>A path beside the deploy root.</summary>
    public string In(string name) => _folder.In(name);

    public static Manifest ManifestOf(IEnumerable<(string Path, EntryKind Kind, byte[] Content)> payload, char commit = 'a') => Manifest.Create(
        "app",
        new string(commit, 40),
        new string('a', 40),
        0,
        [.. payload.Select(p => new ManifestEntry(TreePath.FromBytes(Encoding.UTF8.GetBytes(p.Path)), p.Kind, p.Content.Length, Sha256Digest.Of(p.Content)))]);

    /// <summary>All contents, as they come over the wire where the target has none.</summary>
    public static byte[] StreamOf(Manifest manifest, IReadOnlyCollection<(string Path, EntryKind Kind, byte[] Content)> payload) =>
        [.. manifest.DistinctContents.SelectMany(c => payload.First(p => Sha256Digest.Of(p.Content) == c.Digest).Content)];

    public async Task<ReleaseId> PublishAsync(IReadOnlyCollection<(string Path, EntryKind Kind, byte[] Content)> payload, char commit = 'a')
    {
        var manifest = ManifestOf(payload, commit);
        using (var staging = Staging.Begin(Root, manifest, TimeProvider.System))
        {
            staging.Resume(0, 0);
            staging.Take(StreamOf(manifest, payload));
            await staging.CompleteAsync("{}"u8.ToArray(), Root.Directory.FlushFileSystem, CancellationToken.None);
        }

        Root.Publish(manifest.ReleaseId);
        return manifest.ReleaseId;
    }

    public void Dispose()
    {
        Root.Dispose();
        _folder.Dispose();
    }
}
