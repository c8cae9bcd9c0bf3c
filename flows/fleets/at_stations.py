"""Work at a fleet: every station side by side, what came of each kept, told, and counted."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

from jena_models.errors import ForecastsTableError, JenaError, RequestError
from tasks.fleet import WORKS, Entry, OnOutcome, Outcome, Work, failed_last, keep_outcome, models_of, side_by_side
from tasks.forecasting import send_forecasts
from tasks.training import console

WORKER: Final = (sys.executable, "-m", "flows.fleets.worker")


class StationsFailedError(JenaError):
    """At some stations of a fleet the work failed."""


def at_stations(
    work: Work, entries: Sequence[Entry], asked: Mapping[str, Any], workers: int, seconds: float | None = None
) -> list[Outcome]:
    """Do one kind of work at each station, with one progress view on standard error; gives what came of each."""
    with _progress(work, len(entries)) as show:

        def on_outcome(outcome: Outcome) -> None:
            if work in WORKS:
                keep_outcome(outcome)
            show(outcome)

        return side_by_side(work, entries, WORKER, asked, workers, on_outcome, seconds)


def with_forecasts_sent(outcomes: Sequence[Outcome], entries: Sequence[Entry]) -> list[Outcome]:
    """Send to tables of many machines what stations forecast, all together; gives what came of each station then.

    Where a table cannot be written, its stations have failed; what waits goes there with the next forecast.
    """
    place_of = {each.name: each.settings.forecasting.table for each in entries if each.settings}
    refused: dict[str | None, str] = {}
    for place in dict.fromkeys(place_of.values()):
        try:
            send_forecasts(place)
        except (ForecastsTableError, RequestError) as error:
            refused[place] = str(error)

    def told(outcome: Outcome) -> Outcome:
        why = refused.get(place_of.get(outcome.name))
        if not outcome.done or why is None:
            return outcome
        failed = outcome.model_copy(update={"done": False, "sentence": f"{why} What was said waits on this machine."})
        keep_outcome(failed)
        return failed

    return [told(outcome) for outcome in outcomes]


def only_failed(entries: Sequence[Entry], work: Work) -> tuple[Entry, ...]:
    """Give the stations at which the work failed the last time."""
    failed = set(failed_last(models_of(entries), work))
    return tuple(each for each in entries if each.name in failed)


def require_all_done(outcomes: Sequence[Outcome], work: Work) -> None:
    """Make sure that the work was done at every station.

    Raises:
        StationsFailedError: where it failed at some; the sentence says which, and what to do.
    """
    failed = [each.name for each in outcomes if not each.done]
    if failed:
        named = ", ".join(failed[:5]) + (f" and {len(failed) - 5} more" if len(failed) > 5 else "")  # noqa: PLR2004
        raise StationsFailedError(
            f"{len(failed)} of {len(outcomes)} stations failed: {named}; mend what their sentences say, and run "
            f"`jena fleet {work} --failed`."
        )


@contextmanager
def _progress(work: Work, stations: int) -> Iterator[OnOutcome]:
    """Show how far the work is: a live line on a terminal, else a line for each failure and each tenth."""
    told = {"done": 0, "failed": 0}

    def count(outcome: Outcome) -> str:
        told["done"] += 1
        told["failed"] += not outcome.done
        return f"{work} {told['done']} of {stations} · {told['failed']} failed · {outcome.name}"

    if not console().is_terminal:
        every = max(1, stations // 10)

        def say(outcome: Outcome) -> None:
            line = count(outcome)
            if not outcome.done:
                line = f"{line}: {outcome.sentence}"
            if not outcome.done or told["done"] % every == 0 or told["done"] == stations:
                console().print(line, markup=False, highlight=False, soft_wrap=True)

        yield say
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (BarColumn(bar_width=20), TextColumn("{task.description}"), TimeRemainingColumn())
    with Progress(*columns, console=console(), redirect_stdout=False) as display:
        line = display.add_task(f"{work} {stations} stations", total=stations)

        def renew(outcome: Outcome) -> None:
            display.update(line, description=count(outcome), advance=1)
            if not outcome.done:
                console().print(f"{outcome.name}: {outcome.sentence}", style="bold yellow", markup=False)

        yield renew
