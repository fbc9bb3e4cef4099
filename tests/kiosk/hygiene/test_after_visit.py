"""What is still held of a visit is given back when it has ended."""

import gc
import sys
import types
import weakref
from functools import lru_cache

import pytest
import yarl

from kiosk.hygiene.after_visit import AfterVisit, clear_caches
from kiosk.hygiene.scratch import Scratch


class Knot:
    """Refers to itself, as widgets and tracebacks do."""

    def __init__(self) -> None:
        self.me = self


def forget_nothing() -> None:
    """There are no devices."""


@pytest.fixture
def no_collection():
    gc.disable()
    yield
    gc.enable()


async def test_objects_that_refer_to_each_other_are_gone(no_collection):
    seen = weakref.ref(Knot())
    assert seen() is not None
    await AfterVisit(forget_nothing, (), None).clean()
    assert seen() is None


async def test_devices_are_renewed_connections_let_go_and_temporary_files_removed(tmp_path):
    rested = []

    async def rest() -> None:
        rested.append("connections")

    (tmp_path / "left").write_text("")
    await AfterVisit(lambda: rested.append("devices"), (rest,), Scratch(tmp_path)).clean()
    assert rested == ["devices", "connections"]
    assert list(tmp_path.iterdir()) == []


async def test_addresses_do_not_stay_in_the_caches_of_libraries():
    def known() -> int:
        return yarl._url.encode_url.cache_info().currsize

    yarl.URL("http://127.0.0.1/library/certificates/1.2.3")
    assert known() > 0
    await AfterVisit(forget_nothing, (), None).clean()
    assert known() == 0


def test_caches_of_other_packages_stay(monkeypatch):
    module = types.ModuleType("others.words")
    module.ask = lru_cache(lambda word: word)
    monkeypatch.setitem(sys.modules, "others.words", module)
    module.ask("a")
    clear_caches({"yarl"})
    assert module.ask.cache_info().currsize == 1
    clear_caches({"others"})
    assert module.ask.cache_info().currsize == 0
