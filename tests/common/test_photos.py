"""What is kept of a photo, and what is refused."""

import io
import struct
import time
import zlib

import pytest
from PIL import Image, ImageFile

from common.errors import Refused
from common.photos import LONGEST, THUMBNAIL, reencode


def jpeg(size=(800, 600), colour="navy", **options) -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG", **options)
    return out


def png_of_claimed_size(width: int, height: int) -> io.BytesIO:
    """A few hundred bytes that promise any size: header, compressed zeros, end."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return io.BytesIO(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 100_000))
        + chunk(b"IEND", b"")
    )


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


class TestReencode:
    def test_keeps_the_picture_within_the_longest_side_and_makes_a_thumbnail(self):
        photo = reencode(jpeg((4000, 3000)))

        assert (photo.width, photo.height) == (LONGEST, LONGEST * 3 // 4)
        assert opened(photo.content).format == "JPEG"
        assert max(opened(photo.thumbnail).size) == THUMBNAIL

    def test_place_camera_and_comment_are_gone(self):
        exif = Image.Exif()
        exif[0x010F] = "SecretCamera"
        exif.get_ifd(0x8825)[1] = "N"
        exif.get_ifd(0x8825)[2] = (28.0, 27.0, 3.0)
        source = jpeg(exif=exif, comment=b"SecretComment")
        assert Image.open(source).getexif().get_ifd(0x8825)  # the source does carry it

        photo = reencode(source)

        for content in (photo.content, photo.thumbnail):
            assert not opened(content).getexif()
            assert "exif" not in opened(content).info
            assert b"Secret" not in content

    def test_a_photo_held_upright_stays_upright(self):
        exif = Image.Exif()
        exif[0x0112] = 6  # taken with the phone turned

        photo = reencode(jpeg((800, 600), exif=exif))

        assert (photo.width, photo.height) == (600, 800)

    def test_transparency_becomes_white_paper(self):
        source = io.BytesIO()
        Image.new("RGBA", (40, 40), (0, 0, 0, 0)).save(source, "PNG")

        assert opened(reencode(source).content).getpixel((20, 20)) == (255, 255, 255)

    @pytest.mark.parametrize("kind", ["PNG", "WEBP"])
    def test_other_kinds_become_jpeg(self, kind):
        source = io.BytesIO()
        Image.new("RGB", (100, 50), "green").save(source, kind)

        assert opened(reencode(source).content).format == "JPEG"

    @pytest.mark.parametrize("size", [(50_000, 50_000), (8_001, 5_000), (12_000, 9_000)])
    def test_a_header_that_promises_too_much_is_refused_before_decoding(self, size):
        started = time.process_time()

        with pytest.raises(Refused, match="像素过大"):
            reencode(png_of_claimed_size(*size))

        assert time.process_time() - started < 1

    def test_half_a_photo_is_refused(self, monkeypatch):
        monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # as importing WeasyPrint leaves it
        content = jpeg((800, 600), quality=95).getvalue()

        with pytest.raises(Refused, match="已损坏"):
            reencode(io.BytesIO(content[: len(content) // 2]))

    def test_a_gif_is_not_decoded_at_all(self):
        source = io.BytesIO()
        Image.new("RGB", (10, 10)).save(source, "GIF")

        with pytest.raises(Refused):
            reencode(source)
