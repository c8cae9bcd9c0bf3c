"""What a fleet costs takes hours to measure: what was found stays, and a repeat goes on where it was stopped."""

import pytest
from click.testing import CliRunner

from benchmarks.fleet import scale
from benchmarks.fleet.__main__ import main
from benchmarks.fleet.measured_command import Cost
from jena_models.errors import RequestError

WORKS = ["ridge", "shared", "forecast", "monitor"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("JENA_HOME", "to be put back")
    return tmp_path


@pytest.fixture
def measured(monkeypatch):
    """What is run, as its work and its stations; it may be stopped before one of them."""
    done = []

    def run(arguments, file, workers):
        home = file.parent.parent
        count, work = int(home.name), _work(arguments)
        if run.stopped_at == (count, work):
            (home / "forecasts").mkdir()  # as far as it came
            raise KeyboardInterrupt
        done.append((count, work))
        (home / "mlflow.db").write_text(work)
        return Cost(wall_seconds=6.0 * count, processor_seconds=10.0 * count, peak_mib=500.0, failed=0)

    def simulated(count, folder):
        folder.mkdir(exist_ok=True)
        (folder / "s0000.csv").write_text("readings")
        return folder / "fleet.yaml", "2015-12-31T22:00"

    run.stopped_at = None
    monkeypatch.setattr(scale, "measured_command", run)
    monkeypatch.setattr(scale, "simulated_fleet", simulated)
    return run, done


def _work(arguments):
    return next(work for work, told in scale.WORKS.items() if arguments[: len(told)] == told)


def test_what_was_found_before_a_stop_stays_and_a_repeat_measures_the_rest(folder, measured, capsys):
    run, done = measured
    run.stopped_at = (10, "forecast")
    with pytest.raises(KeyboardInterrupt):
        scale.measure([1, 10, 100], WORKS, 2, folder)

    assert done == [(1, "ridge"), (1, "forecast"), (1, "monitor"), (10, "ridge"), (10, "shared")]
    assert [line.split(" | ")[:3] for line in scale.costs(folder).splitlines()[-3:]] == [
        ["| 1", "monitor (ridge)", "6"],
        ["| 10", "ridge", "60"],
        ["| 10", "shared", "60"],
    ]

    # When it is repeated, what the stopped work left is gone, and what was trained is there
    run.stopped_at = None
    done.clear()
    scale.measure([1, 10, 100], WORKS, 2, folder)

    assert done == [(10, "forecast"), (10, "monitor"), *((100, work) for work in WORKS)]
    assert not (folder / "10" / "forecasts").exists()
    assert "ridge at 1 stations was measured before" in capsys.readouterr().err


@pytest.mark.usefixtures("measured")
def test_a_training_begins_with_readings_alone_and_says_how_long_it_may_take(folder, capsys):
    scale.measure([10], ["ridge"], 2, folder)
    (folder / "10" / ".cache").mkdir()
    scale.measure([10, 1000], ["shared", "ridge"], 2, folder)

    assert not (folder / "10" / ".cache").exists()
    assert (folder / "10" / "stations" / "s0000.csv").exists()
    assert "ridge at 1,000 stations begins; at 10 stations it took so long that it may take 100 minutes" in (
        capsys.readouterr().err
    )


def test_champions_of_another_training_are_not_taken_for_those_that_are_asked_for(folder, measured):
    _, done = measured
    scale.measure([10], ["ridge"], 2, folder)
    scale.measure([10], ["shared"], 2, folder)
    done.clear()
    scale.measure([10], ["ridge", "forecast"], 2, folder)

    assert done == [(10, "ridge"), (10, "forecast")]
    assert len(scale.kept(folder)) == 3


@pytest.mark.usefixtures("measured")
def test_what_needs_a_champion_is_left_out_where_nothing_trains_one(folder, capsys):
    scale.measure([1], ["shared", "forecast"], 2, folder)

    assert scale.kept(folder) == ()
    assert "no work before it trains any champion" in capsys.readouterr().err


def test_a_work_that_there_is_not_is_refused_before_anything_is_measured(folder, measured):
    with pytest.raises(RequestError, match="no work 'forcast'"):
        scale.measure([1], ["ridge", "forcast"], 2, folder)

    assert measured[1] == []


def test_a_folder_without_the_page_is_refused_before_anything_is_measured(tmp_path):
    ended = CliRunner().invoke(main, ["--scale", "1", "--output", str(tmp_path)])

    assert ended.exit_code == 2
    assert f"{tmp_path} has no page fleet.md" in " ".join(ended.output.replace("│", " ").split())
