using IuCutter.Packager.Source;

namespace IuCutter.Tests.Unit.Source;

public sealed class ContentSpoolTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(95_000)]
    [InlineData(99_800)]
    [InlineData(1_000_000)]
    public void What_was_taken_is_read_again_wherever_it_lies(int items)
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
            spool.Read(number, from, seen);
            Assert.True(contents[number].AsSpan(from, seen.Length).SequenceEqual(seen), $"content {number} from {from}, {seen.Length} bytes");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(512)]
    [InlineData(5000)]
    public void Contents_of_a_finished_file_are_read_in_order_and_by_turns_from_both_ends(int gap)
    {
        var random = new Random(9);
        var whole = new byte[4_000_000];
        random.NextBytes(whole);
        var file = SpoolFile.Private();
        RandomAccess.Write(file.Handle, whole, 0);
        using var spool = new ContentSpool(file);
        List<(int At, int Length)> contents = [];
        for (var at = gap; at < 3_600_000; at += contents[^1].Length + gap)
        {
            contents.Add((at, random.Next(100) == 0 ? 300_000 : random.Next(6000)));
        }

        spool.Place([.. contents.Select(c => (long)c.At)]);
        var turns = Enumerable.Range(0, contents.Count / 4).SelectMany(i => new[] { 2 * i, (2 * i) + 1, contents.Count - 1 - (2 * i), contents.Count - 2 - (2 * i) });
        foreach (var number in Enumerable.Range(0, contents.Count).Concat(turns))
        {
            var (at, length) = contents[number];
            var seen = new byte[length];
            spool.Read(number, 0, seen);
            Assert.True(whole.AsSpan(at, length).SequenceEqual(seen), $"content {number} at {at}, {length} bytes");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(99_990)]
    [InlineData(1_000_000)]
    public void What_is_taken_while_others_are_read_in_order_is_read_too(int items)
    {
        var random = new Random(8);
        using var spool = new ContentSpool(SpoolFile.Private(), items);
        List<byte[]> contents = [];
        List<long> places = [];
        for (var number = 0; number < 3000; number++)
        {
            while (contents.Count < Math.Min(3000, number + 1 + random.Next(1200)))
            {
                contents.Add(new byte[random.Next(4000)]);
                random.NextBytes(contents[^1]);
                places.Add(spool.Take(contents[^1]));
                spool.Place([.. places]);
            }

            var seen = new byte[contents[number].Length];
            spool.Read(number, 0, seen);
            Assert.True(contents[number].AsSpan().SequenceEqual(seen), $"content {number} of {contents.Count}");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1_000_000)]
    public void More_than_was_taken_cannot_be_read(int items)
    {
        using var spool = new ContentSpool(SpoolFile.Private(), items);
        spool.Place([spool.Take("content"u8)]);

        Assert.Throws<EndOfStreamException>(() => spool.Read(0, 0, new byte[8]));
    }
}
