namespace Grpc.Core;

/// <summary>How one message is written.</summary>
[Flags]
public enum WriteFlags
{
    None = 0,

    /// <summary>More follows at once: the message need not be flushed.</summary>
    BufferHint = 1,

    /// <summary>Not compressed, even where the call is.</summary>
    NoCompress = 2,
}
