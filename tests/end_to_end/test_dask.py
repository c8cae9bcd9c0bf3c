"""The trainings of a study on a Dask cluster of two worker processes."""

from pathlib import Path

import pytest
from commands import finish_here, processes_of, statuses, versions

pytest.importorskip("prefect_dask")
pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

ARCHITECTURES = ("persistence", "climatology", "ridge")


@pytest.fixture(scope="module")
def cluster_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cluster")


@pytest.fixture(scope="module")
def cluster(cluster_home: Path):
    """Two worker processes that know nothing of the study's home."""
    import dask
    from distributed import LocalCluster

    with (
        dask.config.set({"distributed.nanny.environ": {"JENA_HOME": str(cluster_home)}}),
        LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address=None,
            local_directory=str(cluster_home),
        ) as running,
    ):
        yield running


@pytest.fixture(scope="module")
def study_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("study_on_dask")


@pytest.fixture(scope="module")
def result(cluster, study_home: Path) -> dict:
    return finish_here(
        study_home,
        "train",
        "--source=simulated",
        f"--architectures={','.join(ARCHITECTURES)}",
        "--set=runner=dask",
        f"--set=dask_address={cluster.scheduler_address}",
        "--set=ingestion.simulated_years=1",
        "--set=tracking.fallback=false",
        "--format=json",
    )


def test_the_leaderboard_is_complete_and_every_run_has_finished(result, study_home):
    assert {row["architecture"] for row in result["leaderboard"]} == set(ARCHITECTURES)
    assert statuses(study_home) == ["FINISHED"] * (1 + len(ARCHITECTURES))


def test_what_was_trained_is_registered_once(result, study_home):
    assert sorted(row["version"] for row in result["leaderboard"] if row["version"]) == [1, 2]
    assert versions(study_home) == 2


def test_it_is_the_workers_that_trained_and_they_kept_it_where_the_study_does(result, study_home, cluster_home):
    from mlflow import MlflowClient

    client = MlflowClient(f"sqlite:///{study_home / 'mlflow.db'}")
    runs = client.search_runs([client.get_experiment_by_name("jena").experiment_id])
    of = {run.data.tags["role"]: set() for run in runs}
    for run in runs:
        of[run.data.tags["role"]].add(run.data.tags["pid"])

    assert not of["study"] & of["architecture"]
    assert not (cluster_home / "mlflow.db").exists()
    assert not (cluster_home / ".cache").exists()
    assert len([path for path in (study_home / ".cache" / "fit").iterdir() if path.name[0] != "."]) == 3


def test_no_training_outlives_the_study(result, study_home):
    assert processes_of(study_home) == []
