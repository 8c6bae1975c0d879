using System.Text.Json;

namespace IuCutter.Plans;

/// <summary>A plan's one spelling: members in the record's order, indented by two, LF, ASCII, a newline at the end. What is spelt otherwise is no plan.</summary>
public static class PlanJson
{
    public const int MostBytes = 1 << 20;

    public static byte[] Write(ReleasePlan plan) => [.. JsonSerializer.SerializeToUtf8Bytes(plan, PlanJsonContext.Default.ReleasePlan), (byte)'\n'];

    /// <summary>Reads a plan, and believes only one that its agent has signed.</summary>
    /// <exception cref="PlanException">Not exactly what an agent wrote.</exception>
    public static ReleasePlan Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MostBytes)
        {
            throw new PlanException($"it has more than {MostBytes} bytes");
        }

        ReleasePlan? plan;
        try
        {
            plan = JsonSerializer.Deserialize(bytes, PlanJsonContext.Default.ReleasePlan);
        }
        catch (JsonException wrong)
        {
            throw new PlanException($"it is no {ReleasePlan.FormatName}: {wrong.Message}");
        }

        if (plan is null || plan.Format != ReleasePlan.FormatName || HasDefaults(plan))
        {
            throw new PlanException($"it is no {ReleasePlan.FormatName}");
        }

        if (!bytes.SequenceEqual(Write(plan)))
        {
            throw new PlanException("it was edited: these are not the bytes that an agent writes");
        }

        return plan.Verifies() ? plan : throw new PlanException("it was edited: the signature of the agent that made it does not fit");
    }

    /// <summary>An array that is missing inside an array's item reads as the type's default, which cannot be written.</summary>
    private static bool HasDefaults(ReleasePlan plan) =>
        plan.LeftOut.IsDefault || plan.Commands.IsDefault || plan.Survey.Guards.IsDefault
        || plan.Commands.Any(c => c is null || c.Run.IsDefault || c.Environment.IsDefault || c.Probe is { IsDefault: true }) || plan.Survey.Guards.Any(g => g is null);
}
