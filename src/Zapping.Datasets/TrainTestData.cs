namespace Zapping.Datasets;

/// <summary>A data set whose training and test images are of the same classes.</summary>
/// <param name="Name">"MNIST" or "CIFAR-100", for example.</param>
/// <param name="Source">Where it comes from: the full path of the folder or archive.</param>
/// <param name="Training">What is learned from.</param>
/// <param name="Test">Other images of the same classes.</param>
public sealed record TrainTestData(string Name, string Source, LabeledImages Training, LabeledImages Test);
