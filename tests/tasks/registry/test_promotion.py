import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import mlflow
import numpy as np
import pytest
from scene import MODEL, NOW, TRAIN, Scene

from jena_models.errors import RegistryError
from jena_models.settings import Settings
from tasks.registry.by_hand import promote_by_hand, rollback, standing
from tasks.registry.promotion import best_of
from tasks.tracking.run_contents import study_id
from tasks.tracking.store import client
from tasks.workspace.stage_results import Finding


@pytest.fixture
def scene(home: Path) -> Scene:
    return Scene(home)


def verdicts(outcome) -> dict[str, bool]:
    return {verdict.gate: verdict.passed for verdict in outcome.gates}


def evidence(outcome, gate: str) -> str:
    return next(verdict.evidence for verdict in outcome.gates if verdict.gate == gate)


def open_except(*closed: str) -> dict[str, bool]:
    return {gate: gate not in closed for gate in ("data", "persistence", "champion", "groups", "coverage", "reload")}


def test_first_challenger_that_passes_every_gate_becomes_the_champion(scene):
    prepared = scene.prepared()
    worse, better = scene.trained(prepared, "dense", error=2.0), scene.trained(prepared, "lstm", error=1.0)

    outcome = scene.promote([worse, better], prepared)

    assert verdicts(outcome) == open_except()
    assert (outcome.promoted, outcome.challenger, outcome.champion) == (True, better[0], better[0])
    assert scene.aliases() == {"champion": better[0]}


def test_verdicts_and_evidence_are_tagged_on_the_version(scene):
    prepared = scene.prepared()
    challenger = scene.trained(prepared, val_skill=0.01)

    outcome = scene.promote([challenger], prepared)

    tags = client().get_model_version(MODEL, str(challenger[0])).tags
    assert tags["gate.persistence"] == f"closed: {evidence(outcome, 'persistence')}"
    assert tags["gate.reload"].startswith("passed: ")


def test_every_gate_gives_its_verdict_even_where_the_first_is_closed(scene):
    failed = Finding(expectation="p", outcome="fail", rows=3, example="", sentence="3 rows of p are impossible.")
    prepared = scene.prepared(findings=[failed])

    outcome = scene.promote([scene.trained(prepared, val_skill=-1.0, off_by=0.5)], prepared)

    assert verdicts(outcome) == open_except("data", "persistence", "reload")
    assert "3 rows of p" in evidence(outcome, "data")
    assert scene.aliases() == {}
    assert "gates data, persistence and reload" in outcome.sentence


def test_simulated_readings_never_make_a_champion_of_the_real_station(scene):
    prepared = scene.prepared(kind="simulated")

    refused = scene.promote([scene.trained(prepared)], prepared)
    model = f"{MODEL}-simulated"
    accepted = scene.promote([scene.trained(prepared, model=model)], prepared, model=model)

    assert verdicts(refused) == open_except("data")
    assert accepted.promoted


def test_better_challenger_replaces_the_champion_which_becomes_the_previous_one(scene):
    prepared = scene.prepared()
    old, new = scene.trained(prepared, error=1.5), scene.trained(prepared, error=1.0, seed=2)
    scene.promote([old], prepared)

    outcome = scene.promote([new], prepared)

    assert outcome.promoted
    assert scene.aliases() == {"champion": new[0], "previous": old[0]}


def test_challenger_that_is_better_by_accident_leaves_the_champion_where_it_is(scene):
    prepared = scene.prepared()
    old, new = scene.trained(prepared, error=1.0, seed=1), scene.trained(prepared, error=0.999, seed=2)
    scene.promote([old], prepared)

    outcome = scene.promote([new], prepared)

    assert verdicts(outcome) == open_except("champion")
    assert not outcome.promoted
    assert scene.aliases() == {"champion": old[0]}


def test_old_champion_gives_way_to_one_that_is_about_as_good(scene):
    prepared = scene.prepared()
    old, new = scene.trained(prepared, error=1.0, seed=1), scene.trained(prepared, error=1.0, seed=2)
    scene.promote([old], prepared)

    young = scene.promote([new], prepared, tolerance=0.1, now=NOW + timedelta(days=89))
    aged = scene.promote([new], prepared, tolerance=0.1, now=NOW + timedelta(days=91))

    assert (young.promoted, aged.promoted) == (False, True)


