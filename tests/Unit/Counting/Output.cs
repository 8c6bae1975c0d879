using System.Reflection;
using IuCutter.Counting;

namespace IuCutter.Tests.Unit.Counting;

/// <summary>Outputs that the frameworks themselves wrote, kept as they came.</summary>
internal static class Output
{
    public static Stream Open(string name) =>
        Assembly.GetExecutingAssembly().GetManifestResourceStream($"Outputs/{name}") ?? throw new FileNotFoundException(name);

    public static TestCounts? Count(TestCounter counter, string name, int chunk = 4096)
    {
        using var stream = Open(name);
        var output = new TestOutput(counter);
        var buffer = new byte[chunk];
        for (var read = stream.Read(buffer); read > 0; read = stream.Read(buffer))
        {
            output.Write(buffer.AsSpan(0, read));
        }

        output.Complete();
        return counter.Result;
    }

    public static TestCounts? CountText(TestCounter counter, string text)
    {
        var output = new TestOutput(counter);
        output.Write(System.Text.Encoding.UTF8.GetBytes(text));
        output.Complete();
        return counter.Result;
    }
}
