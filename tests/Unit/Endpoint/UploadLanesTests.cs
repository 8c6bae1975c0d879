using Google.Protobuf;
using Grpc.Core;
using IuCutter.Agent;
using IuCutter.Agent.Endpoint;
using IuCutter.Protos.V1;

namespace IuCutter.Tests.Unit.Endpoint;

public sealed class UploadLanesTests
{
    private static readonly ByteString Name = ByteString.CopyFrom(new byte[16]);
    private static readonly ByteString OtherName = ByteString.CopyFrom([.. Enumerable.Repeat((byte)1, 16)]);

    private readonly UploadLanes _lanes = new(TimeProvider.System);

    [Fact]
    public async Task Parts_are_read_in_turn_whatever_order_the_calls_come_in()
    {
        var third = _lanes.CarryAsync(Start(2), new Parts("c", "f"), CancellationToken.None);
        var strange = _lanes.CarryAsync(Start(1, OtherName), new Parts("x"), CancellationToken.None);
        var gathering = _lanes.GatherAsync(Start(0), new Parts("a", "d", "end"), CancellationToken.None);
        var second = _lanes.CarryAsync(Start(1), new Parts("b", "e"), CancellationToken.None);

        var read = "";
        using (var all = await gathering)
        {
            while (await all.MoveNext(CancellationToken.None) && !read.EndsWith("end", StringComparison.Ordinal))
            {
                read += all.Current.Data.ToStringUtf8();
            }

            Assert.False(second.IsCompleted || third.IsCompleted);
        }

        Assert.Equal("abcdefend", read);
        await Task.WhenAll(second, third);
        Assert.False(strange.IsCompleted);
    }

    [Fact]
    public async Task A_connection_that_breaks_breaks_the_upload()
    {
        var second = _lanes.CarryAsync(Start(1, of: 2), new Parts("b") { IsBroken = true }, CancellationToken.None);
        using var all = await _lanes.GatherAsync(Start(0, of: 2), new Parts("a", "c", "e"), CancellationToken.None);
        var read = "";

        var refusal = await Assert.ThrowsAsync<RefusalException>(async () =>
        {
            while (await all.MoveNext(CancellationToken.None))
            {
                read += all.Current.Data.ToStringUtf8();
            }
        });

        Assert.Equal(("abc", RefusalCode.SlotBusy), (read, refusal.Code));
        Assert.False(second.IsCompleted);
    }

    [Theory]
    [InlineData(4u, 4u, 16)]
    [InlineData(1u, 5u, 16)]
    [InlineData(1u, 0u, 16)]
    [InlineData(1u, uint.MaxValue, 16)]
    [InlineData(1u, 2u, 0)]
    [InlineData(1u, 2u, 17)]
    public async Task What_is_no_lane_of_an_upload_is_refused(uint lane, uint of, int nameBytes)
    {
        var start = new UploadStart { Lane = lane, Lanes = of, Upload = ByteString.CopyFrom(new byte[nameBytes]) };

        Assert.Equal(RefusalCode.BadRequest, (await Assert.ThrowsAsync<RefusalException>(() => _lanes.CarryAsync(start, new Parts(), CancellationToken.None))).Code);
        await Assert.ThrowsAsync<RefusalException>(() => _lanes.GatherAsync(start, new Parts(), CancellationToken.None));
    }

    [Fact]
    public async Task A_lane_that_is_there_already_is_refused_and_does_the_other_no_harm()
    {
        var first = _lanes.CarryAsync(Start(1, of: 2), new Parts("b"), CancellationToken.None);
        await Assert.ThrowsAsync<RefusalException>(() => _lanes.CarryAsync(Start(1, of: 2), new Parts("x"), CancellationToken.None));

        using var all = await _lanes.GatherAsync(Start(0, of: 2), new Parts("a"), CancellationToken.None);
        await all.MoveNext(CancellationToken.None);
        await all.MoveNext(CancellationToken.None);

        Assert.Equal("b", all.Current.Data.ToStringUtf8());
        Assert.False(first.IsCompleted);
    }

    [Fact]
    public async Task A_call_that_was_taken_does_not_return_before_the_upload_has_ended_though_its_connection_is_gone()
    {
        using var gone = new CancellationTokenSource();
        var second = _lanes.CarryAsync(Start(1, of: 2), new Parts("b"), gone.Token);
        var all = await _lanes.GatherAsync(Start(0, of: 2), new Parts("a"), CancellationToken.None);

        await gone.CancelAsync();
        await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, CancellationToken.None);
        Assert.False(second.IsCompleted);

