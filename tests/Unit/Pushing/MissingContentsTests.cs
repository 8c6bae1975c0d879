using Grpc.Core;
using IuCutter.Digests;
using IuCutter.Manifests;
using IuCutter.Packager.Pushing;
using IuCutter.Protos.V1;

namespace IuCutter.Tests.Unit.Pushing;

public sealed class MissingContentsTests
{
    private static readonly ManifestContent[] Contents = [.. Enumerable.Range(0, 5).Select(i => new ManifestContent(Sha256Digest.Of([(byte)i]), 10 * i))];

    [Fact]
    public void Runs_are_the_numbers_of_contents_in_order()
    {
        var missing = Of(0, (0, 1), (2, 3));

        Assert.Equal([0, 2, 3, 4], missing.Numbers);
        Assert.False(missing.IsNothing);
        Assert.True(Of(0).IsNothing);
    }

    [Theory]
    [InlineData(0, 4, 2, 0, 0)]
    [InlineData(0, 5, 1, 0, 0)]
    [InlineData(0, 0, 0, 1, 1)]
    [InlineData(0, 1, 2, 2, 1)]
    [InlineData(0, 3, 1, 1, 1)]
    [InlineData(0, 0, 0x8000_0000, 0, 0)]
    [InlineData(0, 0x8000_0001, 1, 0, 0)]
    [InlineData(0, uint.MaxValue, uint.MaxValue, 0, 0)]
    [InlineData(11, 1, 1, 0, 0)]
    [InlineData(ulong.MaxValue, 1, 1, 0, 0)]
    public void An_answer_that_no_target_can_give_is_damaged_on_its_way(ulong offset, uint first, uint count, uint second, uint more)
    {
        (uint, uint)[] runs = more == 0 ? [(first, count)] : [(first, count), (second, more)];

        Assert.Equal(StatusCode.DataLoss, Assert.Throws<RpcException>(() => Of(offset, runs)).StatusCode);
    }

    private static MissingContents Of(ulong offset, params (uint First, uint Count)[] runs) =>
        new([.. runs.Select(r => new ContentRange { First = r.First, Count = r.Count })], new OfferTotals { ResumeOffset = offset }, Contents);
}
