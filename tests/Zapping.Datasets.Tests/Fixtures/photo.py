"""Makes photo.jpg (100x75, chroma halved both ways) and prints the SHA-256 of its planes at 84x84. Pillow 9.4.0."""
import hashlib

from PIL import Image

SIZE = (100, 75)
blots = Image.new("RGB", (10, 8))
blots.putdata([(97 * i % 256, 57 * i % 256, 31 * i % 256) for i in range(80)])
blots.resize(SIZE, Image.BICUBIC).save("photo.jpg", quality=90, subsampling=2)

image = Image.open("photo.jpg").convert("RGB").resize((84, 84), Image.LANCZOS)
print(hashlib.sha256(b"".join(plane.tobytes() for plane in image.split())).hexdigest())
