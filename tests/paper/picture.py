"""One page of a printed paper as a small picture: picture.py PDF PAGE OUT.png [DPI]. Sixteen greys, by poppler and zlib alone."""
import struct
import subprocess
import sys
import zlib


def grey(pdf, page, dpi):
    """(width, height, rows) of the page."""
    pgm = subprocess.run(["pdftoppm", "-gray", "-r", str(dpi), "-f", page, "-l", page, "-singlefile", pdf], check=True, capture_output=True).stdout
    magic, size, most, pixels = pgm.split(b"\n", 3)
    assert (magic, most) == (b"P5", b"255")
    width, height = map(int, size.split())
    return width, height, [pixels[y * width:(y + 1) * width] for y in range(height)]


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width, height, rows):
    packed = bytearray()
    for row in rows:
        four = [value >> 4 for value in row] + [0] * (width % 2)
        packed += b"\0" + bytes(a << 4 | b for a, b in zip(four[::2], four[1::2]))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 4, 0, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(bytes(packed), 9)) + chunk(b"IEND", b"")


if __name__ == "__main__":
    source, number, target, *more = sys.argv[1:]
    with open(target, "wb") as out:
        out.write(png(*grey(source, number, int(more[0]) if more else 72)))
