"""A test page: a frame as wide as the paper, a ruler, grey steps, and a line of text."""

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from drivers.receipt_printer.port import Align, Capabilities, Line, Raster


def draw_test_page(capabilities: Capabilities) -> Raster:
    """The test page for a printer of these capabilities."""
    width, per_mm = capabilities.dots, capabilities.dots_per_mm
    image = Image.new("L", (width, round(60 * per_mm)), 255)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, width - 1, image.height - 1), outline=0, width=3)
    font = ImageFont.load_default(34)
    draw.text((width / 2, 60), "Tongban", 0, font, anchor="mm")
    draw.text((width / 2, 110), f"{width} dots, {per_mm:g} per mm", 0, font, anchor="mm")
    for mm in range(int(width / per_mm)):
        height = 40 if mm % 10 == 0 else 20
        draw.line((mm * per_mm, 160, mm * per_mm, 160 + height), fill=0, width=1)
    for step in range(8):
        left = step * width / 8
        draw.rectangle((left, 240, left + width / 8, 340), fill=round(255 * step / 7))
    return ~np.array(image.convert("1"), np.bool_)


def write_test_page(capabilities: Capabilities) -> list[Line]:
    """The test page in the printer's own font: sizes, places, a ruler of characters."""
    ruler = "".join(str(column % 10) for column in range(1, capabilities.columns + 1))
    return [
        Line("通办 Tongban", Align.CENTRE, 2),
        Line(f"{capabilities.dots} dots, {capabilities.columns} columns", Align.CENTRE),
        Line(ruler),
        Line("左 left"),
        Line("中 centre", Align.CENTRE),
        Line("右 right", Align.RIGHT),
        Line("打印测试完成，请核对汉字是否清晰。"),
    ]