        all.Dispose();
        await second;
    }

    [Fact]
    public async Task A_call_that_goes_before_it_was_taken_leaves_room_for_another()
    {
        using var gone = new CancellationTokenSource();
        var first = _lanes.CarryAsync(Start(1, of: 2), new Parts("x"), gone.Token);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);

        var second = _lanes.CarryAsync(Start(1, of: 2), new Parts("b"), CancellationToken.None);
        using var all = await _lanes.GatherAsync(Start(0, of: 2), new Parts("a"), CancellationToken.None);

        Assert.True(await all.MoveNext(CancellationToken.None) && await all.MoveNext(CancellationToken.None));
        Assert.Equal("b", all.Current.Data.ToStringUtf8());
        Assert.False(second.IsCompleted);
    }

    [Fact]
    public async Task Who_asks_for_lanes_that_another_has_gets_none_and_does_the_other_no_harm()
    {
        var second = _lanes.CarryAsync(Start(1, of: 2), new Parts("b"), CancellationToken.None);
        using var all = await _lanes.GatherAsync(Start(0, of: 2), new Parts("a"), CancellationToken.None);

        var refusal = await Assert.ThrowsAsync<RefusalException>(() => _lanes.GatherAsync(Start(0, of: 2), new Parts("x"), CancellationToken.None));

        Assert.Equal(RefusalCode.SlotBusy, refusal.Code);
        Assert.False(second.IsCompleted);
        Assert.True(await all.MoveNext(CancellationToken.None) && await all.MoveNext(CancellationToken.None));
        Assert.Equal("b", all.Current.Data.ToStringUtf8());
    }

    [Fact]
    public async Task Calls_of_another_operation_are_not_taken()
    {
        var start = Start(1, of: 2);
        start.OperationId = "another";
        _ = _lanes.CarryAsync(start, new Parts("x"), CancellationToken.None);

        var gathering = _lanes.GatherAsync(Start(0, of: 2), new Parts("a"), CancellationToken.None);
        await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);

        Assert.False(gathering.IsCompleted);
    }

    [Fact]
    public async Task Calls_do_not_wait_for_each_other_for_ever()
    {
        var impatient = new UploadLanes(new NoTime());

        await Assert.ThrowsAsync<RefusalException>(() => impatient.CarryAsync(Start(1), new Parts("b"), CancellationToken.None));
        var refusal = await Assert.ThrowsAsync<RefusalException>(() => impatient.GatherAsync(Start(0), new Parts("a"), CancellationToken.None));

        Assert.Equal(RefusalCode.SlotBusy, refusal.Code);
        Assert.Equal(0, impatient.Waiting);
    }

    [Fact]
    public async Task An_upload_is_gathered_once()
    {
        var lanes = new UploadLanes(TimeProvider.System);
        var first = lanes.GatherAsync(Start(0, of: 2), new Parts("a"), CancellationToken.None);

        var refusal = await Assert.ThrowsAsync<RefusalException>(() => lanes.GatherAsync(Start(0, of: 2), new Parts("b"), CancellationToken.None));
        var carried = lanes.CarryAsync(Start(1, of: 2), new Parts("c"), CancellationToken.None);

        Assert.Equal(RefusalCode.SlotBusy, refusal.Code);
        (await first).Dispose();
        await carried;
        Assert.Equal(0, lanes.Waiting);
    }

    private static UploadStart Start(uint lane, ByteString? name = null, uint of = 3) => new() { Lane = lane, Lanes = of, Upload = name ?? Name };

    private sealed class Parts(params string[] texts) : IAsyncStreamReader<UploadPart>
    {
        private int _at = -1;

        public bool IsBroken { get; init; }

        public UploadPart Current => new() { Data = ByteString.CopyFromUtf8(texts[_at]) };

        public Task<bool> MoveNext(CancellationToken cancellationToken) =>
            ++_at < texts.Length ? Task.FromResult(true) : IsBroken ? Task.FromException<bool>(new IOException("broken")) : Task.FromResult(false);
    }

    /// <summary>Every wait is over at once.</summary>
    private sealed class NoTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => System.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}
