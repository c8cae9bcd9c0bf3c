"""`jena fleet`: every command of one station for many."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from flows.commands.options import FORMAT, Commands, names, set_option, workers_option
from flows.terminal import show_json, show_result


@click.group(cls=Commands)
def fleet() -> None:
    """Train, forecast and watch many stations."""


FLEET = click.option("--fleet", "file", metavar="FILE", help="The file that lists them.  [default: fleet.yaml]")
STATIONS = click.option(
    "--stations",
    metavar="A,B",
    callback=names,
    help="Work at these alone.",
)
PROFILE = click.option(
    "--profile",
    metavar="quick|book|best|FILE",
    help="The settings that all start from.  [default: what the fleet file says, else quick]",
)
TIMEOUT = click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="The longest that one station may take.  [default: 4 hours to train, 600 to forecast, 900 to monitor]",
)
AT = click.option("--at", metavar="TIME", help="As of then: 2016-12-31T23:10, by each station's clock.")


def working(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of all that work at stations."""
    for option in (
        FORMAT,
        set_option("Change a setting of all stations."),
        PROFILE,
        TIMEOUT,
        workers_option("work at"),
        click.option("--failed", is_flag=True, help="Work at those alone that failed the last time."),
        STATIONS,
        FLEET,
    ):
        command = option(command)
    return command


@fleet.command()
@working
@click.option(
    "--shared/--own", default=False, help="Also train one model for all, which each may take.  [default: --own]"
)
def train(*, shared: bool, **given: Any) -> None:
    """Train each station's models; its best stands before the gates."""
    from tasks.fleet import fleet_standing

    entries, finish = _begin("train", given)
    asked: dict[str, Any] = {}
    if shared:
        from flows.fleets.shared_model import with_shared_model

        sharing = with_shared_model(entries, _workers(given), given["timeout"])
        entries, asked = sharing.entries, sharing.asked
    finish(entries, asked, fleet_standing)


@fleet.command()
@working
@AT
def forecast(*, at: str | None, **given: Any) -> None:
    """Let each station's champion forecast from its newest readings."""
    _require_time(at)
    entries, finish = _begin("forecast", given)
    finish(entries, {"at": at})


@fleet.command()
@working
@AT
def monitor(*, at: str | None, **given: Any) -> None:
    """Tell which champions have grown stale."""
    _require_time(at)
    entries, finish = _begin("monitor", given)
    finish(entries, {"at": at})


@fleet.command()
@FLEET
@STATIONS
@FORMAT
def status(*, file: str | None, stations: list[str] | None, form: str) -> None:
    """Tell how all stations stand: one leaderboard over them."""
    from tasks.fleet import chosen, fleet_entries, fleet_standing, render_standing

    show_result(fleet_standing(chosen(fleet_entries(file), stations)), form, render_standing)


def _begin(work: Any, given: dict[str, Any]) -> tuple[Any, Callable[..., None]]:
    """Give all stations, and what works at those asked for, shows what came of it and insists that all is done."""
    from flows.fleets.at_stations import at_stations, only_failed, require_all_done, with_forecasts_sent
    from tasks.fleet import (
        attach_stations,
        begin_work,
        chosen,
        fleet_entries,
        models_of,
        overall_sentence,
        render_outcomes,
    )
    from tasks.workspace import parse_changes

    every = fleet_entries(given["file"], given["profile"], parse_changes(given["assignments"]))
    chosen(every, given["stations"])  # a name that is none is told before anything is done

    def finish(entries: Any, asked: dict[str, Any], standing: Callable[..., Any] | None = None) -> None:
        asked_for = chosen(entries, given["stations"])
        asked_for = only_failed(asked_for, work) if given["failed"] else asked_for
        begin_work(models_of(asked_for), work)
        outcomes = at_stations(work, asked_for, asked, _workers(given), given["timeout"])
        if work == "forecast":
            outcomes = with_forecasts_sent(outcomes, asked_for)
        if run_id := asked.get("shared_run"):
            attach_stations(run_id, outcomes)
        if given["form"] == "json":
            show_json(outcomes)
        elif not outcomes:
            click.echo("There is nothing to do: no station failed the last time.")
        else:
            click.echo(render_outcomes(outcomes))
            if standing:
                click.echo(overall_sentence(standing(asked_for).overall))
        require_all_done(outcomes, work)

    return every, finish


def _require_time(at: str | None) -> None:
    """Refuse a time that no station could read, before any of them has failed of it."""
    from tasks.forecasting import read_time

    if at is not None:
        read_time(at)


def _workers(given: dict[str, Any]) -> int:
    from jena_models.settings import DEFAULT_WORKERS

    return given["workers"] or DEFAULT_WORKERS
