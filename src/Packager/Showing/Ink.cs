namespace IuCutter.Packager.Showing;

/// <summary>The few colours that output uses, each for a meaning.</summary>
internal enum Ink
{
    Plain,
    Good,
    Partial,
    Bad,
    Faint,
    Strong,
}
