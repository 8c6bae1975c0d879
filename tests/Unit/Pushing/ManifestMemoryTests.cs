using IuCutter.Packager.Pushing;
using IuCutter.Tests.Unit.Support;
using static IuCutter.Tests.Unit.Manifests.ManifestTests;

namespace IuCutter.Tests.Unit.Pushing;

public sealed class ManifestMemoryTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string Kept => _folder.In("manifests");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_kept_is_found_by_its_release_and_the_first_that_is_known_is_taken()
    {
        var manifest = Create(Entry("a", "1"));
        new ManifestMemory(Kept).Keep(manifest);

        var found = new ManifestMemory(Kept).Find(["other-000000000000-000000000000", manifest.ReleaseId.ToString()]);

        Assert.Equal(manifest.ReleaseId, found!.Value.Release);
        Assert.Equal(manifest.CanonicalBytes.ToArray(), found.Value.Manifest);
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("..-000000000000-000000000000")]
    [InlineData("/-000000000000-000000000000")]
    [InlineData("")]
    public void What_the_target_calls_a_release_leads_nowhere_else(string release)
    {
        Directory.CreateDirectory(Kept);
        File.WriteAllText(_folder.In("passwd.manifest"), "x");

        Assert.Null(new ManifestMemory(Kept).Find([release]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_file_that_was_changed_or_cut_short_counts_for_nothing(bool isCut)
    {
        var manifest = Create(Entry("a", "1"));
        var memory = new ManifestMemory(Kept);
        memory.Keep(manifest);
        var file = Assert.Single(Directory.GetFiles(Kept));
        var bytes = File.ReadAllBytes(file);
        bytes[^2] ^= 1;
        File.WriteAllBytes(file, isCut ? bytes[..^1] : bytes);

        Assert.Null(memory.Find([manifest.ReleaseId.ToString()]));
    }

    [Fact]
    public void The_oldest_go_and_nothing_but_manifests_is_left()
    {
        var memory = new ManifestMemory(Kept);
        var manifests = Enumerable.Range(0, 30).Select(i => Create(Entry("a", $"{i}"))).ToList();
        foreach (var manifest in manifests)
        {
            memory.Keep(manifest);
            File.SetLastWriteTimeUtc($"{Kept}/{manifest.ReleaseId}.manifest", DateTime.UnixEpoch.AddDays(manifests.IndexOf(manifest)));
        }

        Assert.InRange(Directory.GetFiles(Kept).Length, 20, 25);
        Assert.Null(memory.Find([manifests[0].ReleaseId.ToString()]));
        Assert.NotNull(memory.Find([manifests[^1].ReleaseId.ToString()]));
    }

    [Fact]
    public void Where_nothing_can_be_written_nothing_is_kept_and_nothing_fails()
    {
        var manifest = Create(Entry("a", "1"));
        File.WriteAllText(Kept, "a file in its place");

        new ManifestMemory(Kept).Keep(manifest);
        new ManifestMemory(null).Keep(manifest);

        Assert.Null(new ManifestMemory(Kept).Find([manifest.ReleaseId.ToString()]));
        Assert.Null(new ManifestMemory(null).Find([manifest.ReleaseId.ToString()]));
    }
}
