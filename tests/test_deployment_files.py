"""What `prefect.yaml`, the workflows and the Makefile name is there."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from flows.command_line import jena

ROOT = Path(__file__).resolve().parents[1]
PREFECT = yaml.safe_load((ROOT / "prefect.yaml").read_text())
DEPLOYMENTS = {f"{Path(each['entrypoint']).stem}/{each['name']}": each for each in PREFECT["deployments"]}
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def commands(workflow: Path) -> str:
    jobs = yaml.safe_load(workflow.read_text())["jobs"]
    return "\n".join(step["run"] for job in jobs.values() for step in job["steps"] if "run" in step)


def flow_of(deployment: dict[str, Any]):
    from prefect.flows import load_flow_from_entrypoint

    path, _, name = deployment["entrypoint"].partition(":")
    return load_flow_from_entrypoint(f"{ROOT / path}:{name}")


@pytest.mark.parametrize("deployment", DEPLOYMENTS.values(), ids=DEPLOYMENTS)
def test_a_deployment_runs_a_flow_that_takes_its_parameters(deployment):
    from prefect.utilities.callables import parameter_schema

    flow = flow_of(deployment)
    known = parameter_schema(flow).properties

    assert set(deployment.get("parameters", {})) <= set(known)
    assert all(parameter.get("description") for parameter in known.values())
    assert flow.timeout_seconds
    assert flow.description


@pytest.mark.parametrize("deployment", DEPLOYMENTS.values(), ids=DEPLOYMENTS)
def test_one_run_of_a_deployment_at_a_time_in_the_pool_of_the_worker(deployment):
    from tasks.servers.server_health import POOL

    if deployment is not DEPLOYMENTS["fleet_part/on-demand"]:
        assert deployment["concurrency_limit"]["limit"] == 1
    assert deployment["work_pool"]["name"] == POOL


def test_what_runs_when_is_what_the_page_says():
    page = (ROOT / "docs" / "deploying.md").read_text()
    named = {f"{flow_of(each).name}/{each['name']}" for each in DEPLOYMENTS.values()}

    assert named == set(re.findall(r"^\| `([a-z]+/[a-z-]+)` \|", page, re.MULTILINE))
    assert DEPLOYMENTS["train/weekly"]["schedules"] == [{"cron": "0 2 * * 0", "timezone": "UTC"}]
    assert DEPLOYMENTS["train/weekly"]["parameters"] == {"profile": "best"}
    assert DEPLOYMENTS["train/on-demand"]["schedules"] == []


def test_a_fleet_waits_for_its_file_before_it_is_worked_at_on_a_schedule():
    of_fleets = {name: each for name, each in DEPLOYMENTS.items() if name.startswith("fleet/")}

    assert {name: each["parameters"]["work"] for name, each in of_fleets.items()} == {
        "fleet/weekly": "train",
        "fleet/hourly": "forecast",
        "fleet/daily": "monitor",
    }
    assert not any(schedule["active"] for each in of_fleets.values() for schedule in each["schedules"])


def test_a_run_gives_signs_of_life_well_within_the_silence_that_is_allowed():
    heartbeat = int(
        DEPLOYMENTS["train/weekly"]["work_pool"]["job_variables"]["env"]["PREFECT_FLOWS_HEARTBEAT_FREQUENCY"]
    )
    step = next(step for step in PREFECT["build"] if "tasks.orchestration.crashed_runs.mark_silent_runs" in step)

    assert 4 * heartbeat < step["tasks.orchestration.crashed_runs.mark_silent_runs"]["silence_seconds"]


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_names_only_what_is_there(workflow):
    run = commands(workflow)
    flows = {f"{flow_of(each).name}/{each['name']}" for each in DEPLOYMENTS.values()}

    assert set(re.findall(r"\bmake ([a-z-]+)", run)) <= TARGETS
    assert set(re.findall(r"bin/jena ([a-z]+)", run)) <= set(jena.commands)
    assert set(re.findall(r"deployment run '([^']+)'", run)) <= flows
    assert "prefect" not in run or re.search(r"--watch --watch-timeout 3600", run)


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_may_read_the_repository_and_no_more_but_for_what_its_job_is(workflow):
    told = yaml.safe_load(workflow.read_text())
    more = {"codeql": {"security-events": "write"}, "locks": {"contents": "write", "pull-requests": "write"}}

    assert told["permissions"] == {"contents": "read"}
    for job in told["jobs"].values():
        assert job["timeout-minutes"]
        allowed = {"contents": "read"} | more.get(workflow.stem, {})
        assert job.get("permissions", told["permissions"]) in ({"contents": "read"}, allowed)
        for step in job["steps"]:
            assert re.fullmatch(r"(actions|github)/[a-z/-]+@v\d+", step.get("uses", "actions/checkout@v4"))


def test_the_tests_run_on_every_python_that_the_project_is_for_the_fast_ones_first():
    [job] = yaml.safe_load((ROOT / ".github" / "workflows" / "test.yml").read_text())["jobs"].values()
    targets = [target for step in job["steps"] for target in re.findall(r"^make ([a-z-]+)", step.get("run", ""))]

    assert job["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13"]
    assert targets[:2] == ["test-fast", "test"]


def test_what_git_asks_before_a_commit_is_what_make_check_asks():
    [local] = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]

    assert "make --silent check" in [hook["entry"] for hook in local["hooks"]]


def test_retraining_is_on_demand_and_nightly_with_profiles_that_are_there():
    told = yaml.safe_load((ROOT / ".github" / "workflows" / "retrain.yml").read_text())
    when = told[True]  # YAML reads the key `on` as a truth

    inputs = when["workflow_dispatch"]["inputs"]
    assert set(inputs) == {"profile", "source"}
    assert {f"{name}.yaml" for name in inputs["profile"]["options"]} <= {p.name for p in (ROOT / "profiles").iterdir()}
    assert re.fullmatch(r"\d+ \d+ \* \* \*", when["schedule"][0]["cron"])
