namespace IuCutter.Configuration.Detection;

/// <summary>What suits a payload in one language, for the gates that its configuration leaves unset.</summary>
/// <param name="Because">What was seen, for people: <c>pyproject.toml; tests import pytest</c>.</param>
/// <param name="Compile">In order of preference; empty when there is nothing to do, and then the gate has no such check.</param>
public sealed record Detected(
    DetectedLanguage Language,
    string Because,
    IReadOnlyList<Candidate> Compile,
    IReadOnlyList<Candidate> Import,
    IReadOnlyList<Candidate> Test,
    IReadOnlyList<Candidate> Smoke);
