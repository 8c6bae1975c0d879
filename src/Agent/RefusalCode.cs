namespace IuCutter.Agent;

/// <summary>Why the agent refuses. The names travel in the trailer <c>iucutter-code</c> and are stable.</summary>
public enum RefusalCode
{
    /// <summary>A field is missing or cannot be what it says.</summary>
    BadRequest,

    /// <summary>Another operation holds the slot.</summary>
    SlotBusy,

    /// <summary>What was named is not on this target.</summary>
    NotFound,

    /// <summary>The operation cannot take this now: it has ended, or is not that far.</summary>
    WrongState,

    /// <summary>What arrived is not what its digest says.</summary>
    DigestMismatch,

    /// <summary>There is no proved release to go back to.</summary>
    NothingToRollBackTo,

    /// <summary>The caller may not do this.</summary>
    NotAllowed,

    /// <summary>No file of people's keys was given to the agent.</summary>
    NoPeople,

    /// <summary>The person named has not signed this.</summary>
    NotSigned,

    /// <summary>The target has no room left.</summary>
    NoRoom,

    /// <summary>A bundle is not what the push is of, or git will not take it in.</summary>
    BundleRefused,

    /// <summary>The target's mirror does not hold any more what a bundle builds on: another offer says what it holds.</summary>
    MirrorChanged,

    /// <summary>The target's own state is damaged or cannot be written.</summary>
    TargetFault,
}
