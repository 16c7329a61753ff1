using System.Security.Cryptography;
using FluentAssertions;
using Xunit;

namespace Zapping.Datasets.Tests;

/// <summary>Runs where the data set is: $OMNIGLOT, or shared/omniglot beside the repository.</summary>
public sealed class OmniglotRealDataTests
{
    /// <summary>Fixtures/omniglot_sha256.py printed the sums with Pillow 9.4.0.</summary>
    [Theory]
    [InlineData(28, "064c72a352f9e549c13af971be4d08e06ad22a438a17d630f7131a03ee0665c2")]
    [InlineData(84, "8037ab40f439ed6d5e4bee173e4961d84f0b773de5cc88ca97d29bffa56b112e")]
    public void Every_pixel_of_every_drawing_is_Pillows(int size, string expected)
    {
        var path = SharedData.Omniglot();
        Assert.SkipWhen(path is null, "Omniglot is not here: set OMNIGLOT to the folder that holds it.");
        using var cache = new TemporaryFolder();

        var data = Omniglot.Load(path!, size, cache.Path, cancellationToken: TestContext.Current.CancellationToken);

        (data.Training.ClassCount, data.Transfer.ClassCount).Should().Be((964, 659));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(data.Training.Pixels);
        hash.AppendData(data.Transfer.Pixels);
        Convert.ToHexStringLower(hash.GetHashAndReset()).Should().Be(expected);
    }
}
