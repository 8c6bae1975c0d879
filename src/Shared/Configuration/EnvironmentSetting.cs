namespace IuCutter.Configuration;

/// <summary>A variable that the configuration sets itself. It lies in the commit and is no secret.</summary>
public sealed record EnvironmentSetting(string Name, string Value);
