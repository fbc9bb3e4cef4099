"""After a crash each copy is printed, not printed or for staff to look at; none comes twice."""

import pytest

from drivers.device import DeviceFailure, FailureReason
from drivers.document_printer.port import JobProgress, JobState
from kiosk.printing.ledger import Job, PrintLedger
from kiosk.printing.port import JobOutcome
from kiosk.printing.reconcile import judge, reconcile
from offline.vault import Vault
from tests.offline.stores import KIOSK, PlainKeeper, Time, open_store, schemas


class Printer:
    """A printer with a past; it notes what is asked of it."""

    def __init__(self, jobs=(), unreachable=False):
        self.jobs, self.unreachable, self.calls = dict(jobs), unreachable, []

    def _ask(self, call):
        self.calls.append(call)
        if self.unreachable:
            raise DeviceFailure(FailureReason.PRINTER_UNREACHABLE)

    async def find(self, name):
        self._ask("find")
        return next((number for number, (known, _) in self.jobs.items() if known == name), None)

    async def progress(self, number, name):
        self._ask("progress")
        known, progress = self.jobs.get(number, (None, None))
        return progress if known == name else None

    async def remembers(self):
        self._ask("remembers")
        return bool(self.jobs)

    async def cancel(self, number):
        self._ask("cancel")
        pages = self.jobs[number][1].pages
        return JobProgress(number, JobState.CANCELED, pages)


async def asked(printer, ledger, restore=None):
    return await reconcile(printer, ledger, await ledger.open_jobs(), restore)


@pytest.fixture
def vault(tmp_path):
    made = open_store(tmp_path)
    yield made
    made.close()


@pytest.fixture
def ledger(vault):
    return PrintLedger(vault)


def stands(number, state, pages=0):
    return JobProgress(number, state, pages)


OLD = (1, ("tongban-old", stands(1, JobState.COMPLETED, 1)))


async def outcome(ledger):
    return (await ledger.outcomes())[-1][1]


async def test_a_job_that_the_printer_finished_meanwhile_is_printed(ledger):
    job = await ledger.prepare("household", 2, 2)
    await ledger.submitted(job.number, 9)
    printer = Printer([(9, (job.name, stands(9, JobState.COMPLETED, 2)))])
    assert [found.copies_out for _, found in await asked(printer, ledger)] == [2]
    assert await outcome(ledger) is JobOutcome.PRINTED


async def test_a_job_whose_number_was_never_written_down_is_found_by_its_name(ledger):
    job = await ledger.prepare("household", 1, 1)
    printer = Printer([(9, (job.name, stands(9, JobState.COMPLETED, 1)))])
    await asked(printer, ledger)
    assert await outcome(ledger) is JobOutcome.PRINTED


async def test_a_job_that_the_printer_never_had_is_not_printed(ledger):
    await ledger.prepare("household", 1, 1)
    await asked(Printer([OLD]), ledger)
    assert await outcome(ledger) is JobOutcome.NOT_PRINTED


async def test_a_printer_that_has_forgotten_everything_leaves_it_to_staff(ledger):
    await ledger.prepare("household", 1, 1)
    await asked(Printer(), ledger)
    assert await outcome(ledger) is JobOutcome.UNKNOWN


async def test_what_may_still_come_out_is_cancelled_and_for_staff_to_look_at(ledger):
    job = await ledger.prepare("household", 3, 6)
    await ledger.submitted(job.number, 9)
    printer = Printer([(9, (job.name, stands(9, JobState.PROCESSING, 5)))])
    found = await asked(printer, ledger)
    assert "cancel" in printer.calls
    assert [(one.outcome, one.copies_out) for _, one in found] == [(JobOutcome.UNKNOWN, 2)]


async def test_a_job_that_only_waited_is_cancelled_and_not_printed(ledger):
    job = await ledger.prepare("household", 1, 1)
    await ledger.submitted(job.number, 9)
    printer = Printer([(9, (job.name, stands(9, JobState.PENDING)))])
    await asked(printer, ledger)
    assert await outcome(ledger) is JobOutcome.NOT_PRINTED


async def test_a_printer_that_cannot_be_asked_leaves_the_job_open_for_the_next_time(ledger):
    job = await ledger.prepare("household", 1, 1)
    with pytest.raises(DeviceFailure):
        await asked(Printer(unreachable=True), ledger)
    assert [one.number for one in await ledger.open_jobs()] == [job.number]


