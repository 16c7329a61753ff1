using SkiaSharp;

namespace PaperCurves.Report.Charts;

/// <summary>Writes pictures as PNG, in the app's own font, so that machines without fonts draw them too.</summary>
internal static class PngWriter
{
    private const int Scale = 2;

    /// <summary>The whole picture on white, at twice its size.</summary>
    public static byte[] Write(Drawing drawing)
    {
        using var surface = SKSurface.Create(new SKImageInfo((int)(Scale * drawing.Width), (int)(Scale * drawing.Height)));
        surface.Canvas.Clear(SKColors.White);
        surface.Canvas.Scale(Scale);
        foreach (var shape in drawing.Shapes)
        {
            Draw(surface.Canvas, shape);
        }

        using var image = surface.Snapshot();
        using var data = image.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    private static void Draw(SKCanvas canvas, Shape shape)
    {
        using var paint = new SKPaint { IsAntialias = true, Color = SKColor.Parse(Palettes.OnWhite(shape.Color)) };
        switch (shape)
        {
            case Line line:
                Stroke(canvas, line, paint);
                break;
            case Area area:
                paint.Color = paint.Color.WithAlpha((byte)Math.Round(255 * area.Opacity));
                Fill(canvas, area.Spots, paint);
                break;
            case Mark mark:
                Fill(canvas, MarkerOutline.Around(mark), paint);
                break;
            case Label label:
                Write(canvas, label, paint);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(shape), shape, "No way of drawing it is known.");
        }
    }

    private static void Stroke(SKCanvas canvas, Line line, SKPaint paint)
    {
        paint.Style = SKPaintStyle.Stroke;
        paint.StrokeWidth = (float)line.Width;
        using var dash = line.Dash == Dash.Solid ? null : SKPathEffect.CreateDash(line.Dash == Dash.Dashed ? [7, 5] : [2, 4], 0);
        paint.PathEffect = dash;
        using var path = new SKPath();
        path.AddPoly(Points(line.Spots), close: false);
        canvas.DrawPath(path, paint);
    }

    private static void Fill(SKCanvas canvas, IReadOnlyList<Spot> spots, SKPaint paint)
    {
        using var path = new SKPath();
        path.AddPoly(Points(spots), close: true);
        canvas.DrawPath(path, paint);
    }

    private static void Write(SKCanvas canvas, Label label, SKPaint paint)
    {
        var align = label.Anchor switch
        {
            Anchor.Start => SKTextAlign.Left,
            Anchor.Middle => SKTextAlign.Center,
            _ => SKTextAlign.Right,
        };
        using var font = new SKFont(ChartFont.Typeface, (float)label.Size);
        canvas.Save();
        canvas.Translate((float)label.At.X, (float)label.At.Y);
        canvas.RotateDegrees(label.Turn == Turn.Upwards ? -90 : 0);
        canvas.DrawText(label.Text, 0, 0, align, font, paint);
        canvas.Restore();
    }

    private static SKPoint[] Points(IEnumerable<Spot> spots) => [.. spots.Select(spot => new SKPoint((float)spot.X, (float)spot.Y))];
}
