namespace IuCutter.Gates;

/// <summary>The gates' subjects, for people.</summary>
public static class GateNames
{
    public static string Subject(this GateId gate) => gate switch
    {
        GateId.G0 => "source environment",
        GateId.G1 => "local source",
        GateId.G2 => "artifact",
        GateId.G3 => "target preflight",
        GateId.G4 => "transfer and staging",
        GateId.G5 => "post-deploy checks",
        GateId.G6 => "smoke",
        GateId.G7 => "promote and rollback proof",
        GateId.G8 => "report",
    };
}
