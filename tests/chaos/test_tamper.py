from random import Random

import pytest

from bench.chaos.tamper import HANDS, Export, tamper
from offline.audit.verify import verify


@pytest.fixture(scope="module")
def whole():
    return Export()


def test_every_kind_of_manipulation_is_found_and_the_first_record_named():
    told = tamper(20 * len(HANDS), seed=3)
    assert told == {"manipulations": 180, "found": 180, "first_named": 180}


@pytest.mark.parametrize("hand", HANDS, ids=lambda one: one.__name__)
def test_each_manipulation_does_change_the_export(whole, hand):
    assert all(hand(whole, Random(seed)).lines != whole.lines for seed in range(20))


def test_the_export_as_it_was_holds(whole):
    verdict = verify(whole.lines, whole.public)
    assert verdict.holds
    assert verdict.vouched_until == verdict.records == 2000
