"""Let the challengers of many stations stand before the gates at once: `python tests/many_promotions.py 500`.

Each station has a registered version; four processes have them promoted through the code of the gates, into one store
in a file. It prints what that took, and fails where one was not promoted.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "given")]

PROCESSES = 4


def main(stations: int) -> int:
    os.environ |= {"MLFLOW_DISABLE_TELEMETRY": "true", "TF_CPP_MIN_LOG_LEVEL": "3", "OMP_NUM_THREADS": "1"}
    with tempfile.TemporaryDirectory(prefix="jena-promotions-") as folder:
        home = Path(folder) / "home"
        home.mkdir()
        os.environ |= {"JENA_HOME": str(home), "TESTS_MADE_ONCE": folder}
        from scene import Scene

        scene = Scene(home)
        began = time.perf_counter()
        versions = [
            (f"station-{number:04d}", scene.version(model=f"station-{number:04d}")) for number in range(stations)
        ]
        print(f"{stations} versions are registered in {time.perf_counter() - began:.0f} s.", flush=True)
        began = time.perf_counter()
        with ProcessPoolExecutor(PROCESSES) as processes:
            took = list(processes.map(promoted_in, versions, chunksize=5))
        passed = time.perf_counter() - began
        champions = sum(scene.aliases(model) == {"champion": version} for model, version in versions)
        size = (home / "mlflow.db").stat().st_size / 2**20
    took.sort()
    print(
        f"{champions} of {stations} are champions after {passed:.0f} s with {PROCESSES} processes: "
        f"{took[len(took) // 2]:.2f} s a station in the median, {took[-1]:.1f} s at the most; "
        f"the store has {size:.0f} MiB."
    )
    return 0 if champions == stations else 1


def promoted_in(version: tuple[str, int]) -> float:
    """Have a version stand before the gates; gives the seconds that it took."""
    scene, prepared, fit = _own_scene()
    model, number = version
    began = time.perf_counter()
    scene.promote([(number, fit)], prepared, model=model)
    return time.perf_counter() - began


@cache
def _own_scene():
    """Give this process's way into the store that all share, and what all versions were trained on."""
    from scene import Scene

    scene = Scene.__new__(Scene)
    scene.home, scene.count = Path(tempfile.mkdtemp(dir=Path(os.environ["JENA_HOME"]).parent)), 0
    prepared = scene.prepared()
    return scene, prepared, scene.fit(prepared)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
