"""What the stage does for a phone that nobody holds."""

import cv2
import pytest
import zxingcpp
from joserfc.jwk import ECKey

from kiosk.identity.http import HttpIdentityService
from kiosk.platform import Platform as Line
from sandbox.stage import Platform


@pytest.fixture
async def town(tmp_path):
    platform = Platform(tmp_path)
    await platform.start()
    key = ECKey.generate_key("P-256")
    platform.order({"do": "register", "terminal": "T1", "public_key": key.as_dict(private=False)})
    line = Line(platform.address, 8.0)
    yield platform, HttpIdentityService(line, "T1", key)
    await line.close()
    await platform.stop()


async def test_the_code_that_a_phone_would_show_is_drawn_for_the_camera(town, tmp_path, capsys):
    platform, service = town
    request = await service.begin_show()
    out = tmp_path / "shown.png"
    order = {"do": "show", "person": "li-xiulan", "certificate": "household", "out": str(out)}
    platform.order(order)
    assert '"event": "shown"' in capsys.readouterr().out
    (code,) = zxingcpp.read_barcodes(cv2.imread(str(out)))
    session = await service.finish_show(request, code.text)
    assert session.wanted
    with pytest.raises(ValueError, match="no request waits"):
        platform.order(order)
