namespace IuCutter.Tests.Unit.Support;

/// <summary>A folder that goes when the test ends.</summary>
internal sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("iu-unit-").FullName;

    public string In(string name) => System.IO.Path.Combine(Path, name);

    public string Make(string name) => Directory.CreateDirectory(In(name)).FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
