"""What was kept opens with the card that lies there; where nothing opens, one reason says why."""

import pytest
from joserfc.jwk import ECKey

from kiosk.certificates.proof.claims import read_claims, read_code
from kiosk.errors import Failure
from kiosk.keeping import private_key
from kiosk.packages.opening import PackageOpener
from kiosk.reasons import Reason
from offline.sealed import store
from sandbox.faults import change_one_byte
from tests.kiosk.packages.conftest import LI, WANG, bring, days
from tests.offline.stores import KIOSK


async def refused(opener, document=LI) -> Reason:
    with pytest.raises(Failure) as caught:
        await opener.open(document)
    return caught.value.reason


async def test_a_package_opens_with_its_holders_card(opener, vault, platform):
    made = platform.keep(copies=2)
    await bring(vault, made)
    (package,) = await opener.open(LI)
    assert package.certificate.holder == "李秀兰"
    assert package.document == platform.library.file(made.issued)
    assert package.face.startswith(b"\xff\xd8")
    assert (package.used, package.left) == (0, 2)
    assert "李秀兰" not in repr(package)


async def test_each_copy_has_a_code_that_was_signed_beforehand(opener, vault, platform):
    await bring(vault, platform.keep(copies=2))
    (package,) = await opener.open(LI)
    claims = [read_claims(read_code(one)) for one in package.codes]
    assert [(one.copy, one.copies) for one in claims] == [(1, 2), (2, 2)]
    assert {one.purpose for one in claims} == {package.purpose}
    assert all(one.page_marks for one in claims)
    assert claims[0].expires.astimezone().date() == package.copies_until


async def test_another_card_finds_nothing(opener, vault, platform):
    await bring(vault, platform.keep())
    assert await refused(opener, WANG) is Reason.PACKAGE_NONE


async def test_another_terminals_key_opens_nothing(vault, platform):
    await bring(vault, platform.keep())
    stranger = private_key(ECKey.generate_key("P-256"))
    thief = PackageOpener(vault, KIOSK, stranger, platform.trust)
    assert await refused(thief) is Reason.PACKAGE_DAMAGED


async def test_a_package_that_was_changed_is_damaged(opener, vault, platform):
    made = platform.keep()
    await bring(vault, made, content=change_one_byte(made.content))
    assert await refused(opener) is Reason.PACKAGE_DAMAGED


async def test_a_package_that_a_stranger_signed_is_damaged(opener, vault, platform):
    platform.faults.switch("package_forged", True)
    await bring(vault, platform.keep())
    assert await refused(opener) is Reason.PACKAGE_DAMAGED


@pytest.mark.parametrize("other", [{"allowed": 5}, {"ends": 4_000_000_000}])
async def test_a_list_that_promises_more_than_the_library_signed_is_not_believed(
    opener, vault, platform, other
):
    await bring(vault, platform.keep(), **other)
    assert await refused(opener) is Reason.PACKAGE_DAMAGED


async def test_what_is_over_or_of_a_time_that_is_not_known_is_not_opened(
    opener, vault, platform, time
):
    await bring(vault, platform.keep(days=1))
    time.trusted = False
    assert await refused(opener) is Reason.CLOCK_UNKNOWN
    time.trusted = True
    time.go(-3600)
    assert await refused(opener) is Reason.CLOCK_UNKNOWN
    time.go(days(2))
    assert await refused(opener) is Reason.PACKAGE_ENDED


async def test_what_is_used_up_is_told_as_such(opener, vault, platform):
    package = await bring(vault, platform.keep(copies=1))
    opened = await opener.open(LI)
    await vault.write(lambda txn: store.take(txn, package, 1, job=1))
    assert await refused(opener) is Reason.PACKAGE_USED_UP
    with pytest.raises(Failure) as caught:
        await opener.recount(opened)
    assert caught.value.reason is Reason.PACKAGE_USED_UP


async def test_what_goes_during_a_visit_leaves_the_rest(opener, vault, platform):
    gone, stays = platform.keep("household"), platform.keep("pension_benefit")
    await bring(vault, gone)
    await bring(vault, stays)
    opened = await opener.open(LI)
    await vault.write(lambda txn: store.forget(txn, gone.id.hex()))
    assert [one.id for one in await opener.recount(opened)] == [stays.id.hex()]
    await vault.write(lambda txn: store.forget(txn, stays.id.hex()))
    with pytest.raises(Failure) as caught:
        await opener.recount(opened)
    assert caught.value.reason is Reason.PACKAGE_NONE


async def test_of_two_packages_of_one_certificate_the_newer_is_used(
    opener, vault, platform, time
):
    made = [platform.keep("household")]
    # Ids are random: the newest shall not be the last by its id, too.
    while len(made) < 2 or made[-1].id > made[-2].id:
        time.go(1)
        made.append(platform.keep("household"))
    for one in made:
        await bring(vault, one)
    assert [one.id for one in await opener.open(LI)] == [made[-1].id.hex()]


async def test_of_several_those_that_can_be_printed_are_given(opener, vault, platform):
    good, bad = platform.keep("household"), platform.keep("pension_benefit")
    await bring(vault, good)
    await bring(vault, bad, content=change_one_byte(bad.content))
    assert [one.id for one in await opener.open(LI)] == [good.id.hex()]
