using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Zapping.Training.Hosting;

/// <summary>Has a monitor read settings anew when configuration says that it changed.</summary>
internal sealed class ZapSettingsChanges(string name, IConfiguration configuration) : IOptionsChangeTokenSource<ZapSettings>
{
    public string Name => name;

    public IChangeToken GetChangeToken() => configuration.GetReloadToken();
}
