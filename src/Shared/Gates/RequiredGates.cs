namespace IuCutter.Gates;

/// <summary>The gates without which an operation of a kind has no verdict A.</summary>
public static class RequiredGates
{
    /// <param name="operation">push, smoke or rollback; of any other, every gate is required.</param>
    public static IReadOnlyList<GateId> Of(string operation) => operation switch
    {
        "smoke" => [GateId.G3, GateId.G6, GateId.G8],
        "rollback" => [GateId.G3, GateId.G7, GateId.G8],
        _ => Enum.GetValues<GateId>(),
    };
}
