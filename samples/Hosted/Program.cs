// Training as a service of the generic host: settings from appsettings.json, environment or command line, a log, and Ctrl-C.
//   dotnet run -c Release --project samples/Hosted
//   dotnet run -c Release --project samples/Hosted -- --Zapping:Every StepBoundary --Zapping:Period 50
//   dotnet-counters monitor --counters Zapping.Training --process-id ...
using Hosted;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.Services.AddZapping(builder.Configuration.GetSection("Zapping"));
builder.Services.AddOptions<TrainingSettings>().BindConfiguration("Training").ValidateDataAnnotations().ValidateOnStart();
builder.Services.AddHostedService<TrainingService>();
using var host = builder.Build();
try
{
    host.Run();
    return 0;
}
catch (Exception wrong) when (wrong is OptionsValidationException or InvalidOperationException { InnerException: FormatException or ArgumentException })
{
    Console.Error.WriteLine($"error: {wrong.Message.ReplaceLineEndings(" ")}"); // a setting, not the program
    return 2;
}
