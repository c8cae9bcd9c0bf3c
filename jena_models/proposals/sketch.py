"""What a source holds before there is a station file for it, as far as it tells by itself."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from datetime import datetime

from jena_models.frozen import Frozen
from jena_models.proposals.columns.seen_columns import SeenColumn
from jena_models.proposals.proposal import Proposal
from jena_models.stations.schema import Question


class Sketch(Frozen):
    """What is seen of a source, and what is to be done with it."""

    source: str
    why: str
    """Why it cannot be read as the station's whose file was at hand."""
    rows: int
    first: datetime | None
    """By the source's own stamps; None where a question about them is open."""
    last: datetime | None
    cadence_minutes: float
    columns: tuple[SeenColumn, ...]
    remarks: tuple[str, ...]
    questions: tuple[Question, ...]
    next_command: str


def next_command(proposal: Proposal, source: str, file: str, given: Mapping[str, str]) -> str:
    """Give the command that comes next: one with an answer to each open question, or the training.

    It has the answers that were given too, as it writes the file anew.
    """
    if not proposal.questions:
        return f"jena train --station {file} --source {shlex.quote(source)}"
    told = "".join(f"--answer {shlex.quote(f'{key}={value}')} " for key, value in given.items())
    return f"jena station new {shlex.quote(source)} --force --output {file} {told}{_open_answers(proposal)}"


def sketched(proposal: Proposal, source: str, why: str) -> Sketch:
    """Give what a proposal shows of a source that no station file reads yet."""
    return Sketch(
        source=source,
        why=why,
        rows=proposal.rows,
        first=proposal.first,
        last=proposal.last,
        cadence_minutes=proposal.station["cadence_minutes"],
        columns=proposal.seen,
        remarks=proposal.remarks,
        questions=proposal.questions,
        next_command=f"jena station new {shlex.quote(source)} {_open_answers(proposal)}".rstrip(),
    )


def _open_answers(proposal: Proposal) -> str:
    return " ".join(f"--answer {shlex.quote(question.key)}=…" for question in proposal.questions)


def rendered(sketch: Sketch) -> str:
    """Give the lines of a sketch, for a terminal."""
    span = (
        f", {sketch.first:%Y-%m-%d %H:%M} to {sketch.last:%Y-%m-%d %H:%M} by its own stamps"
        if sketch.first and sketch.last
        else ""
    )
    lines = [
        f"{sketch.source} is not read as Jena's files are: {sketch.why}",
        "As another station's, without a station file, it shows:",
        f"Rows: {sketch.rows:,}{span}, every {sketch.cadence_minutes:g} minutes",
    ]
    for column in sketch.columns:
        unit = f" {column.unit}" if column.unit else ", in a unit that it does not tell"
        missing = f", {column.missing:,} missing" if column.missing else ""
        lines.append(f"'{column.source}': {column.quantity}, {column.lowest:g} to {column.highest:g}{unit}{missing}")
    lines += sketch.remarks
    for question in sketch.questions:
        lines.append(
            f"Open: {question.key}: {question.question}{f' ({question.evidence})' if question.evidence else ''}"
        )
    return "\n".join([*lines, f"Next: {sketch.next_command}"])
