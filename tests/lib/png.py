"""The one colour of a picture that has one: the pixel in its middle."""

import struct
import zlib


def chunks(data):
    at = 8
    while at < len(data):
        size, kind = struct.unpack_from("!I4s", data, at)
        yield kind, data[at + 8:at + 8 + size]
        at += size + 12


def paeth(left, up, corner):
    return min((left, up, corner), key=lambda p: abs(left + up - corner - p))


def rows(data, width, step):
    """Without the filters: each byte was told as the difference to its neighbours."""
    size, before = width * step, bytearray(width * step)
    for at in range(0, len(data), size + 1):
        kind, row = data[at], bytearray(data[at + 1:at + 1 + size])
        for i in range(size):
            left, corner = (row[i - step], before[i - step]) if i >= step else (0, 0)
            up = before[i]
            row[i] = row[i] + (0, left, up, (left + up) // 2, paeth(left, up, corner))[kind] & 0xff
        yield row
        before = row


def middle(path):
    """-> (red, green, blue); the picture has 8 bits a colour and is not interlaced"""
    with open(path, "rb") as f:
        parts = list(chunks(f.read()))
    width, height, _, kind = struct.unpack_from("!IIBB", dict(parts)[b"IHDR"])
    step = {2: 3, 6: 4}[kind]
    data = zlib.decompress(b"".join(data for name, data in parts if name == b"IDAT"))
    row = list(rows(data, width, step))[height // 2]
    return tuple(row[width // 2 * step:width // 2 * step + 3])
