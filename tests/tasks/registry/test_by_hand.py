import json
import shutil
from datetime import timedelta

import mlflow
import pytest
from scene import MODEL, NOW

from jena_models.errors import RegistryError, StoreUnreachableError
from tasks.registry import champion_changes
from tasks.registry.by_hand import promote_by_hand, render, render_gates, rollback, standing
from tasks.tracking.store import client


def at(hours: int):
    return NOW + timedelta(hours=hours)


@pytest.mark.slow
def test_rollback_restores_the_previous_champion_and_a_second_one_undoes_the_first(scene):
    first, second = scene.version(), scene.version()
    promote_by_hand(MODEL, first, at(1))
    promote_by_hand(MODEL, second, at(2))

    rollback(MODEL, at(3))
    once = scene.aliases()
    rollback(MODEL, at(4))

    assert once == {"champion": first, "previous": second}
    assert scene.aliases() == {"champion": second, "previous": first}


def test_rollback_without_a_previous_champion_says_so_and_changes_nothing(scene):
    promote_by_hand(MODEL, scene.version(), at(1))
    before = scene.aliases()

    with pytest.raises(RegistryError, match=r"no previous champion.*jena registry promote"):
        rollback(MODEL)

    assert scene.aliases() == before


WRITES = ("set_registered_model_tag", "set_registered_model_alias", "delete_registered_model_tag")


def cut_short(monkeypatch, change, after: int) -> bool:
    """Make a change on a store that is full after so many writes; tells whether it was cut short."""
    written = 0

    def counted(write):
        def call(*given, **named):
            nonlocal written
            if written == after:
                raise StoreUnreachableError("The disk is full.")
            written += 1
            return write(*given, **named)

        return call

    with monkeypatch.context() as patch:
        for name in WRITES:
            patch.setattr(mlflow.MlflowClient, name, counted(getattr(mlflow.MlflowClient, name)))
        try:
            change()
        except StoreUnreachableError:
            return True
    return False


