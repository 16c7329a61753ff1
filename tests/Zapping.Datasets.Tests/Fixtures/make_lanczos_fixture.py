"""Makes lanczos.bin: images drawn here and what Pillow's 8-bit Lanczos makes of them.

usage: /usr/bin/python3 make_lanczos_fixture.py     (Debian's python3-pil; the committed file is by Pillow 9.4.0)

The file is a zlib stream of little-endian int32 and grey bytes:
    number of cases, then per case: source size, source pixels, number of targets, then per target: size, pixels
"""
import os
import random
import struct
import zlib

from PIL import Image, ImageDraw

SIDE = 105


def strokes(rng):
    """A 1-bit drawing such as a hand makes, converted to grey the way Omniglot is."""
    image = Image.new("1", (SIDE, SIDE), 1)
    draw = ImageDraw.Draw(image)
    for _ in range(rng.randint(1, 4)):
        points = [(rng.randint(3, 101), rng.randint(3, 101)) for _ in range(rng.randint(2, 6))]
        draw.line(points, fill=0, width=rng.randint(2, 5))
    return image.convert("L")


def noise(rng, side=SIDE, extremes=False):
    """Extremes: only 0 and 255, where the filter overshoots most and clamping matters."""
    values = bytes(rng.choice((0, 255)) if extremes else rng.randrange(256) for _ in range(side * side))
    return Image.frombytes("L", (side, side), values)


def case(image, sizes):
    parts = [struct.pack("<i", image.size[0]), image.tobytes(), struct.pack("<i", len(sizes))]
    for size in sizes:
        parts += [struct.pack("<i", size), image.resize((size, size), Image.LANCZOS).tobytes()]
    return b"".join(parts)


def main():
    rng = random.Random(20231007)
    cases = [case(strokes(rng), (28, 84)) for _ in range(12)]
    cases += [case(noise(rng), (28, 84)) for _ in range(2)]
    cases += [case(noise(rng, extremes=True), (28, 84)) for _ in range(2)]
    # Sizes that nobody asks for yet: the identity, one pixel, enlarging, factors that are not round.
    cases += [case(noise(rng, side), (1, 2, 13, 17, 31, 64)) for side in (1, 3, 31)]
    content = struct.pack("<i", len(cases)) + b"".join(cases)
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "lanczos.bin")
    with open(path, "wb") as file:
        file.write(zlib.compress(content, 9))
    print(len(cases), "cases,", os.path.getsize(path), "bytes")


if __name__ == "__main__":
    main()
