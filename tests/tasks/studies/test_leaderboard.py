import json

import pytest
from mlflow import MlflowClient
from scene import MODEL, Scene

from jena_models.errors import RequestError
from jena_models.evaluation.comparisons import Comparison, Significance, Uncertainty
from tasks.registry.by_hand import promote_by_hand
from tasks.studies.leaderboard import ranks, render, rows, with_ties
from tasks.tracking.store import client
from tasks.workspace.stage_results import LeaderboardRow

NAMED_IN_THE_ISSUE = {
    "architecture", "val_mae", "test_mae", "val_skill", "test_skill", "parameters", "seconds_per_epoch", "version",
    "standing", "run_id", "study",
}  # fmt: skip


def run(scene: Scene, parent: str, architecture: str, val_mae: float, *, study="s1", status="FINISHED", version=None):
    tags = {"role": "architecture", "study": study, "architecture": architecture, "mlflow.parentRunId": parent}
    if version is not None:
        tags |= {"version": str(version), "model_name": MODEL}
    run_id = client().create_run(scene.experiment, tags=tags).info.run_id
    metrics = {"val_mae": val_mae, "test_mae": val_mae + 0.2, "val_rmse": 3.0, "test_rmse": 3.1, "val_skill": 0.1,
               "test_skill": 0.11, "parameters": 5889, "seconds_per_epoch": 12.5, "best_epoch": 7}  # fmt: skip
    for name, value in metrics.items():
        client().log_metric(run_id, name, value)
    if status:
        client().set_terminated(run_id, status)
    return run_id


def test_rows_are_ranked_by_validation_and_stand_as_the_registry_says_now(scene):
    parent = scene.parent_run()
    versions = [scene.version(), scene.version(), scene.version()]
    lstm = run(scene, parent, "lstm", 2.36, version=versions[0])
    run(scene, parent, "persistence", 2.44)
    run(scene, parent, "dense", 2.46, version=versions[1])
    run(scene, parent, "conv1d", 2.9, version=versions[2])
    promote_by_hand(MODEL, versions[1])
    promote_by_hand(MODEL, versions[0])

    ranked = rows("s1")

    assert [(r.architecture, r.version, r.standing) for r in ranked] == [
        ("lstm", versions[0], "champion"),
        ("persistence", None, ""),
        ("dense", versions[1], "previous"),
        ("conv1d", versions[2], "candidate"),
    ]
    best = ranked[0]
    assert (best.run_id, best.study, best.parameters, best.best_epoch) == (lstm, "s1", 5889, 7)
    assert (best.val_mae, best.test_mae, best.seconds_per_epoch) == (2.36, 2.56, 12.5)


def test_a_run_from_which_a_person_took_its_tag_goes_by_its_name(scene):
    run_id = run(scene, scene.parent_run(), "lstm", 2.36)
    client().delete_tag(run_id, "architecture")

    assert [row.architecture for row in rows("s1")] == [client().get_run(run_id).info.run_name]


def test_json_has_the_keys_that_scripts_rely_on(scene):
    run(scene, scene.parent_run(), "lstm", 2.36)

    plain = json.loads(json.dumps([row.model_dump(mode="json") for row in rows()], allow_nan=False))

    assert plain[0].keys() >= NAMED_IN_THE_ISSUE


def test_latest_finished_study_is_shown_where_none_is_named(scene):
    for study, status in (("first", "FINISHED"), ("second", "FINISHED"), ("third", "FAILED"), ("fourth", None)):
        run(scene, scene.parent_run(study, status), "lstm", 2.4, study=study)

    assert {row.study for row in rows()} == {"second"}
    assert {row.study for row in rows("fourth")} == {"fourth"}


def test_study_that_was_run_again_is_told_once(scene):
    for val_mae in (2.5, 2.4):
        run(scene, scene.parent_run("s1"), "lstm", val_mae)

    assert [row.val_mae for row in rows("s1")] == [2.4]


def test_runs_that_did_not_finish_are_no_result(scene):
    parent = scene.parent_run()
    run(scene, parent, "lstm", 2.4)
    run(scene, parent, "dense", 2.3, status="FAILED")
    run(scene, parent, "conv1d", 2.2, status=None)

    assert [row.architecture for row in rows()] == ["lstm"]


def test_unknown_study_is_refused_with_the_nearest(scene):
    scene.parent_run("a1b2c3d4e5f6")

    with pytest.raises(RequestError, match="did you mean 'a1b2c3d4e5f6'"):
        rows("a1b2c3d4e5f7")


def test_what_no_study_can_be_called_is_refused_as_unknown(scene):
    scene.parent_run("a1b2c3d4e5f6")

    with pytest.raises(RequestError, match="There is no study 'a' or 'b'"):
        rows("a' or 'b")


@pytest.mark.parametrize("named", [True, False])
def test_of_many_studies_the_one_that_is_shown_alone_is_read(scene, monkeypatch, named):
    # Given a fleet's studies, and a witness of how many runs the store is made to read
    for number in range(6):
        run(scene, scene.parent_run(f"s{number}"), "lstm", 2.4, study=f"s{number}")
    read, search = [], MlflowClient.search_runs

    def witness(store, experiments, wanted="", **more):
        found = search(store, experiments, wanted, **more)
        read.append(len(found))
        return found

    monkeypatch.setattr(MlflowClient, "search_runs", witness)

    assert [row.study for row in rows("s3" if named else None)] == ["s3" if named else "s5"]
    assert max(read) == 1