@pytest.mark.slow
def test_the_same_command_again_completes_what_was_cut_short_wherever_it_was(scene, monkeypatch):
    """Given a promotion and a rollback cut short at each write, when asked again, then each is done once."""
    first, second = scene.version(), scene.version()
    promote_by_hand(MODEL, first, at(1))
    chain = [(first, None)]
    for change, champion, replaced in (
        (lambda: promote_by_hand(MODEL, second, at(2)), second, first),
        (lambda: rollback(MODEL, at(3)), first, second),
    ) * 6:
        cut = cut_short(monkeypatch, change, after=(len(chain) - 1) // 2)
        told = scene.aliases()["champion"]
        assert told in (champion, replaced)
        if cut:
            assert change().version == champion
        chain.append((champion, replaced))

        assert scene.aliases() == {"champion": champion, "previous": replaced}
        assert [(each.version, each.replaced) for each in standing(MODEL).history] == chain
    assert not cut
    assert "change-under-way" not in client().get_registered_model(MODEL).tags


def test_a_rollback_that_was_not_told_of_is_completed_and_not_done_again(scene, monkeypatch, caplog):
    """Given one that is killed as it is about to be told, when asked again, then there was one rollback."""
    first, second = scene.version(), scene.version()
    promote_by_hand(MODEL, first, at(1))
    promote_by_hand(MODEL, second, at(2))
    with monkeypatch.context() as killed:
        killed.setattr(champion_changes.logger, "info", lambda *said: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            rollback(MODEL, at(3))

    caplog.clear()
    with caplog.at_level("INFO", logger="jena"):
        rollback(MODEL, at(4))

    assert scene.aliases() == {"champion": first, "previous": second}
    assert caplog.text.count("is the champion now") == 1


def test_what_was_cut_short_before_anything_changed_is_forgotten(scene, monkeypatch):
    first, second, third = scene.version(), scene.version(), scene.version()
    promote_by_hand(MODEL, first, at(1))
    promote_by_hand(MODEL, second, at(2))
    assert cut_short(monkeypatch, lambda: promote_by_hand(MODEL, third, at(3)), after=1)

    rollback(MODEL, at(4))

    assert scene.aliases() == {"champion": first, "previous": second}
    assert [each.version for each in standing(MODEL).history] == [first, second, first]


def test_another_change_completes_what_was_cut_short_before_it(scene, monkeypatch):
    first, second = scene.version(), scene.version()
    promote_by_hand(MODEL, first, at(1))
    assert cut_short(monkeypatch, lambda: promote_by_hand(MODEL, second, at(2)), after=2)
    assert scene.aliases() == {"champion": second}

    rollback(MODEL, at(3))

    assert scene.aliases() == {"champion": first, "previous": second}
    assert [each.version for each in standing(MODEL).history] == [first, second, first]


def test_unknown_version_is_refused_with_the_known_ones(scene):
    first, second = scene.version(), scene.version()

    with pytest.raises(RegistryError, match=rf"no version 99; its versions are: {first}, {second}\."):
        promote_by_hand(MODEL, 99)


def test_champion_is_not_promoted_twice(scene):
    version = scene.version()
    promote_by_hand(MODEL, version, at(1))

    with pytest.raises(RegistryError, match="already"):
        promote_by_hand(MODEL, version, at(2))

    assert len(standing(MODEL).history) == 1


def test_unknown_model_is_refused_with_the_nearest_name(scene):
    scene.version()

    with pytest.raises(RegistryError, match=f"did you mean '{MODEL}'"):
        standing(f"{MODEL}s")


def test_question_before_the_first_run_makes_no_store(home):
    with pytest.raises(RegistryError, match="jena train"):
        standing(MODEL)

    assert list(home.iterdir()) == []


def test_standing_tells_every_version_and_the_history_in_order(scene):
    first, second, third, fourth = (scene.version(error=error) for error in (2.0, 1.9, 1.8, 1.7))
    promote_by_hand(MODEL, second, at(1))
    promote_by_hand(MODEL, first, at(2))
    client().set_model_version_tag(MODEL, str(third), "gate.data", "passed: good.")
    client().set_model_version_tag(MODEL, str(third), "gate.reload", "closed: Off: by 3 °C.")

    told = standing(MODEL)

    assert [(v.version, v.standing) for v in told.versions] == [
        (fourth, "candidate"),
        (third, "challenger"),
        (second, "previous"),
        (first, "champion"),
    ]
    assert (told.champion, told.previous) == (first, second)
    assert [(c.time, c.version, c.replaced, c.way) for c in told.history] == [
        (at(1), second, None, "by hand"),
        (at(2), first, second, "by hand"),
    ]
    assert [v.val_mae for v in told.versions] == [1.7, 1.8, 1.9, 2.0]
    assert [(g.gate, g.passed, g.evidence) for g in told.versions[1].gates] == [
        ("data", True, "good."),
        ("reload", False, "Off: by 3 °C."),
    ]
    json.dumps(told.model_dump(mode="json"), allow_nan=False)


def test_tables_show_champion_history_and_every_gate_with_its_evidence(scene):
    prepared = scene.prepared()
    challenger = scene.trained(prepared, "conv1d", error=1.25, val_skill=-0.5)
    outcome = scene.promote([challenger], prepared)
    promote_by_hand(MODEL, challenger[0], at(1))

    table, gates = render(standing(MODEL)), render_gates(outcome)

    for said in (f"version {challenger[0]} is the champion", "conv1d", "1.250", "✓", "✗", "hand"):
        assert said in table
    flowing = " ".join(gates.split())
    for verdict in outcome.gates:
        assert verdict.gate in flowing
    assert "-0.500" in flowing
    assert outcome.sentence in flowing
    assert "\x1b" not in table + gates


def test_a_version_whose_files_are_gone_is_not_made_the_champion(scene):
    first, second = scene.version(), scene.version()
    promote_by_hand(MODEL, first, at(1))
    shutil.rmtree(client().get_model_version_download_uri(MODEL, str(second)))

    with pytest.raises(RegistryError, match=r"files of version 2 .* are gone"):
        promote_by_hand(MODEL, second, at(2))

    assert scene.aliases() == {"champion": first}


def test_an_alias_of_a_version_that_is_no_more_does_not_stand_in_the_way(scene):
    version = scene.version()
    scene.alias_of_a_lost_version(77)

    promote_by_hand(MODEL, version, at(1))

    assert scene.aliases() == {"champion": version}


def test_rollback_to_a_version_whose_files_are_gone_is_refused(scene):
    first, second = scene.version(), scene.version()
    promote_by_hand(MODEL, first, at(1))
    promote_by_hand(MODEL, second, at(2))
    shutil.rmtree(client().get_model_version_download_uri(MODEL, str(first)))

    with pytest.raises(RegistryError, match=r"files of version 1 .* are gone"):
        rollback(MODEL, at(3))

    assert scene.aliases() == {"champion": second, "previous": first}


def test_what_a_person_writes_in_tags_of_the_same_names_stands_in_nobodys_way(scene):
    first, second = scene.version(), scene.version()
    promote_by_hand(MODEL, first, at(1))
    client().set_model_version_tag(MODEL, str(first), "val_mae", "rather good")
    client().set_model_version_tag(MODEL, str(second), "val_mae", "nan")
    client().set_registered_model_tag(MODEL, "change.note", "looks fine since the new sensor")

    promote_by_hand(MODEL, second, at(2))
    shown = standing(MODEL)

    assert [version.val_mae for version in shown.versions] == [None, None]
    assert [change.version for change in shown.history] == [first, second]
