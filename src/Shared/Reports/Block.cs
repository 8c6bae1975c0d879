using System.Collections.Immutable;

namespace IuCutter.Reports;

/// <summary>A piece of a document, before it is written as Markdown or HTML. Texts are plain: each form escapes them in its own way.</summary>
public abstract record Block
{
    private Block()
    {
    }

    public sealed record Heading(string Text) : Block;

    public sealed record Paragraph(string Text) : Block;

    /// <summary>Names and values.</summary>
    public sealed record Facts(ImmutableArray<(string Name, string Value)> Items) : Block;

    public sealed record Table(ImmutableArray<string> Columns, ImmutableArray<ImmutableArray<string>> Rows) : Block;

    /// <summary>What a command printed, or what is to be typed.</summary>
    public sealed record Output(string Text) : Block;
}
