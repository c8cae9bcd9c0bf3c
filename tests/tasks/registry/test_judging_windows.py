"""On which windows champion and challenger are judged."""

import numpy as np
import pytest
from gate_verdicts import evidence, open_except, verdicts
from scene import MODEL, TRAIN

from tasks.tracking.store import client


def test_only_windows_that_neither_was_trained_on_are_compared(scene):
    prepared = scene.prepared()
    time = np.load(prepared.folder / "time.npy")
    old = scene.trained(prepared, error=1.5, trained_until=f"{time[TRAIN + 1000]}Z")
    scene.promote([old], prepared)

    outcome = scene.promote([scene.trained(prepared, error=1.0, seed=2)], prepared)

    windows = np.load(prepared.folder / "judging_starts.npy").size
    assert f"On {windows - 1001} windows" in evidence(outcome, "champion")


def test_longer_history_of_the_champion_is_kept_clear_of_its_training_too(scene):
    prepared = scene.prepared()
    time = np.load(prepared.folder / "time.npy")
    scene.promote([scene.trained(prepared, error=1.5, steps=108, trained_until=f"{time[TRAIN + 1000]}Z")], prepared)

    outcome = scene.promote([scene.trained(prepared, error=1.0, seed=2)], prepared)

    windows = np.load(prepared.folder / "judging_starts.npy").size
    assert f"On {windows - 1101} windows" in evidence(outcome, "champion")


@pytest.mark.parametrize("trained_until", ["2011-05-01T00:00:00Z", "2030-01-01T00:00:00Z"])
def test_too_few_windows_that_the_champion_was_not_trained_on_close_the_gate(scene, trained_until):
    prepared = scene.prepared()
    scene.promote([scene.trained(prepared, error=1.5, trained_until=trained_until)], prepared)

    outcome = scene.promote([scene.trained(prepared, error=1.0, seed=2)], prepared)

    assert verdicts(outcome) == open_except("champion", "groups", "distribution")
    assert "at least 100, or some on 30 days, are needed" in evidence(outcome, "champion")


def test_windows_over_a_gap_which_a_model_reads_otherwise_are_not_compared(scene):
    prepared = scene.prepared(gap_after=TRAIN + 500)

    outcome = scene.promote([scene.trained(prepared)], prepared)

    spanning = prepared.target_offset_rows
    windows = np.load(prepared.folder / "judging_starts.npy").size
    assert f"On {windows - spanning} windows" in evidence(outcome, "reload")
    assert outcome.promoted


def test_test_split_has_no_say(scene):
    prepared = scene.prepared()
    candidates = [scene.trained(prepared, "lstm", error=1.0), scene.trained(prepared, "dense", error=1.5, seed=2)]

    before = scene.promote(candidates, prepared)
    lstm, dense = ((version, fit.result.model_copy(update={"test_mae": mae, "test_skill": mae, "test_rmse": mae}))
                   for (version, fit), mae in zip(candidates, (1e6, 0.0), strict=True))  # fmt: skip
    changed = [
        (v, fit.model_copy(update={"result": r})) for (_, fit), (v, r) in zip(candidates, (lstm, dense), strict=True)
    ]
    for _, fit in changed:
        judging = np.load(fit.folder / "predictions.npz")["judging"]
        np.savez(fit.folder / "predictions.npz", judging=judging, test=np.full(3, 1e9))
    (prepared.folder / "test_starts.npy").unlink()
    client().delete_registered_model_alias(MODEL, "champion")
    after = scene.promote(changed, prepared)

    assert after == before


def test_challenger_that_was_only_seen_in_part_of_the_year_does_not_replace_one_proven_in_all(scene):
    prepared = scene.prepared()
    scene.promote([scene.trained(prepared, error=1.5)], prepared)
    starts = np.load(prepared.folder / "judging_starts.npy")
    np.save(prepared.folder / "judging_starts.npy", starts[:600])

    outcome = scene.promote([scene.trained(prepared, error=1.0, seed=2)], prepared)

    assert verdicts(outcome) == open_except("groups")
    assert "Too few windows" in evidence(outcome, "groups")


def with_a_late_part_that_judges(prepared, *, choosing_from: int):
    """The months from September to April judge, those before them choose: summer is among the latter alone."""
    borders = prepared.divided.borders.model_copy(update={"validation": 1900})
    np.save(prepared.folder / "judging_starts.npy", np.arange(1900, 3900 - prepared.target_offset_rows))
    np.save(prepared.folder / "validation_starts.npy", np.arange(choosing_from, 1900 - prepared.target_offset_rows))
    return prepared.model_copy(update={"divided": prepared.divided.model_copy(update={"borders": borders})})


@pytest.mark.parametrize(("summer", "passed"), [(1.0, True), (1.9, False)])
def test_a_season_in_which_nothing_judges_is_judged_where_windows_chose(scene, summer, passed):
    prepared = with_a_late_part_that_judges(scene.prepared(), choosing_from=TRAIN)
    scene.promote([scene.trained(prepared, error=1.5)], prepared)
    errors = {"6": summer, "7": summer, "8": summer}

    outcome = scene.promote([scene.trained(prepared, error=1.0, errors=errors, seed=2)], prepared)

    assert verdicts(outcome) == (open_except() if passed else open_except("groups"))
    assert "chose neither lie in summer; there those that chose count" in evidence(outcome, "groups")


def test_a_record_of_less_than_four_years_can_change_its_champion(scene):
    """Neither part of validation holds a summer; both models have learnt from others."""
    prepared = with_a_late_part_that_judges(scene.prepared(), choosing_from=1850)
    np.save(prepared.folder / "train_starts.npy", np.arange(0, 1900))
    scene.promote([scene.trained(prepared, error=1.5)], prepared)

    outcome = scene.promote([scene.trained(prepared, error=1.0, seed=2)], prepared)

    assert outcome.promoted
    assert "Not compared in summer, where too few windows lie." in evidence(outcome, "groups")


def test_a_champion_is_not_replaced_on_windows_that_chose_the_challenger(scene):
    prepared = scene.prepared()
    np.save(prepared.folder / "validation_starts.npy", np.load(prepared.folder / "judging_starts.npy"))
    np.save(prepared.folder / "judging_starts.npy", np.empty(0, np.int64))
    first = scene.promote([scene.trained(prepared, error=2.0)], prepared)

    outcome = scene.promote([scene.trained(prepared, error=1.0, seed=2)], prepared)

    assert first.promoted
    assert verdicts(outcome) == open_except("champion", "groups", "distribution")
    assert "no windows but those that chose the challenger" in evidence(outcome, "champion")


def test_what_the_champion_was_chosen_by_does_not_judge_it_either(scene):
    prepared = scene.prepared()
    time = np.load(prepared.folder / "time.npy")
    old = scene.trained(prepared, error=1.5)
    client().set_model_version_tag(MODEL, str(old[0]), "chosen_until", f"{time[TRAIN + 1000]}Z")
    scene.promote([old], prepared)

    outcome = scene.promote([scene.trained(prepared, error=1.0, seed=2)], prepared)

    windows = np.load(prepared.folder / "judging_starts.npy").size
    assert f"On {windows - 1001} windows that chose neither" in evidence(outcome, "champion")
