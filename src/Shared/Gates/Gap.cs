using System.Text.Json.Serialization;

namespace IuCutter.Gates;

/// <summary>A thing known to be missing, and who has to close it.</summary>
/// <param name="Id">Stable name, e.g. <c>no-tests</c>.</param>
/// <param name="Statement">What is missing, in one sentence.</param>
/// <param name="Owner">Who accepted it and has to close it.</param>
public sealed record Gap([property: JsonRequired] string Id, [property: JsonRequired] string Statement, [property: JsonRequired] string Owner);
