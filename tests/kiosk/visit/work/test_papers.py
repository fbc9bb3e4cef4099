"""A file belongs to the certificate and the person for whom it was fetched, or to nobody."""

import asyncio
from types import SimpleNamespace

import pytest

from kiosk.certificates.metadata import Metadata
from kiosk.certificates.port import CheckedFile, Page
from kiosk.visit.work.papers import Papers
from tests.kiosk.visit.work.conftest import certificate, session


@pytest.fixture
def papers(desk):
    async def check(document):
        return CheckedFile(document, 1, "", b"", Metadata(), Page(1, 1, b"000"))

    desk.parts.documents = SimpleNamespace(check=check)
    desk.visit.session, desk.visit.certificates = session("own"), [certificate("citizen")]
    return Papers(desk)


async def test_a_file_that_comes_is_kept_and_said(desk, papers):
    await papers.fetch(0)
    assert desk.visit.files[0].document == b"id-of-citizen"
    assert len(desk.events) == 1


async def test_a_file_that_comes_after_the_list_became_anothers_is_nobodys(desk, papers):
    desk.parts.library.may_come.clear()
    fetching = asyncio.create_task(papers.fetch(0))
    await asyncio.sleep(0)
    desk.visit.session, desk.visit.certificates = session("wang", "wang"), [certificate("wang")]
    desk.parts.library.may_come.set()
    await fetching
    assert desk.visit.files == {}
    assert desk.events == []
