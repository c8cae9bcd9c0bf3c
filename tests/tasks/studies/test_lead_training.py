"""Further leads of a study: the best is trained for each, on the study's own splits, and told beside its row."""

import numpy as np
import pytest
from small_study import SETTINGS, small_prepared

from jena_models.evaluation.metrics import skill
from tasks.studies.lead_metrics import by_lead, lead_name
from tasks.studies.lead_training import further_leads, train_lead
from tasks.studies.leaderboard import render, rows
from tasks.studies.study import Trained, begin_study
from tasks.studies.study_run import open_architecture_run
from tasks.tracking.runs import finish_architecture_run
from tasks.tracking.store import client
from tasks.training.fit import fit_architecture
from tasks.workspace.stage_results import LeaderboardRow, LeadSkill

CHOSEN = SETTINGS.model_copy(
    update={"leads_hours": (6.0, 1.0), "workers": 1, "architectures": ("persistence", "ridge")}
)


def trained_study(home):
    prepared = small_prepared(home / "prepared")
    begun, trained = begin_study.fn(prepared, CHOSEN), []
    for name in CHOSEN.architectures:
        fit = fit_architecture(name, prepared, CHOSEN)
        run_id = open_architecture_run(begun, name, CHOSEN, prepared)
        finish_architecture_run(run_id, fit, prepared)
        trained.append(Trained(architecture=name, fit=fit, run_id=run_id, version=None))
    return prepared, begun, trained


def test_the_best_is_trained_for_each_lead_and_its_run_and_row_tell(home):
    # Given a study of which persistence is the better one, which nothing can be trained of
    prepared, begun, trained = trained_study(home)

    # When
    found = [train_lead.fn(lead, trained, prepared, begun, CHOSEN) for lead in further_leads(CHOSEN)]

    # Then
    assert [each.lead_hours for each in found] == [1, 6, 24]
    metrics = client().get_run(trained[1].run_id).data.metrics
    assert metrics["test_skill_lead_06h"] == found[1].test_skill
    # the horizon's own figures are the study's
    assert found[2].test_mae == trained[1].fit.result.test_mae
    # persistence at the same lead is what each is measured by
    target, times = np.load(prepared.folder / "target.npy"), np.load(prepared.folder / "time.npy")
    for each in found[:2]:
        lead = int(each.lead_hours)
        issued = np.arange(450 + 11, 600 - lead)
        persistence = np.abs(target[issued + lead].astype(float) - target[issued]).mean()
        assert times[issued[0]] > times[450]
        assert each.test_skill == pytest.approx(skill(each.test_mae, persistence), abs=1e-4)

    client().set_terminated(begun.run_id, "FINISHED")
    told = {row.architecture: row.by_lead for row in rows(begun.identity)}
    assert told == {"persistence": (), "ridge": tuple(found)}


def test_a_study_of_one_horizon_trains_for_no_other(home):
    assert further_leads(SETTINGS) == ()
    assert further_leads(SETTINGS.model_copy(update={"leads_hours": (24.0,)})) == ()
    assert further_leads(SETTINGS.model_copy(update={"leads_hours": (48.0, 1.0)})) == (1, 24, 48)


def test_a_study_of_persistence_alone_has_nothing_to_train(home):
    prepared, begun, trained = trained_study(home)

    assert train_lead.fn(6.0, trained[:1], prepared, begun, CHOSEN) is None


@pytest.mark.parametrize("lead", [0.5, 1, 6, 12.5, 24, 48])
def test_names_of_metrics_are_read_back(lead):
    metrics = {f"{name}_{lead_name(lead)}": 0.5 for name in ("val_mae", "val_skill", "test_mae", "test_skill")}

    (found,) = by_lead(metrics | {"val_mae": 1.0, "epoch/val_mae": 2.0})

    assert found.lead_hours == lead


def test_the_leaderboard_shows_skill_by_lead_where_there_is_any():
    skills = tuple(
        LeadSkill(lead_hours=lead, val_mae=1, val_skill=0.1 * lead / 24, test_mae=1, test_skill=0.2 * lead / 24)
        for lead in (1.0, 6.0, 24.0)
    )
    row = LeaderboardRow.model_construct(
        **dict.fromkeys(("val_mae", "test_mae", "val_rmse", "test_rmse", "val_skill", "test_skill"), 0.1),
        **{"architecture": "ridge", "parameters": 3, "best_epoch": 1, "seconds_per_epoch": 1.0, "version": None},
        **{"standing": "", "run_id": "r", "study": "s"},
    )

    assert "Skill by lead" not in render([row])
    shown = render([row.model_copy(update={"by_lead": skills})])
    assert "Skill by lead" in shown
    assert "ridge, validation   +0.4%   +2.5%   +10.0%" in shown
    assert "ridge, test         +0.8%   +5.0%   +20.0%" in shown
