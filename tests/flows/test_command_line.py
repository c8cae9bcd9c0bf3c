"""The command line: help that helps, and requests that are refused before anything starts."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from flows.command_line import jena, main
from jena_models.errors import RequestError


def ended(capsys, *arguments):
    with pytest.raises(SystemExit) as end:
        main(list(arguments))
    printed = capsys.readouterr()
    return end.value.code, printed.out, printed.err


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["trian"], "There is no command 'trian'; did you mean 'train'?"),
        (["train", "--profil", "quick"], "No such option '--profil'"),
        (["train", "--profile", "quik"], "There is no profile 'quik'; did you mean 'quick'?"),
        (["train", "--architectures", "ltsm"], "There is no architecture 'ltsm'; did you mean 'lstm'?"),
        (["train", "--set", "lstm.unit=8"], "There is no setting 'lstm.unit'; did you mean 'lstm.units'?"),
        (["train", "--set", "lstm.units"], "write it as key=value"),
        (["train", "--workers", "0"], "'--workers': '0' is no whole number of at least 1."),
        (["train", "--workers", "abc"], "'--workers': 'abc' is no whole number of at least 1."),
        (["page", "--port", "99999"], "'--port': '99999' is no whole number from 0 to 65535."),
        (["train", "--source", "nowhere/readings.csv"], "nowhere/readings.csv"),
        (
            ["forecast", "--station", "jena", "--set", "station=hill.yaml"],
            "'jena' by --station and 'hill.yaml' by --set",
        ),
        (["describe", "--source", "nowhere.csv"], "nowhere.csv"),
        (["page", "--host", "192.0.2.1"], "name a file with a token"),
        (["page", "--token-file", "nowhere.token"], "nowhere.token"),
        (["page", "--station", "jena", "--station", "jena"], "Two of the stations are called 'jena'"),
        (["registry", "promot", "1"], "did you mean 'promote'?"),
        (["registry", "promote", "first"], "'first' is no whole number of at least 1"),
    ],
)
def test_a_wrong_request_is_refused_in_a_sentence(capsys, arguments, sentence):
    code, output, told = ended(capsys, *arguments)

    assert code == 2
    assert output == ""
    assert sentence in told
    assert told.startswith("jena: ")
    assert told.count("\n") == 1


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("arguments", ["--model hill promote 7", "promote 7 --model hill", "promote --model hill 7"])
def test_a_registered_model_is_named_before_the_command_or_behind_it(capsys, monkeypatch, arguments):
    asked = []
    monkeypatch.setattr("tasks.registry.promote_by_hand", lambda *given: asked.append(given))

    code, _, told = ended(capsys, "registry", *arguments.split())

    assert (code, told, asked) == (0, "", [("hill", 7)])


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(("options", "asked"), [([], False), (["--retrain"], True), (["--no-retrain"], False)])
def test_whether_to_retrain_is_what_the_command_line_says_before_what_is_set(capsys, monkeypatch, options, asked):
    seen = []

    def judged(_way, settings, _at):
        seen.append(settings.monitoring.retrain)
        raise RequestError("That is enough.")

    monkeypatch.setenv("JENA_MONITORING__RETRAIN", "false")
    monkeypatch.setattr("flows.steps.monitor_steps.monitor_with", judged)
    ended(capsys, "monitor", "--source", "simulated", *options)

    assert seen == [asked]


def test_a_wrong_request_leaves_nothing(capsys, home: Path):
    ended(capsys, "train", "--source", "nowhere/readings.csv")

    assert list(home.iterdir()) == []


def test_the_first_page_names_every_command(capsys):
    code, output, _ = ended(capsys, "--help")

    assert code == 0
    assert "...\n" not in output.partition("Commands:")[2]
    for name in jena.commands:
        assert f"\n  {name} " in output


@pytest.mark.parametrize("command", list(jena.commands))
def test_every_command_says_what_it_does(capsys, command):
    code, output, _ = ended(capsys, command, "--help")

    assert code == 0
    assert "...\n" not in output.partition("Commands:")[2]
    assert "Usage: jena" in output


def test_help_comes_at_once(home: Path):
    started = time.monotonic()
    listed = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "flows.command_line", "--help"],
        env={**os.environ, "JENA_HOME": str(home)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert time.monotonic() - started < 20
    for slow in ("tensorflow", "keras", "mlflow", "prefect", "great_expectations", "numba", "pandas"):
        assert f" {slow}\n" not in listed.stderr


def test_a_file_of_another_station_is_described_without_a_station_file_and_the_next_command_is_named(
    capsys, home: Path, tmp_path: Path
):
    file = tmp_path / "roof.csv"
    stamps = [f"2021-04-{day:02d} {hour:02d}:00,{4 + hour % 12}.5" for day in range(1, 11) for hour in range(24)]
    file.write_text("\n".join(["time,temp", *stamps]))

    code, output, told = ended(capsys, "describe", "--source", str(file))
    assert code == 0
    assert "Rows: 240, 2021-04-01 00:00 to 2021-04-10 23:00 by its own stamps, every 60 minutes" in output
    assert "'temp': air temperature, 4.5 to 15.5, in a unit that it does not tell" in output
    assert f"Next: jena station new {file} --answer unit:T=… --answer latitude=…" in output
    assert told == ""


def test_readings_are_not_written_over_their_source(capsys, home: Path):
    file = home / "roof.csv"
    file.write_text("time,T (degC)\n2021-04-01 00:00,4.5\n2021-04-01 01:00,5.5\n")

    code, _, told = ended(capsys, "describe", "--source", str(file), "--long", str(file))

    assert (code, told) == (2, f"jena: {file} is the source itself; name another file to write.\n")
    assert file.read_text().startswith("time,")


@pytest.mark.parametrize("name", ["long.parquet", "long.csv"])
def test_cleaned_readings_go_out_in_the_long_format(capsys, home: Path, name: str):
    file = home / name
    asked = ["describe", "--source", "simulated", "--set", "ingestion.simulated_years=0.1", "--long", str(file)]

    code, output, _ = ended(capsys, *asked)

    table = pd.read_csv(file, parse_dates=["ds"]) if name.endswith("csv") else pd.read_parquet(file)
    assert (code, output) == (0, f"{file}: {len(table):,} readings in Nixtla's long format.\n")
    assert list(table.columns[:3]) == ["unique_id", "ds", "y"]
    assert "p (mbar)" in table
    assert set(table["unique_id"]) == {"jena"}
    assert table["ds"].diff().mode()[0] == pd.Timedelta("10min")

    code, _, told = ended(capsys, *asked[:-1], str(file / name))
    assert code == 2
    assert told.splitlines()[-1].startswith(f"jena: The table cannot be written to {file / name}")


def test_what_cannot_be_trained_on_as_jenas_names_the_command_that_makes_a_station_file(tmp_path: Path, home: Path):
    from jena_models.errors import SourceUnreadableError
    from jena_models.settings import Settings
    from jena_models.stations import load_station
    from tasks.readings import ingest, locate

    file = tmp_path / "roof.csv"
    file.write_text("time,temp\n2021-04-01 00:00,4.5\n2021-04-01 01:00,4.6\n")
    jena = load_station("jena")

    with pytest.raises(SourceUnreadableError, match=rf"If it is another station's, `jena station new {file}` makes"):
        ingest.fn(locate.fn(str(file), jena, Settings().ingestion), jena)


def test_one_column_is_told_as_one(tmp_path: Path, capsys):
    file = tmp_path / "roof.csv"
    rows = (f"2026-03-{1 + n // 24:02d} {n % 24:02d}:00,{5 + n % 24 / 10}" for n in range(240))
    file.write_text("time,T (degC)\n" + "\n".join(rows) + "\n")

    code, told, _ = ended(capsys, "station", "new", str(file), "--output", str(tmp_path / "roof.yaml"))

    assert code == 0
    assert "with 1 column; the target is T (degC)." in told


def test_every_command_that_takes_a_source_takes_a_station():
    taken = {name: {each for given in command.params for each in given.opts} for name, command in jena.commands.items()}

    reading = {name for name, options in taken.items() if "--source" in options}
    assert {"train", "tune", "backtest"} <= reading
    assert {name for name in reading if "--station" not in taken[name]} == set()


def test_a_wrong_answer_is_told_at_once_and_asked_for_again(capsys, monkeypatch, home: Path, tmp_path: Path):
    file, output = tmp_path / "roof.csv", tmp_path / "roof.yaml"
    stamps = [f"2021-04-{day:02d} {hour:02d}:00,{4 + hour % 12}.5" for day in range(1, 11) for hour in range(24)]
    file.write_text("\n".join(["time,temp", *stamps]))
    answers = iter(["rubbish", "degC", "91", "51", "11", "UTC"])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("click.prompt", lambda *_, **__: next(answers))

    code, _, told = ended(capsys, "station", "new", str(file), "--output", str(output))

    assert code == 0
    assert told.count("'rubbish' is no unit that is known") == 1
    assert told.count("The latitude '91' is none; in degrees north it lies from -90 to 90.") == 1
    assert "latitude: 51" in output.read_text()
    monkeypatch.setattr("click.prompt", lambda *_, **__: pytest.fail("asked for what would not be written"))
    code, _, told = ended(capsys, "station", "new", str(file), "--output", str(output))
    assert (code, told.count("is there already")) == (2, 1)


@pytest.mark.slow
@pytest.mark.parametrize("debug", [False, True])
def test_what_libraries_warn_of_is_shown_where_it_is_asked_for(debug):
    """With a store away, urllib3 told of each try in between the command's own sentences."""
    code = (
        f"from flows.terminal import set_logging; set_logging({debug}); import logging, prefect.main;"
        "from prefect.logging.configuration import setup_logging; setup_logging();"
        "logging.getLogger('urllib3.connectionpool').warning('Retrying')"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)

    assert ("Retrying" in told.stderr) == debug
