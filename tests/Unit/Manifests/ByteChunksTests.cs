using IuCutter.Manifests;

namespace IuCutter.Tests.Unit.Manifests;

public sealed class ByteChunksTests
{
    [Theory]
    [InlineData(1, 100)]
    [InlineData(100, 50_000)]
    [InlineData(60_000, 60)]
    [InlineData(ByteChunks.LongestRecord, 60)]
    public void Every_record_is_found_again_however_far_the_pieces_have_grown(int length, int records)
    {
        var chunks = new ByteChunks();
        var places = new List<int>();
        for (var i = 0; i < records; i++)
        {
            // Fewer bytes may be used than were asked for.
            chunks.Reserve(length)[..(length - (i % 2))].Fill((byte)i);
            places.Add(chunks.Commit(length - (i % 2)));
        }

        Assert.All(places, (place, i) => Assert.Equal(-1, chunks.From(place)[..(length - (i % 2))].IndexOfAnyExcept((byte)i)));
    }
}
