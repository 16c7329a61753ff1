#:package SkiaSharp
#:package SkiaSharp.NativeAssets.Linux.NoDependencies
using SkiaSharp;

// Draws icon.png: rows of a classifier, one of them struck by lightning.  dotnet run eng/icon.cs -- eng/icon.png
const int Size = 128;
using var surface = SKSurface.Create(new SKImageInfo(Size, Size));
var canvas = surface.Canvas;
canvas.Clear(SKColors.Transparent);
using var paint = new SKPaint { IsAntialias = true };
paint.Color = SKColor.Parse("#1b2a41");
canvas.DrawRoundRect(0, 0, Size, Size, 24, 24, paint);
for (var row = 0; row < 5; row++)
{
    for (var column = 0; column < 5; column++)
    {
        var zapped = row == 2;
        paint.Color = SKColor.Parse(zapped ? "#3d4f6b" : "#56b4e9").WithAlpha((byte)(zapped ? 255 : 130 + 25 * ((row * 3 + column * 2) % 5)));
        canvas.DrawRoundRect(17 + column * 19.5f, 17 + row * 19.5f, 15, 15, 4, 4, paint);
    }
}

using var path = new SKPath();
path.MoveTo(76, 10);
path.LineTo(38, 70);
path.LineTo(61, 70);
path.LineTo(50, 118);
path.LineTo(92, 54);
path.LineTo(67, 54);
path.Close();
paint.Color = SKColor.Parse("#1b2a41");
paint.Style = SKPaintStyle.Stroke;
paint.StrokeWidth = 7;
paint.StrokeJoin = SKStrokeJoin.Round;
canvas.DrawPath(path, paint);
paint.Style = SKPaintStyle.Fill;
paint.Color = SKColor.Parse("#f0b429");
canvas.DrawPath(path, paint);
using var image = surface.Snapshot();
using var data = image.Encode(SKEncodedImageFormat.Png, 100);
File.WriteAllBytes(args[0], data.ToArray());
