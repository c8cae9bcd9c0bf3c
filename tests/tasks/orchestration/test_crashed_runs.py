"""The rule by which the Prefect server marks runs as crashed; that it does is tested end to end."""

from prefect.events.schemas.automations import Posture

from tasks.orchestration import crashed_runs
from tasks.orchestration.crashed_runs import HEARTBEAT, NAME, automation, mark_silent_runs


class Client:
    def __init__(self, known: list) -> None:
        self.known = known
        self.done: list[str] = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def read_automations_by_name(self, name):
        assert name == NAME
        return self.known

    def create_automation(self, asked):
        self.done.append("created")

    def update_automation(self, identity, asked):
        self.done.append(f"updated {identity}")

    def delete_automation(self, identity):
        self.done.append(f"deleted {identity}")


class Known:
    def __init__(self, identity: int) -> None:
        self.id = identity


def test_a_run_is_given_up_when_nothing_follows_its_being_taken_or_a_heartbeat():
    rule = automation(180)

    assert rule.trigger.posture == Posture.Proactive
    assert rule.trigger.after == {"prefect.flow-run.Pending", HEARTBEAT}
    assert rule.trigger.expect == {HEARTBEAT} | {
        f"prefect.flow-run.{state}" for state in ("Running", "Completed", "Failed", "Cancelled", "Crashed")
    }
    assert rule.trigger.within.total_seconds() == 180
    assert "180 seconds" in rule.actions[0].message


def test_there_is_one_rule_however_often_it_is_asked_for(monkeypatch):
    done = []
    for known in ([], [Known(1)], [Known(1), Known(2)]):
        client = Client(known)
        monkeypatch.setattr("prefect.client.orchestration.get_client", lambda sync_client, client=client: client)
        assert mark_silent_runs(180) == {"automation": crashed_runs.NAME}
        done.append(client.done)

    assert done == [["created"], ["updated 1"], ["deleted 2", "updated 1"]]
