"""Whether memory may be swapped to a disk is known."""

import pytest

from kiosk.hygiene.swap import is_possible

HEAD = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"
DISK = "/dev/sda2                               partition\t999420\t\t0\t\t-2\n"
ZRAM = "/dev/zram0                              partition\t999420\t\t0\t\t100\n"


@pytest.fixture
def machine(tmp_path):
    """`machine(swaps, limit of the unit, of the slice above)`."""

    def make(swaps: str | None, unit: str | None = None, above: str | None = None) -> bool:
        proc, groups = tmp_path / "proc", tmp_path / "groups"
        folder = groups / "system.slice/tongban.service"
        folder.mkdir(parents=True)
        (proc / "self").mkdir(parents=True)
        (proc / "self/cgroup").write_text("5:cpu:/x\n0::/system.slice/tongban.service\n")
        if swaps is not None:
            (proc / "swaps").write_text(swaps)
        for place, limit in ((folder, unit), (folder.parent, above)):
            if limit is not None:
                (place / "memory.swap.max").write_text(limit + "\n")
        return is_possible(proc, groups)

    return make


def test_swap_on_a_disk_is_possible_where_nothing_forbids_it(machine):
    assert machine(HEAD + DISK, "max", "max")


def test_the_unit_forbids_it(machine):
    assert not machine(HEAD + DISK, "0")


def test_so_does_what_is_above_the_unit(machine):
    assert not machine(HEAD + DISK, "max", "0")


def test_swap_that_is_memory_itself_is_none(machine):
    assert not machine(HEAD + ZRAM, "max")


@pytest.mark.parametrize("swaps", [HEAD, None])
def test_without_swap_it_is_not_possible(machine, swaps):
    assert not machine(swaps)