def test_challenger_that_fails_in_one_season_is_not_promoted(scene):
    prepared = scene.prepared()
    old = scene.trained(prepared, error=1.5, seed=1)
    new = scene.trained(prepared, error=0.8, errors={"12": 1.9, "1": 1.9, "2": 1.9}, seed=2)
    scene.promote([old], prepared)

    outcome = scene.promote([new], prepared)

    assert verdicts(outcome) == open_except("groups")
    assert "in winter" in evidence(outcome, "groups")


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

    assert verdicts(outcome) == open_except("champion", "groups")
    assert "at least 100 are needed" in evidence(outcome, "champion")


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [({"fails": "no column 'p'"}, "cannot forecast: no column 'p'"), ({"trained_until": None}, "until when")],
)
def test_champion_that_cannot_be_compared_with_stays_and_the_gate_says_why(scene, fault, sentence):
    prepared = scene.prepared()
    old = scene.version(**fault)
    client().set_registered_model_alias(MODEL, "champion", str(old))

    outcome = scene.promote([scene.trained(prepared, seed=2)], prepared)

    assert verdicts(outcome) == open_except("champion", "groups")
    assert sentence in evidence(outcome, "champion")
    assert scene.aliases() == {"champion": old}


def test_champion_whose_files_are_gone_closes_the_gate(scene):
    prepared = scene.prepared()
    old = scene.version()
    client().set_registered_model_alias(MODEL, "champion", str(old))
    folder = Path(client().get_model_version_download_uri(MODEL, str(old)))
    (folder / "MLmodel").unlink()

    outcome = scene.promote([scene.trained(prepared, seed=2)], prepared)

    assert verdicts(outcome) == open_except("champion", "groups")
    assert f"Version {old} of {MODEL} cannot be loaded" in evidence(outcome, "champion")


def test_challenger_that_cannot_be_loaded_back_is_not_promoted(scene):
    prepared = scene.prepared()
    version = scene.version(fails="broken")

    outcome = scene.promote([(version, scene.fit(prepared))], prepared)

    assert verdicts(outcome) == open_except("champion", "groups", "reload")
    assert "broken" in evidence(outcome, "reload")


@pytest.mark.parametrize(("held", "passed"), [(0.86, True), (0.84, False), (0.96, False)])
def test_challenger_whose_intervals_do_not_hold_what_they_say_is_not_promoted(scene, held, passed):
    prepared = scene.prepared()

    outcome = scene.promote([scene.trained(prepared, held=held)], prepared, coverage_tolerance=0.05)

    assert verdicts(outcome)["coverage"] is passed
    assert outcome.promoted is passed
    assert f"90 % hold {100 * held:.1f} %" in evidence(outcome, "coverage")


@pytest.mark.parametrize(("off_by", "passed"), [(5e-5, True), (2e-3, False)])
def test_version_must_forecast_what_was_trained(scene, off_by, passed):
    prepared = scene.prepared()

    outcome = scene.promote([scene.trained(prepared, off_by=off_by)], prepared)

    assert verdicts(outcome)["reload"] is passed
    assert outcome.promoted is passed


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


def test_champion_that_comes_out_best_again_changes_nothing(scene):
    prepared = scene.prepared()
    challenger = scene.trained(prepared)
    first = scene.promote([challenger], prepared)

    again = scene.promote([challenger], prepared)

    assert not again.promoted
    assert "already" in again.sentence
    assert again.gates == first.gates
    assert scene.aliases() == {"champion": challenger[0]}


def test_version_that_a_person_rolled_back_does_not_come_back_by_itself(scene):
    prepared = scene.prepared()
    old, new = scene.trained(prepared, error=1.5), scene.trained(prepared, error=1.0, seed=2)
    scene.promote([old], prepared)
    scene.promote([new], prepared)
    rollback(MODEL, NOW)

    outcome = scene.promote([new], prepared)

    assert verdicts(outcome) == open_except("champion")
    assert f"jena registry promote {new[0]}" in evidence(outcome, "champion")
    assert scene.aliases()["champion"] == old[0]


