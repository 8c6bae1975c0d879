using System.Xml;

namespace IuCutter.Counting;

/// <summary>
/// Counts the <c>testcase</c> elements of a JUnit XML file, however its suites are nested: the suites' own numbers overlap. The file was
/// written by the payload: no DTD, no entities, a size cap.
/// </summary>
public static class JunitReport
{
    /// <summary>In characters.</summary>
    public const long Largest = 64 << 20;

    /// <exception cref="XmlException">No XML, cut off, too large, with a DTD, or not a JUnit report.</exception>
    public static async Task<TestCounts> ReadAsync(Stream stream, CancellationToken cancellation)
    {
        using var reader = XmlReader.Create(stream, new XmlReaderSettings
        {
            Async = true,
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            MaxCharactersInDocument = Largest,
            IgnoreComments = true,
            IgnoreProcessingInstructions = true,
            IgnoreWhitespace = true,
        });
        await reader.MoveToContentAsync();
        if (reader.LocalName is not ("testsuites" or "testsuite"))
        {
            throw new XmlException($"The root is <{reader.LocalName}>; wanted <testsuites> or <testsuite>.");
        }

        var counts = default(TestCounts);
        while (await reader.ReadAsync())
        {
            if (reader is { NodeType: XmlNodeType.Element, LocalName: "testcase" })
            {
                cancellation.ThrowIfCancellationRequested();
                counts += await CaseAsync(reader);
            }
        }

        return counts;
    }

    private static async Task<TestCounts> CaseAsync(XmlReader reader)
    {
        bool isFailed = false, isError = false, isSkipped = false;
        var depth = reader.Depth;
        if (!reader.IsEmptyElement)
        {
            while (await reader.ReadAsync() && reader.Depth > depth)
            {
                if (reader.NodeType is XmlNodeType.Element && reader.Depth == depth + 1)
                {
                    isFailed |= reader.LocalName is "failure";
                    isError |= reader.LocalName is "error";
                    isSkipped |= reader.LocalName is "skipped";
                }
            }
        }

        return (isFailed, isError, isSkipped) switch
        {
            (true, _, _) => TestCounts.Of(0, 1, 0, 0),
            (_, true, _) => TestCounts.Of(0, 0, 1, 0),
            (_, _, true) => TestCounts.Of(0, 0, 0, 1),
            _ => TestCounts.Of(1, 0, 0, 0),
        };
    }
}
