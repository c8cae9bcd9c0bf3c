"""The command line: help that helps, and requests that are refused before anything starts."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from flows.command_line import jena, main


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
        (["train", "--set", "lstm.unit=8"], "There is no setting 'lstm.unit'; did you mean 'units'?"),
        (["train", "--set", "lstm.units"], "write it as key=value"),
        (["train", "--workers", "0"], "0 is not in the range"),
        (["train", "--source", "nowhere/readings.csv"], "nowhere/readings.csv"),
        (["describe", "--source", "nowhere.csv"], "nowhere.csv"),
        (["page", "--host", "192.0.2.1"], "name a file with a token"),
        (["page", "--token-file", "nowhere.token"], "nowhere.token"),
        (["page", "--station", "jena", "--station", "jena"], "Two of the stations are called 'jena'"),
        (["registry", "promot", "1"], "did you mean 'promote'?"),
        (["registry", "promote", "first"], "'first' is not a valid integer"),
    ],
)
def test_a_wrong_request_is_refused_in_a_sentence(capsys, arguments, sentence):
    code, output, told = ended(capsys, *arguments)

    assert code == 2
    assert output == ""
    assert sentence in told
    assert told.startswith("jena: ")
    assert told.count("\n") == 1


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
