using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Zapping.Training.Hosting;
using Zapping.Training.Serving;
using static TorchSharp.torch;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>
/// Registers <see cref="ZapSettings"/> as options, so that a service takes an <c>IOptions&lt;ZapSettings&gt;</c> and says
/// <c>trainer.UseZapping(options.Value)</c>; and models that are served while they are trained. Trainers, their models and optimizers are not registered: they belong to the
/// thread that trains.
/// </summary>
public static class ZappingServiceCollectionExtensions
{
    /// <summary>
    /// Reads settings from configuration; a host refuses to start on invalid ones. When configuration changes, an <c>IOptionsMonitor&lt;ZapSettings&gt;</c> has new ones, which
    /// <c>trainer.UseZapping(monitor)</c> follows; an <c>IOptions&lt;ZapSettings&gt;</c> keeps the first.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="section">For example <c>configuration.GetSection("Zapping")</c>; keys are the names of the settings.</param>
    /// <param name="name">
    /// Name of the options, of which <c>IOptionsMonitor&lt;ZapSettings&gt;.Get(name)</c> gives one of several; default: the unnamed.
    /// </param>
    /// <remarks>
    /// Whoever asks for invalid settings gets an <see cref="OptionsValidationException"/> that names each key, its value and what is allowed.
    /// </remarks>
    public static IServiceCollection AddZapping(this IServiceCollection services, IConfiguration section, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(section);
        name ??= Options.Options.DefaultName;
        services.AddSingleton<IConfigureOptions<ZapSettings>>(new ZapSettingsReader(name, section));
        services.AddSingleton<IOptionsChangeTokenSource<ZapSettings>>(new ZapSettingsChanges(name, section));
        return services.AddChecked(name, section is IConfigurationSection { Path: var path } ? path : nameof(ZapSettings));
    }

    /// <summary>Takes settings from code; a host refuses to start on invalid ones.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Changes the settings, after what earlier calls with the same name have said.</param>
    /// <param name="name">Name of the options; default: the unnamed.</param>
    /// <inheritdoc cref="AddZapping(IServiceCollection, IConfiguration, string)" path="/remarks"/>
    public static IServiceCollection AddZapping(this IServiceCollection services, Action<ZapSettings> configure, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        name ??= Options.Options.DefaultName;
        services.Configure(name, configure);
        return services.AddChecked(name, nameof(ZapSettings));
    }

    /// <summary>
    /// Registers an <see cref="IServedModel{TModel}"/>, with which requests predict while a service trains the model and publishes it. It is disposed of with the services.
    /// </summary>
    /// <typeparam name="TModel">The model's class.</typeparam>
    /// <param name="services">The services.</param>
    /// <param name="make">Is given the trained model, and makes a new one with parameters and buffers of the same names, shapes and types; their values do not count.</param>
    /// <param name="options">How copies are made; default: see there.</param>
    public static IServiceCollection AddServedModel<TModel>(this IServiceCollection services, Func<TModel, TModel> make, ServedModelOptions? options = null)
        where TModel : nn.Module
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(make);
        services.AddSingleton(_ => new ServedModel<TModel>(make, options));
        return services.AddSingleton<IServedModel<TModel>>(provider => provider.GetRequiredService<ServedModel<TModel>>());
    }

    // A second call for the same name keeps the first one's prefix, so that nothing is said twice.
    private static IServiceCollection AddChecked(this IServiceCollection services, string name, string prefix)
    {
        services.AddOptions<ZapSettings>(name).ValidateOnStart();
        var isChecked = services.Any(service => service.ImplementationInstance is ZapSettingsValidator validator && validator.Serves(name));
        return isChecked ? services : services.AddSingleton<IValidateOptions<ZapSettings>>(new ZapSettingsValidator(name, prefix));
    }
}