def test_crash_between_the_two_aliases_leaves_the_old_champion_and_the_next_run_finishes(scene, monkeypatch):
    prepared = scene.prepared()
    old, new = scene.trained(prepared, error=1.5), scene.trained(prepared, error=1.0, seed=2)
    scene.promote([old], prepared)
    set_alias = mlflow.MlflowClient.set_registered_model_alias

    def crash(store, name, alias, version):
        if alias == "champion":
            raise KeyboardInterrupt
        set_alias(store, name, alias, version)

    monkeypatch.setattr(mlflow.MlflowClient, "set_registered_model_alias", crash)
    with pytest.raises(KeyboardInterrupt):
        scene.promote([new], prepared)
    monkeypatch.setattr(mlflow.MlflowClient, "set_registered_model_alias", set_alias)
    between = scene.aliases()
    outcome = scene.promote([new], prepared)

    assert between["champion"] == old[0]
    assert outcome.promoted
    assert scene.aliases() == {"champion": new[0], "previous": old[0]}


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


def test_best_is_the_lowest_validation_error_of_a_trained_architecture(scene):
    prepared = scene.prepared()
    fits = {
        name: scene.fit(prepared, name, val_mae=mae)
        for name, mae in (("persistence", 0.1), ("dense", float("nan")), ("lstm", 2.0), ("conv1d", 2.0))
    }

    best = best_of([(1, fits["persistence"]), (2, fits["dense"]), (3, fits["lstm"]), (4, fits["conv1d"])])

    assert best == (3, fits["lstm"])
    assert best_of([(1, fits["persistence"])]) is None


def test_study_without_registered_versions_promotes_nothing(scene):
    outcome = scene.promote([], scene.prepared())

    assert (outcome.challenger, outcome.champion, outcome.promoted, outcome.gates) == (None, None, False, ())


def test_a_champion_is_not_replaced_on_windows_that_chose_the_challenger(scene):
    prepared = scene.prepared()
    np.save(prepared.folder / "validation_starts.npy", np.load(prepared.folder / "judging_starts.npy"))
    np.save(prepared.folder / "judging_starts.npy", np.empty(0, np.int64))
    first = scene.promote([scene.trained(prepared, error=2.0)], prepared)

    outcome = scene.promote([scene.trained(prepared, error=1.0, seed=2)], prepared)

    assert first.promoted
    assert verdicts(outcome) == open_except("champion", "groups")
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


def test_a_lost_champion_is_named_and_no_gate_is_blamed(scene):
    prepared = scene.prepared()
    old = scene.version()
    client().set_registered_model_alias(MODEL, "champion", str(old))
    shutil.rmtree(client().get_model_version_download_uri(MODEL, str(old)))
    new = scene.trained(prepared, seed=2)

    outcome = scene.promote([new], prepared)

    assert f"cannot be compared with the champion: Version {old} of {MODEL} cannot be loaded" in outcome.sentence
    assert f"`jena registry promote {new[0]}`" in outcome.sentence
    assert "did not pass" not in outcome.sentence


def test_a_promotion_that_was_cut_short_is_told_as_one_and_stands_in_the_history(scene):
    prepared = scene.prepared()
    challenger = scene.trained(prepared)
    study = study_id(prepared, Settings())
    client().set_model_version_tag(MODEL, str(challenger[0]), "study", study)
    first = scene.promote([challenger], prepared)
    for tag in [tag for tag in client().get_registered_model(MODEL).tags if tag.startswith("change.")]:
        client().delete_registered_model_tag(MODEL, tag)

    again = scene.promote([challenger], prepared)

    assert (again.promoted, again.sentence, again.gates) == (True, first.sentence, first.gates)
    assert [change.version for change in standing(MODEL).history] == [challenger[0]]


def test_changes_by_the_gates_by_hand_and_back_at_once_leave_one_history(scene):
    prepared = scene.prepared()
    versions = [scene.trained(prepared, error=2.0 - number / 10, seed=number) for number in range(4)]
    by_hand = [scene.version() for _ in range(4)]
    scene.promote([versions[0]], prepared)

    def change(number: int) -> None:
        with suppress(RegistryError):
            if number % 3 == 0:
                promote_by_hand(MODEL, by_hand[number // 3])
            elif number % 3 == 1:
                rollback(MODEL)
            else:
                scene.promote([versions[1 + number // 3]], prepared)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(change, range(9)))

    history = standing(MODEL).history
    assert history[0].replaced is None
    assert [change.replaced for change in history[1:]] == [change.version for change in history[:-1]]
    assert scene.aliases()["champion"] == history[-1].version
    assert scene.aliases()["previous"] == history[-1].replaced
