using Zapping.Training.Files;
using Zapping.Training.Safetensors;

namespace Zapping.Training.Checkpoints;

/// <summary>The files of one checkpoint, opened for reading.</summary>
internal sealed class CheckpointFiles(string path) : IDisposable
{
    private readonly List<SafetensorsFile> _open = [];

    public CheckpointDescription Description { get; } =
        CheckpointDescription.Parse(BoundedFile.Read(Path.Combine(path, CheckpointFolder.Description)));

    public bool Has(string file) => File.Exists(Path.Combine(path, file));

    public SafetensorsFile Tensors(string file)
    {
        var tensors = SafetensorsFile.Open(Path.Combine(path, file));
        _open.Add(tensors);
        return tensors;
    }

    public void Dispose() => _open.ForEach(file => file.Dispose());
}