async def test_what_is_settled_is_not_asked_about_again(ledger):
    job = await ledger.prepare("household", 1, 1)
    await ledger.settled(job.number, JobOutcome.PRINTED, None, 1)
    printer = Printer()
    assert await asked(printer, ledger) == []
    assert printer.calls == []


async def test_what_belongs_to_a_job_is_put_right_with_it(ledger, vault):
    await ledger.prepare("household", 1, 1)
    restored = []
    await asked(
        Printer([OLD]), ledger,
        lambda txn, job, finding: restored.append((job.number, finding.outcome)),
    )
    assert restored == [(1, JobOutcome.NOT_PRINTED)]


async def test_paper_is_reported_and_audited_in_the_transaction_of_the_ledger(ledger, vault):
    job = await ledger.prepare("household", 1, 1)
    await ledger.settled(job.number, JobOutcome.PRINTED, None, 1)
    kinds = await vault.read(lambda txn: txn.execute("SELECT kind FROM outbox ORDER BY lane"))
    assert [kind for kind, in kinds] == ["job_prepared", "job_settled", "print_job"]


async def test_where_the_ledger_cannot_be_written_nothing_is_handed_over(ledger, vault):
    class Counting:
        def begun(self, txn, job):
            raise LookupError

    with pytest.raises(LookupError):
        await ledger.prepare("household", 1, 1, Counting())
    assert await ledger.outcomes() == []


@pytest.mark.parametrize("before", list(JobState))
@pytest.mark.parametrize("after", [one for one in JobState if one.settled])
@pytest.mark.parametrize("pages", [None, 0, 1, 2, 9])
def test_not_printed_is_said_only_where_no_page_can_have_come_out(before, after, pages):
    job = Job(1, "x", 2, 4, 9, JobOutcome.SUBMITTED, None)
    found = judge(job, JobProgress(9, before, 0), JobProgress(9, after, pages))
    if found.outcome is JobOutcome.NOT_PRINTED:
        assert pages == 0
        assert before not in (JobState.PROCESSING, JobState.PROCESSING_STOPPED)
    if found.outcome is JobOutcome.PRINTED:
        assert after is JobState.COMPLETED
    assert found.copies_out is None or 0 <= found.copies_out <= 2


async def test_a_job_that_a_visit_has_begun_since_is_left_alone(ledger):
    printer = Printer(unreachable=True)
    left = await ledger.open_jobs()
    job = await ledger.prepare("household", 1, 1)
    await ledger.submitted(job.number, 9)
    printer.jobs[9] = (job.name, stands(9, JobState.PROCESSING))
    printer.unreachable = False
    assert await reconcile(printer, ledger, left) == []
    assert printer.calls == []


async def test_where_the_printer_is_lost_in_the_middle_the_rest_is_asked_about_again(ledger):
    jobs = [await ledger.prepare("household", 1, 1) for _ in range(2)]
    printer = Printer([(n, (job.name, stands(n, JobState.COMPLETED, 1))) for n, job in
                       enumerate(jobs, 5)])
    left = await ledger.open_jobs()
    found = printer.progress

    async def once(number, name):
        if number == 6:
            raise DeviceFailure(FailureReason.PRINTER_UNREACHABLE)
        return await found(number, name)

    printer.progress = once
    with pytest.raises(DeviceFailure):
        await reconcile(printer, ledger, left)
    assert [one.number for one in left] == [jobs[1].number]


async def test_what_a_queue_finished_after_a_power_cut_is_for_staff_to_look_at(tmp_path):
    time = Time()
    vault = open_store(tmp_path, time)
    job = await PrintLedger(vault).prepare("household", 2, 2)
    vault.close()
    options = (tmp_path / "vault.db", PlainKeeper(), KIOSK, schemas())
    vault = Vault.open(*options, clock=time.clock("boot-2"))
    ledger = PrintLedger(vault)
    printer = Printer([(9, (job.name, stands(9, JobState.COMPLETED, 2)))])
    found = await asked(printer, ledger)
    vault.close()
    assert [(one.outcome, one.copies_out) for _, one in found] == [(JobOutcome.UNKNOWN, 2)]


async def test_a_printer_that_numbers_anew_does_not_answer_for_another_job(ledger):
    job = await ledger.prepare("household", 1, 1)
    await ledger.submitted(job.number, 1)
    await asked(Printer([(1, ("somebody-else", stands(1, JobState.COMPLETED, 1)))]), ledger)
    assert await outcome(ledger) is JobOutcome.UNKNOWN
