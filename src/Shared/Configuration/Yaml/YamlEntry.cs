namespace IuCutter.Configuration.Yaml;

internal sealed record YamlEntry(YamlNode.Scalar Key, YamlNode Value);
