namespace Zapping.Datasets;

/// <summary>The part of a tree of images that lies in one of its folders.</summary>
/// <param name="whole">The tree, which stays the caller's.</param>
/// <param name="folder">The folder, with '/' at its end.</param>
internal sealed class SubfolderSource(IImageSource whole, string folder) : IImageSource
{
    private readonly (string Name, int Index)[] _files = [.. whole.List().Index()
        .Where(file => file.Item.StartsWith(folder, StringComparison.Ordinal))
        .Select(file => (file.Item[folder.Length..], file.Index))];

    public string Path => whole.Describe(folder.TrimEnd('/'));

    public byte[] Fingerprint() => whole.Fingerprint();

    public IReadOnlyList<string> List() => [.. _files.Select(file => file.Name)];

    public IReadOnlyList<string> Folders() => [.. _files
        .Where(file => file.Name.Contains('/', StringComparison.Ordinal))
        .Select(file => file.Name[..file.Name.IndexOf('/', StringComparison.Ordinal)])
        .Distinct(StringComparer.Ordinal)
        .Order(StringComparer.Ordinal)];

    public byte[] Read(int index) => whole.Read(_files[index].Index);

    public string Describe(string name) => whole.Describe(folder + name);

    public void Dispose()
    {
    }
}
