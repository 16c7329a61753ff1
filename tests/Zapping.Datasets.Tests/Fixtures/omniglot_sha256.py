"""Prints the SHA-256 of all Omniglot images as Pillow decodes and shrinks them, one per size.

usage: /usr/bin/python3 omniglot_sha256.py FOLDER     (FOLDER holds images_background.zip and images_evaluation.zip)

The hash is over the 8-bit grey pixels (ink 0, paper 255) of the background set, then of the evaluation set, each in
ordinal order of the entry names. OmniglotRealDataTests compares the app's own pixels with what this printed
(Pillow 9.4.0).
"""
import hashlib
import io
import os
import sys
import zipfile

from PIL import Image

SIZES = (28, 84)


def main(folder):
    hashes = {size: hashlib.sha256() for size in SIZES}
    for half in ("images_background", "images_evaluation"):
        with zipfile.ZipFile(os.path.join(folder, half + ".zip")) as archive:
            for name in sorted(name for name in archive.namelist() if name.endswith(".png")):
                image = Image.open(io.BytesIO(archive.read(name)))
                assert image.mode == "1" and image.size == (105, 105), name
                image = image.convert("L")
                for size in SIZES:
                    hashes[size].update(image.resize((size, size), Image.LANCZOS).tobytes())
    for size in SIZES:
        print(size, hashes[size].hexdigest())


if __name__ == "__main__":
    main(sys.argv[1])
