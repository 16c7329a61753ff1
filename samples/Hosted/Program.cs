// Training as a service of the generic host: settings from appsettings.json, environment or command line, a log, and Ctrl-C.
//   dotnet run -c Release --project samples/Hosted
//   dotnet run -c Release --project samples/Hosted -- --Zapping:Every StepBoundary --Zapping:Period 50
//   dotnet-counters monitor --counters Zapping.Training --process-id ...
using Hosted;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Zapping.Training;

var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.Services.AddZapping(builder.Configuration.GetSection("Zapping"));
builder.Services.AddOptions<TrainingSettings>().BindConfiguration("Training").ValidateDataAnnotations().ValidateOnStart();
builder.Services.AddHostedService<TrainingService>();
using var host = builder.Build();
host.Run();
