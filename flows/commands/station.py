"""`jena station`: a station file that is written from what a source holds, and one that is checked."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from flows.commands.options import Commands
from jena_models.errors import JenaError, RequestError, SettingsError


@click.group(cls=Commands)
def station() -> None:
    """Make a station file of a source, or check one."""


@station.command(short_help="Write the station file that reads a source.")
@click.argument("source")
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="The file to write.  [default: NAME.yaml]"
)
@click.option("--answer", "answers", multiple=True, metavar="KEY=VALUE", help="Answer a question: clock=Europe/Berlin.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
def new(source: str, output: Path | None, answers: tuple[str, ...], force: bool) -> None:
    """Look at SOURCE, a file, a folder, an address or a database, and write a station file that reads it.

    What the source does not tell is asked at a terminal, or taken from --answer; what stays open stands in the file as
    a question, and nothing is trained before it is answered.
    """
    from jena_models.proposals import station_text
    from jena_models.proposals.opened_source import open_source, source_name
    from jena_models.proposals.proposal import propose
    from jena_models.proposals.sketch import next_command
    from jena_models.sources.credentials import without_secrets
    from jena_models.whole_files import write_whole
    from tasks.readings import bring
    from tasks.workspace import resolve

    given = dict(_pair(answer) for answer in answers)
    names = [name.strip() for name in given.get("file_columns", "").split(",") if name.strip()]
    tables = open_source(bring(source, resolve("quick", {}).ingestion), names)
    proposal = propose(tables, source_name(source), given)
    path = output or Path(f"{proposal.station['name']}.yaml")
    if path.exists() and not force:
        raise RequestError(
            f"The file {path} is there already; name another with --output, or write over it with --force."
        )
    asked: set[str] = set()
    while sys.stdin.isatty() and (left := [each for each in proposal.questions if each.key not in asked]):
        question = left[0]
        click.echo(f"{question.question} ({question.evidence})", err=True)
        answer = click.prompt(question.key, default=question.proposed or "", show_default=True, err=True)
        if answer.strip():
            try:
                proposal = propose(tables, source_name(source), given | {question.key: answer})
            except JenaError as error:
                click.echo(str(error), err=True)
                continue
            given[question.key] = answer
        asked.add(question.key)
    write_whole(path, station_text(proposal, without_secrets(source)))
    for remark in proposal.remarks:
        click.echo(remark)
    columns = len(proposal.station["columns"])
    counted = f"{columns} column{'s' if columns != 1 else ''}"
    click.echo(f"Written: {path}, with {counted}; the target is {proposal.station['target']}.")
    for question in proposal.questions:
        told = f" ({question.evidence})" if question.evidence else ""
        click.echo(f"Open: {question.key}: {question.question}{told}")
    click.echo(f"Next: {next_command(proposal, source, str(path), given)}")


@station.command(short_help="Tell all that is wrong with a station file.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--source", metavar="PATH|URL", help="Readings to read by it.")
def check(file: Path, source: str | None) -> None:
    """Tell all that is wrong with a station file at once, and whether it reads a source.

    With its neighbours and, beside a source, the forecasts of others that it names.
    """
    from jena_models.proposals.station_checks import problems_of

    problems = list(problems_of(file, source))
    if not problems:
        lines, problems = _inputs_of(file, source)
        for line in lines:
            click.echo(line)
    for problem in problems:
        click.echo(problem)
    if problems:
        how = "one thing" if len(problems) == 1 else f"{len(problems)} things"
        raise SettingsError(f"The station file {file} has {how} to mend.")
    click.echo(f"The station file {file} is whole{f' and reads {source}' if source else ''}.")


def _inputs_of(file: Path, source: str | None) -> tuple[list[str], list[str]]:
    """Give a line for each neighbour that can be read, and a sentence for each, and for forecasts, that cannot."""
    from jena_models.options.readings_options import Ingestion
    from jena_models.stations import load_station
    from tasks.readings import checked_neighbours, require_forecasts

    try:
        named = load_station(str(file))
        lines, problems = checked_neighbours(named, source, Ingestion()) if named.neighbours else ((), ())
        if source is not None:
            require_forecasts(named, source, Ingestion())
    except JenaError as error:
        return [], [str(error)]
    return list(lines), list(problems)


def _pair(answer: str) -> tuple[str, str]:
    key, equals, value = answer.partition("=")
    if not equals or not key.strip() or not value.strip():
        raise SettingsError(f"'{answer}' answers nothing; write it as key=value, for example clock=Europe/Berlin.")
    return key.strip(), value.strip()
