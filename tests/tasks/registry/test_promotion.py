import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import mlflow
import pytest
from gate_verdicts import evidence, open_except, verdicts
from scene import MODEL, NOW

from jena_models.errors import RegistryError
from jena_models.settings import Settings
from tasks.registry.by_hand import promote_by_hand, rollback, standing
from tasks.registry.promotion import as_it_stands, best_of
from tasks.tracking.run_contents import study_id
from tasks.tracking.store import client
from tasks.workspace.stage_results import Finding


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


@pytest.mark.slow
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


@pytest.mark.parametrize("doubt", [0.05, 4.0])
def test_challenger_that_is_too_sure_or_too_unsure_of_itself_is_not_promoted(scene, doubt):
    prepared = scene.prepared()
    old, new = scene.trained(prepared, error=1.1), scene.trained(prepared, error=1.0, doubt=doubt, seed=2)
    scene.promote([old], prepared)

    outcome = scene.promote([new], prepared)

    assert verdicts(outcome) == open_except("distribution")
    assert "that of the champion, version" in evidence(outcome, "distribution")


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [({"fails": "no column 'p'"}, "cannot forecast: no column 'p'"), ({"trained_until": None}, "until when")],
)
def test_champion_that_cannot_be_compared_with_stays_and_the_gate_says_why(scene, fault, sentence):
    prepared = scene.prepared()
    old = scene.version(**fault)
    client().set_registered_model_alias(MODEL, "champion", str(old))

    outcome = scene.promote([scene.trained(prepared, seed=2)], prepared)

    assert verdicts(outcome) == open_except("champion", "groups", "distribution")
    assert sentence in evidence(outcome, "champion")
    assert scene.aliases() == {"champion": old}


def test_champion_whose_files_are_gone_closes_the_gate(scene):
    prepared = scene.prepared()
    old = scene.version()
    client().set_registered_model_alias(MODEL, "champion", str(old))
    folder = Path(client().get_model_version_download_uri(MODEL, str(old)))
    (folder / "MLmodel").unlink()

    outcome = scene.promote([scene.trained(prepared, seed=2)], prepared)

    assert verdicts(outcome) == open_except("champion", "groups", "distribution")
    assert f"Version {old} of {MODEL} cannot be loaded" in evidence(outcome, "champion")


def test_challenger_that_cannot_be_loaded_back_is_not_promoted(scene):
    prepared = scene.prepared()
    version = scene.version(fails="broken")

    outcome = scene.promote([(version, scene.fit(prepared))], prepared)

    assert verdicts(outcome) == open_except("champion", "groups", "distribution", "reload")
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


def test_champion_that_comes_out_best_again_changes_nothing(scene):
    prepared = scene.prepared()
    challenger = scene.trained(prepared)
    first = scene.promote([challenger], prepared)

    again = scene.promote([challenger], prepared)

    assert not again.promoted
    assert "already" in again.sentence
    assert again.gates == first.gates
    assert scene.aliases() == {"champion": challenger[0]}


@pytest.mark.slow
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


@pytest.mark.slow
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
    [(tag, told)] = client().get_registered_model(MODEL).tags.items()
    client().delete_registered_model_tag(MODEL, tag)
    client().set_registered_model_tag(MODEL, "change-under-way", told)

    again = scene.promote([challenger], prepared)

    assert (again.promoted, again.sentence, again.gates) == (True, first.sentence, first.gates)
    assert [change.version for change in standing(MODEL).history] == [challenger[0]]


@pytest.mark.slow
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


def test_what_a_study_found_is_told_with_what_is_so_by_now(scene):
    prepared = scene.prepared()
    found = scene.promote([scene.trained(prepared)], prepared)
    assert as_it_stands(found) == found

    other = scene.version()
    promote_by_hand(MODEL, other)

    assert as_it_stands(found).champion == other
    assert as_it_stands(found).sentence == f"{found.sentence} By now version {other} is the champion."

    shutil.rmtree(client().get_model_version_download_uri(MODEL, str(other)))
    then = found.model_copy(update={"champion": other})
    assert f"But the files of version {other} are gone" in as_it_stands(then).sentence


@pytest.mark.parametrize("lost", ["version", "files", "model"])
def test_what_a_study_found_is_nothing_any_more_once_its_version_is_lost(scene, lost):
    prepared = scene.prepared()
    found = scene.promote([scene.trained(prepared)], prepared)
    folder = client().get_model_version_download_uri(MODEL, "1")
    {
        "version": lambda: client().delete_model_version(MODEL, "1"),
        "files": lambda: shutil.rmtree(folder),
        "model": lambda: client().delete_registered_model(MODEL),
    }[lost]()

    assert as_it_stands(found) is None
