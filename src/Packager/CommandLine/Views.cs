using IuCutter.Packager.Showing;

namespace IuCutter.Packager.CommandLine;

/// <summary>Chooses for whom an operation is shown.</summary>
internal static class Views
{
    public static IOperationView For(bool json, bool verbose, Surroundings here) => json
        ? new ProgramView(new JsonLines(here.Out), here.Errors, here.Time)
        : new PeopleView(here.Screen, here.Time, verbose);
}
