using System.Text.Json.Serialization;
using IuCutter.Configuration;

namespace IuCutter.Counting;

/// <summary>Whose test summary is read to count tests. The words are those of <c>counts:</c> in iucutter.yaml.</summary>
[JsonConverter(typeof(WordConverter<TestFramework>))]
public enum TestFramework
{
    /// <summary>Python's own unittest.</summary>
    Unittest,

    Pytest,

    /// <summary><c>dotnet test</c>, by VSTest or by Microsoft.Testing.Platform.</summary>
    Dotnet,

    /// <summary><c>node --test</c>, spec or tap reporter.</summary>
    Node,

    /// <summary><c>go test</c> with <c>-v</c> or <c>-json</c>; without either Go prints no counts.</summary>
    Go,

    /// <summary><c>cargo test</c>.</summary>
    Cargo,

    /// <summary>Test Anything Protocol.</summary>
    Tap,

    /// <summary>A JUnit XML file that the run leaves behind.</summary>
    Junit,
}
