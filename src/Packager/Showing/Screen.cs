namespace IuCutter.Packager.Showing;

/// <summary>
/// Where people read: lines that stay, and on a terminal one line at the end that is written over while something lasts.
/// </summary>
/// <param name="width">The terminal's columns; 0 where there is no terminal and nothing is cut.</param>
internal sealed class Screen(TextWriter writer, bool isTerminal, bool colours, int width)
{
    private const string ToLineStart = "\r\u001b[K";

    private readonly Lock _lock = new();
    private bool _passing;

    public bool IsTerminal => isTerminal;

    public int Width => width;

    public string Paint(Ink ink, string text) => colours && ink != Ink.Plain ? $"\u001b[{Code(ink)}m{text}\u001b[0m" : text;

    public void Line(string text = "")
    {
        lock (_lock)
        {
            WipePassing();
            writer.Write(text);
            writer.Write('\n');
            writer.Flush();
        }
    }

    /// <summary>Shows a line until the next one, on a terminal only.</summary>
    public void Passing(string text)
    {
        if (!isTerminal)
        {
            return;
        }

        lock (_lock)
        {
            writer.Write(ToLineStart);
            writer.Write(text.Length < width ? text : text[..(width - 1)]);
            writer.Flush();
            _passing = true;
        }
    }

    public void EndPassing()
    {
        lock (_lock)
        {
            WipePassing();
            writer.Flush();
        }
    }

    private static string Code(Ink ink) => ink switch
    {
        Ink.Plain => "0",
        Ink.Good => "32",
        Ink.Partial => "33",
        Ink.Bad => "31",
        Ink.Faint => "2",
        Ink.Strong => "1",
    };

    private void WipePassing()
    {
        if (_passing)
        {
            writer.Write(ToLineStart);
            _passing = false;
        }
    }
}
