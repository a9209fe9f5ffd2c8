"""Makes tests/data/formats: array files and pictures, with the pixels that TensorFlow decodes from them.

Needs TensorFlow and NumPy. usage: python tools/golden/formats.py [OUT_FOLDER]
"""
import pathlib
import struct
import sys
import zlib

import numpy as np
import tensorflow as tf

OUT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "tests/data/formats")


def arrays():
    values = np.arange(24).reshape(2, 3, 4)
    for dtype in ["f4", "f8", "f2", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"]:
        np.save(OUT / f"{dtype}.npy", values.astype(dtype))
    np.save(OUT / "big_endian.npy", values.astype(">f4"))
    np.save(OUT / "fortran.npy", np.asfortranarray(values.astype("f4")))
    np.save(OUT / "scalar.npy", np.float32(7))
    np.save(OUT / "object.npy", np.array([{}], dtype=object), allow_pickle=True)
    strings = np.array([["a", "größe", ""], ["日本語", "😀 x", "nul\0in"]])
    np.save(OUT / "unicode.npy", strings)
    np.save(OUT / "unicode_big_endian.npy", strings.astype(strings.dtype.newbyteorder(">")))
    np.save(OUT / "unicode_fortran.npy", np.asfortranarray(strings))
    np.save(OUT / "bytes.npy", np.char.encode(strings, "utf-8"))
    with open(OUT / "version2.npy", "wb") as file:
        np.lib.format.write_array(file, values.astype("f4"), version=(2, 0))
    np.savez(OUT / "stored.npz", a=values.astype("f4"), b=np.arange(3))
    np.savez_compressed(OUT / "deflated.npz", a=values.astype("f4"), b=np.arange(3))


def picture(height, width, channels):
    """Smooth colours with some noise: what photographs are like."""
    y, x, c = np.mgrid[:height, :width, :channels]
    noise = np.random.default_rng(1).integers(0, 24, (height, width, channels))
    return ((x * 5 + y * 3 + c * 40) % 232 + noise).astype(np.uint8)


def keep(name, encoded, decode):
    (OUT / name).write_bytes(encoded)
    np.save(OUT / f"{name}.npy", decode(encoded).numpy())


def indexed_png(indices, bits, colour, *chunks):
    """A PNG of packed indices: TensorFlow writes none."""
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    height, width = indices.shape
    planes = np.unpackbits(indices[..., None].astype(np.uint8), axis=2)[..., 8 - bits:]
    rows = np.packbits(planes.reshape(height, width * bits), axis=1)
    packed = zlib.compress(b"".join(b"\0" + row.tobytes() for row in rows))
    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    parts = [(b"IHDR", header), *chunks, (b"IDAT", packed), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


def turned(jpeg):
    """The same JPEG with an EXIF block that says: rotate by 90 degrees."""
    tiff = b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, 0x0112, 3, 1, 6, 0, 0)
    body = b"Exif\0\0" + tiff
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + jpeg[2:]


def pictures():
    rgb, rgba, grey = (picture(19, 23, n) for n in (3, 4, 1))
    png, jpeg = tf.io.decode_png, tf.io.decode_jpeg
    keep("rgb.png", tf.io.encode_png(rgb).numpy(), png)
    keep("rgba.png", tf.io.encode_png(rgba).numpy(), png)
    keep("grey.png", tf.io.encode_png(grey).numpy(), png)
    keep("grey_alpha.png", tf.io.encode_png(picture(19, 23, 2)).numpy(), png)
    keep("rgb16.png", tf.io.encode_png(rgb.astype(np.uint16) * 257 - 100).numpy(), png)
    indices, palette = grey[..., 0] // 16, (b"PLTE", picture(4, 4, 3).tobytes())
    keep("palette.png", indexed_png(indices, 4, 3, palette), png)
    keep("palette_alpha.png", indexed_png(indices, 4, 3, palette, (b"tRNS", bytes(range(0, 160, 16)))), png)
    keep("bits.png", indexed_png(indices & 1, 1, 0), png)
    keep("grey_key.png", indexed_png(indices, 4, 0, (b"tRNS", b"\0\3")), png)
    encode = tf.io.encode_jpeg
    keep("rgb420.jpg", encode(rgb, quality=85).numpy(), jpeg)
    keep("rgb444.jpg", encode(rgb, quality=85, chroma_downsampling=False).numpy(), jpeg)
    keep("progressive.jpg", encode(rgb, progressive=True).numpy(), jpeg)
    keep("grey.jpg", encode(grey).numpy(), jpeg)
    keep("turned.jpg", turned(encode(rgb).numpy()), jpeg)
    (OUT / "rgb.ppm").write_bytes(b"P6\n# colours\n23 19\n255\n" + rgb.tobytes())


OUT.mkdir(parents=True, exist_ok=True)
arrays()
pictures()
