using System.Text;
using IuCutter.Manifests;
using static IuCutter.Tests.Unit.Manifests.ManifestTests;

namespace IuCutter.Tests.Unit.Manifests;

public sealed class ManifestEditTests
{
    [Fact]
    public void The_later_manifest_comes_out_of_the_earlier_whatever_was_changed_added_or_removed()
    {
        var chance = new Random(11);
        for (var round = 0; round < 300; round++)
        {
            var (earlier, later) = (Some(chance), Some(chance));

            var edit = ManifestEdit.Between(earlier.Span, later.Span);

            Assert.Equal(later.ToArray(), edit.Apply(earlier.Span, later.Length));
        }
    }

    [Fact]
    public void Of_a_change_in_two_files_only_these_and_the_header_are_told()
    {
        var names = Enumerable.Range(0, 5000).Select(i => $"folder {i % 70:D2}/file {i:D4}").Order(StringComparer.Ordinal).ToList();
        var earlier = Create([.. names.Select(n => Entry(n, n))]);
        names.RemoveAt(4000);
        var later = Create([.. names.Select((n, i) => Entry(n, i is 17 or 3000 ? "changed" : n))]);

        var edit = ManifestEdit.Between(earlier.CanonicalBytes.Span, later.CanonicalBytes.Span);

        Assert.Equal(later.CanonicalBytes.ToArray(), edit.Apply(earlier.CanonicalBytes.Span, later.CanonicalBytes.Length));
        Assert.InRange(edit.Text.Length, 1, 600);
        Assert.InRange(edit.Steps.Count, 3, 18);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("", "a")]
    [InlineData("a", "")]
    [InlineData("no manifest\nat all", "no manifest\n\n\nat all\n")]
    [InlineData("a b c z\na b c a\n", "a b c a\na b c z\n")]
    public void What_is_no_manifest_comes_out_too(string earlier, string later)
    {
        var (from, to) = (Encoding.UTF8.GetBytes(earlier), Encoding.UTF8.GetBytes(later));

        Assert.Equal(to, ManifestEdit.Between(from, to).Apply(from, to.Length));
    }

    [Theory]
    [InlineData(4, 0UL, 0UL, 4UL)]
    [InlineData(8, 3UL, 0UL, 5UL)]
    [InlineData(7, 3UL, 0UL, 5UL)]
    [InlineData(7, 2UL, 6UL, 5UL)]
    [InlineData(7, 2UL, 11UL, 5UL)]
    [InlineData(7, 2UL, ulong.MaxValue, 5UL)]
    [InlineData(1, 2UL, 1UL, ulong.MaxValue)]
    [InlineData(1, ulong.MaxValue, 0UL, 2UL)]
    [InlineData(7, 2UL, 0UL)]
    [InlineData(7, 2UL, 0UL, 5UL, 0UL)]
    [InlineData(12, 2UL, 0UL, 5UL, 0UL, 0UL, ulong.MaxValue)]
    [InlineData(6, 2UL, 0UL, 5UL)]
    public void Steps_that_do_not_make_just_so_many_bytes_make_none(long length, params ulong[] steps) =>
        Assert.Null(new ManifestEdit(steps, "ab"u8.ToArray()).Apply("0123456789"u8, length));

    [Fact]
    public void The_text_comes_before_each_run() =>
        Assert.Equal("a0123b89"u8.ToArray(), new ManifestEdit([1, 0, 4, 1, 8, 2], "ab"u8.ToArray()).Apply("0123456789"u8, 8));

    private static ReadOnlyMemory<byte> Some(Random chance)
    {
        var paths = Enumerable.Range(0, chance.Next(12)).Select(_ => new string([.. Enumerable.Range(0, chance.Next(1, 4)).Select(_ => "ab \\\n\r~"[chance.Next(7)])])).Distinct();
        return Create([.. paths.Order(StringComparer.Ordinal).Select(p => Entry(p, $"{chance.Next(3)}"))]).CanonicalBytes;
    }
}
