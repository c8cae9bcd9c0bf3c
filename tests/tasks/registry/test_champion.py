"""The champion is the one that the registry names, and is loaded once."""

import pytest
from scene import MODEL

from jena_models.errors import ArtifactsUnreachableError, RescoringError, StoreUnreachableError
from tasks.registry import champion
from tasks.registry.by_hand import promote_by_hand, rollback
from tasks.registry.champion import NoChampion, champion_or_why_not, load_champion
from tasks.tracking import store


@pytest.fixture(autouse=True)
def _none_is_loaded():
    champion._loaded.cache_clear()


@pytest.fixture
def reloads(monkeypatch) -> list[int]:
    versions, reload = [], champion.reload

    def counted(client, model_name, version):
        versions.append(version)
        return reload(client, model_name, version)

    monkeypatch.setattr(champion, "reload", counted)
    return versions


def test_without_a_store_there_is_no_champion_and_none_is_made(home, caplog):
    with caplog.at_level("WARNING", logger="jena"):
        assert load_champion.fn(MODEL) is None

    assert "has no champion yet" in caplog.text
    assert list(home.iterdir()) == []


def test_versions_without_a_champion_are_none(scene, caplog):
    assert load_champion.fn(MODEL) is None
    scene.version()
    with caplog.at_level("WARNING", logger="jena"):
        assert load_champion.fn(MODEL) is None

    assert "until a version passes every gate, or choose one with `jena registry promote`" in caplog.text


def test_the_champion_is_loaded_once_for_all_its_forecasts(scene, reloads):
    scene.version()
    chosen = scene.version(architecture="conv1d")
    promote_by_hand(MODEL, chosen)

    loaded = [load_champion.fn(MODEL) for _ in range(3)]

    assert reloads == [chosen]
    assert (loaded[0].model, loaded[0].version, loaded[0].architecture) == (MODEL, chosen, "conv1d")
    assert loaded[2] is loaded[0]


@pytest.mark.slow
def test_a_promotion_and_a_rollback_are_seen_at_once(scene, reloads):
    first, second = scene.version(), scene.version()
    promote_by_hand(MODEL, first)
    seen = [load_champion.fn(MODEL).version]
    promote_by_hand(MODEL, second)
    seen.append(load_champion.fn(MODEL).version)
    rollback(MODEL)
    seen.append(load_champion.fn(MODEL).version)

    assert seen == [first, second, first]
    assert reloads == [first, second]


def test_a_champion_that_cannot_be_loaded_is_named(scene):
    version = scene.version()
    promote_by_hand(MODEL, version)
    next(scene.home.glob("artifacts-*/model/**/behaviour.json")).write_text("not JSON")

    with pytest.raises(RescoringError, match=rf"Version {version} of {MODEL} cannot be loaded"):
        load_champion.fn(MODEL)


@pytest.mark.usefixtures("home")
def test_a_store_that_does_not_answer_is_told_and_tried_again(monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    store._open.cache_clear()

    with pytest.raises(StoreUnreachableError, match=r"http://127\.0\.0\.1:9 cannot be used"):
        load_champion.fn(MODEL)
    assert load_champion.retries == 3
    assert load_champion.retry_delay_seconds == [1.0, 5.0, 20.0]


class State:
    def __init__(self, data):
        self.data = data


def test_only_a_store_that_may_come_back_is_tried_again():
    assert load_champion.retry_condition_fn(None, None, State(StoreUnreachableError("away")))
    assert not load_champion.retry_condition_fn(None, None, State(RescoringError("broken")))


@pytest.mark.parametrize(
    ("error", "has_one"),
    [
        (RescoringError("Version 3 cannot be loaded."), True),
        (ArtifactsUnreachableError("The artifacts can neither be kept nor had."), True),
        (StoreUnreachableError("The tracking store cannot be used."), False),
    ],
)
def test_a_fallback_is_asked_where_the_registry_answers_that_there_is_a_champion(error, has_one):
    def load(model_name):
        raise error

    assert champion_or_why_not(load, MODEL) == NoChampion(str(error).rstrip("."), MODEL, has_one)


def test_a_champion_that_is_no_more_is_told_in_a_sentence(scene):
    scene.version()
    scene.alias_of_a_lost_version(77)

    with pytest.raises(RescoringError, match=r"There is no version 77 of .* any more; .*jena registry promote"):
        load_champion.fn(MODEL)
