"""A QR picture is read from bad screens and cheap paper, not only from a file."""

import random
import re

import pytest
import zxingcpp
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from miniapp.base import qr
from miniapp.base.signing import SigningKey
from miniapp.orders.signed_code import sign
from tests.orders.test_signed_code import VISIT

CODES = [sign(VISIT, key=SigningKey(f"{n} a key of the test, long enough")) for n in range(8)]
# A receipt printer's 203 dots an inch.
TWO_CENTIMETRES = round(2 / 2.54 * 203)


def picture(text: str, *, module: int, border: int = qr.BORDER) -> Image.Image:
    """The QR picture on white, so many pixels to a module."""
    rows = qr.modules(text)
    size = len(rows) + 2 * border
    image = Image.new("L", (size, size), 255)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            image.putpixel((x + border, y + border), 0 if dark else 255)
    return image.resize((size * module, size * module), Image.Resampling.NEAREST)


def read(image: Image.Image) -> list[str]:
    return [found.text for found in zxingcpp.read_barcodes(image)]


def noisy(image: Image.Image, seed: int) -> Image.Image:
    """What a small sensor sees in a dark hall: little contrast, grains."""
    grains = Image.frombytes(
        "L", image.size, random.Random(seed).randbytes(image.width * image.height)
    ).point(lambda grain: 108 + grain * 40 // 255)
    return ImageChops.add(image.point(lambda light: 70 + light * 120 // 255), grains, 1, -128)


def without_a_fifth(image: Image.Image, where: str, module: int) -> Image.Image:
    """A fifth of the modules gone in one piece: a sticker, a stain, a torn corner."""
    spoilt, edge = image.copy(), qr.BORDER * module
    side = image.width - 2 * edge
    gone = round(side * 0.2**0.5)
    x, y = {
        "in the middle": ((side - gone) // 2, (side - gone) // 2),
        "at the corner below": (side - gone, side - gone),
    }[where]
    box = (edge + x, edge + y, edge + x + gone, edge + y + gone)
    ImageDraw.Draw(spoilt).rectangle(box, fill=128)
    return spoilt


def cracked(image: Image.Image, seed: int, module: int) -> Image.Image:
    """Cracks from one blow, as over the glass of a telephone: light lines and dark ones."""
    chance, spoilt = random.Random(seed), image.copy()
    draw, size = ImageDraw.Draw(spoilt), image.width
    centre = (size * chance.uniform(0.4, 0.9), size * chance.uniform(0.4, 0.9))
    for _ in range(6):
        end = (size * chance.uniform(0.3, 1), size * chance.uniform(0.3, 1))
        draw.line([centre, end], fill=chance.choice((0, 255)), width=max(2, module * 2 // 3))
    return spoilt


def printed(image: Image.Image, gain: int) -> Image.Image:
    """A thermal print, eight pixels to a dot, where heat makes every dark dot bigger."""
    fine = image.resize((image.width * 8, image.height * 8), Image.Resampling.NEAREST)
    return fine.filter(ImageFilter.MinFilter(2 * gain + 1)) if gain else fine


def photographed(image: Image.Image, *, pixels: float, angle: float) -> Image.Image:
    """The print in a hand-held camera, so many pixels to a dot."""
    turned = image.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    size = round(turned.width / 8 * pixels)
    return turned.resize((size, size), Image.Resampling.BOX).filter(ImageFilter.GaussianBlur(0.7))


def test_a_vouchers_code_is_fifty_three_modules_wide():
    assert {len(qr.modules(code)) for code in CODES} == {53}


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("blur", [0.5, 1, 1.5])
def test_it_is_read_out_of_focus_and_in_the_dark(code: str, blur: float):
    image = picture(code, module=6).filter(ImageFilter.GaussianBlur(blur))

    assert read(noisy(image, seed=CODES.index(code))) == [code]


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("where", ["in the middle", "at the corner below"])
def test_it_is_read_with_a_fifth_of_it_gone(code: str, where: str):
    spoilt = without_a_fifth(picture(code, module=6), where, module=6)

    assert read(spoilt.filter(ImageFilter.GaussianBlur(1))) == [code]


@pytest.mark.parametrize("code", CODES)
def test_it_is_read_from_a_cracked_screen(code: str):
    spoilt = cracked(picture(code, module=6), CODES.index(code), module=6)

    assert read(spoilt.filter(ImageFilter.GaussianBlur(1))) == [code]


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("gain", [0, 1, 2])
def test_a_receipt_printer_prints_it_within_two_centimetres(code: str, gain: int):
    dots = TWO_CENTIMETRES // 53
    paper = picture(code, module=dots)

    assert dots == 3
    shot = photographed(printed(paper, gain), pixels=1.5, angle=CODES.index(code) * 7 % 25 - 12)
    assert read(noisy(shot, seed=gain)) == [code]


@pytest.mark.parametrize("text", [CODES[0], "ACE2345HKP", "https://pay.invoicebox.example/1?a=ё"])
def test_the_drawing_shows_the_same_modules_within_a_quiet_zone(text: str):
    drawn = qr.svg(text, label='a "label"')

    size = len(qr.modules(text)) + 2 * qr.BORDER
    image = Image.new("L", (size, size), 255)
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", drawn):
        image.paste(0, (int(x), int(y), int(x) + int(length), int(y) + 1))
    assert image.tobytes() == picture(text, module=1).tobytes()
    assert f'viewBox="0 0 {size} {size}"' in drawn
    assert 'aria-label="a &#34;label&#34;"' in drawn