@pytest.mark.parametrize("study", [None, "abc"])
def test_no_study_at_all_says_what_to_run(scene, study):
    with pytest.raises(RequestError, match="jena train"):
        rows(study)


def test_question_before_the_first_run_makes_no_store(home):
    with pytest.raises(RequestError, match="jena train"):
        rows()

    assert list(home.iterdir()) == []


def test_table_marks_the_best_trained_and_names_persistence_as_the_one_to_beat(scene):
    parent = scene.parent_run()
    run(scene, parent, "persistence", 2.3)
    run(scene, parent, "lstm", 2.36, version=scene.version())
    run(scene, parent, "dense", 2.46)

    lines = render(rows()).splitlines()

    assert sum("★" in line for line in lines) == 1
    best = next(line for line in lines if "★" in line)
    for said in ("lstm", "2.360", "2.560", "+10.0%", "5,889", "12.5", "candidate"):
        assert said in best
    assert "to beat" in next(line for line in lines if "persistence" in line)


def test_errors_of_any_size_are_told_apart(scene):
    """In kg/kg every one was 0.000, or 0.001."""
    parent = scene.parent_run()
    run(scene, parent, "lstm", 0.00062)

    listed = rows()
    small = [each.model_copy(update={"test_mae": 0.00064}) for each in listed]

    assert "0.000620" in render(small)
    assert "0.000640" in render(small)


def test_empty_leaderboard_can_be_shown():
    assert "No architecture" in render(())


def seeded(
    scene, parent: str, seed: int, val_mae: float, *, architecture="lstm", parameters=5889, **changed: str
) -> str:
    """A finished run that says which seed, windows and settings it is of."""
    run_id = run(scene, parent, architecture, val_mae)
    client().set_tag(run_id, "prepared_hash", changed.pop("prepared_hash", "p1"))
    client().log_metric(run_id, "parameters", parameters)
    recipe = {"training.loss": "mse", f"hyperparameters.{architecture}.units": "16", "hyperparameters.dense.units": "8"}
    for name, value in (recipe | changed | {"seed": str(seed)}).items():
        client().log_param(run_id, name, value)
    return run_id


def test_spread_over_seeds_stands_beside_the_figure_where_two_seeds_or_more_were_trained(scene):
    for seed, val_mae in ((1, 2.30), (2, 2.36), (3, 2.33)):
        seeded(scene, scene.parent_run(f"s{seed}"), seed, val_mae)
    seeded(scene, scene.parent_run("s4"), 3, 2.33)  # once more: it is still three seeds

    (found,) = rows("s1")

    assert (found.val_mae, found.seeds) == (2.30, 3)
    assert found.val_mae_spread == pytest.approx(0.03)
    assert found.test_mae_spread == pytest.approx(0.03)
    assert "±0.030 (3)" in render((found,))


def test_runs_on_other_windows_or_of_other_settings_are_no_other_seed(scene):
    parent = scene.parent_run("s1")
    seeded(scene, parent, 1, 2.30)
    seeded(scene, parent, 1, 2.44, architecture="persistence", parameters=0)
    other = scene.parent_run("s2")
    seeded(scene, other, 2, 2.5, prepared_hash="p2")
    seeded(scene, other, 3, 2.6, **{"hyperparameters.lstm.units": "64"})
    seeded(scene, other, 4, 2.7, **{"training.loss": "mae"})
    seeded(scene, other, 5, 2.44, architecture="persistence", parameters=0)

    assert [(row.seeds, row.val_mae_spread) for row in rows("s1")] == [(1, None), (1, None)]

    # What other architectures were told does not count.
    seeded(scene, other, 6, 2.32, **{"hyperparameters.dense.units": "99"})
    assert [row.seeds for row in rows("s1")] == [2, 1]


def test_a_difference_that_seeds_make_is_a_tie():
    def row(architecture: str, val_mae: float, spread: float | None) -> LeaderboardRow:
        return LeaderboardRow.model_construct(architecture=architecture, val_mae=val_mae, val_mae_spread=spread)

    def standing(name: str, best_p_value: float) -> Uncertainty:
        return Uncertainty(split="validation", architecture=name, mae=2.3, lower=2, upper=3, best_p_value=best_p_value)

    pair = Comparison(split="validation", first="steady", second="best", difference=0.03, standard_error=0.01,
                      p_value=0.4, windows=9)  # fmt: skip
    shares = {"best": 1.0, "steady": 0.001, "fickle": 0.001, "near": 0.4}
    known = Significance(uncertainties=tuple(standing(*each) for each in shares.items()), comparisons=(pair,))
    ranked = [row("best", 2.3, 0.005), row("steady", 2.33, 0.005), row("fickle", 2.33, 0.05), row("near", 2.33, None),
              row("unknown", 2.33, None)]  # fmt: skip

    told = with_ties(ranked, known)

    assert [each.tied_with_best for each in told] == [True, False, True, True, None]
    assert ranks(told) == ("1=", "2", "1=", "1=", "5")
    assert ranks(with_ties(ranked, None)) == ("1", "2", "3", "4", "5")
