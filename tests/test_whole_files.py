"""What a test run says of itself: that a file went to several workers, and how many tests were left out."""

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

TWO_TESTS = """
def test_one(): pass
def test_two(): pass
"""


@pytest.fixture(autouse=True)
def _plugins_are_found(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))


@pytest.mark.parametrize(("way", "code"), [("load", pytest.ExitCode.TESTS_FAILED), ("loadfile", pytest.ExitCode.OK)])
def test_a_file_whose_tests_went_to_two_workers_fails_the_run(pytester: pytest.Pytester, way, code):
    pytester.makepyfile(test_pair=TWO_TESTS)

    ended = pytester.runpytest_subprocess("-p", "whole_files", "-n", "2", f"--dist={way}")

    said = "test_pair.py was run by gw0, gw1; a file's tests must share one worker" in ended.stdout.str()
    assert ended.ret == code
    assert said == (way == "load")


def test_the_end_tells_how_many_tests_were_left_out_for_want_of_real_files(pytester: pytest.Pytester):
    pytester.makepyfile(
        "import pytest\nfrom left_out import NO_REAL_FILES\n"
        "@pytest.mark.parametrize('number', range(3))\ndef test_real(number): pytest.skip(NO_REAL_FILES)\n"
        "def test_other(): pytest.skip('no browser')\n"
    )

    ended = pytester.runpytest_subprocess("-p", "left_out")

    ended.stdout.fnmatch_lines("3 tests were left out: the station's real files are not here; *")
