using IuCutter.Packager.Source;

namespace IuCutter.Tests.Unit.Source;

public sealed class ContentSpoolTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(95_000)]
    [InlineData(99_800)]
    [InlineData(1_000_000)]
    public async Task What_was_taken_is_read_again_wherever_it_lies(int items)
    {
        // The room in memory shrinks with the number of items: all of it, two megabytes, tens of kilobytes, none.
        var random = new Random(7);
        using var spool = new ContentSpool(SpoolFile.Private(), items);
        var contents = Enumerable.Range(0, 60).Select(i =>
        {
            var content = new byte[i % 9 == 0 ? 0 : random.Next(1, 1_500_000 >> random.Next(12))];
            random.NextBytes(content);
            return content;
        }).ToList();
        spool.Place([.. contents.Select(c => spool.Take(c))]);

        for (var look = 0; look < 500; look++)
        {
            var number = random.Next(contents.Count);
            var from = random.Next(contents[number].Length + 1);
            var seen = new byte[random.Next(contents[number].Length - from + 1)];
            await spool.ReadAsync(number, from, seen, CancellationToken.None);
            Assert.True(contents[number].AsSpan(from, seen.Length).SequenceEqual(seen), $"content {number} from {from}, {seen.Length} bytes");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1_000_000)]
    public async Task More_than_was_taken_cannot_be_read(int items)
    {
        using var spool = new ContentSpool(SpoolFile.Private(), items);
        spool.Place([spool.Take("content"u8)]);

        await Assert.ThrowsAsync<EndOfStreamException>(async () => await spool.ReadAsync(0, 0, new byte[8], CancellationToken.None));
    }
}
