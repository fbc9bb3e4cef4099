from bench.chaos.kills import run_part


def test_terminals_killed_in_the_middle_of_visits_lose_nothing_and_do_nothing_twice():
    part = run_part(seed=7, kills=5)
    assert part.kills == sum(part.during.values()) == 5
    assert part.told > 20
    assert part.losses.total == 0, part.as_json()
    assert part.delivered_twice == part.printed_twice == 0
    assert part.wrong_about_paper == part.not_started == 0
