"""Findings as a page of Markdown."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from typing import Final

from benchmarks.book import WORKERS
from benchmarks.markdown import table
from benchmarks.run.measures import Comparison, Findings, Speed, TorchStep
from benchmarks.startup.study import study_table

PAGE: Final = "performance.md"
GOALS: Final = {
    "dense": (25.0, 25.0),
    "conv1d": (5.0, 6.0),
    "lstm": (6.0, 6.5),
    "bidirectional_lstm": (4.5, 5.0),
    "lstm_dropout": (5.0, 5.0),
    "stacked_gru_dropout": (4.0, 4.0),
}
"""Of hourly readings, and of ten-minute ones, whose windows the chapter's code gathers from further apart."""
WHOLE_PROFILE_GOALS: Final = (7.0, 8.5)
CADENCES: Final = ("hourly", "ten-minute")


def speed_marker(vector_floats: int, stride_rows: int) -> str:
    """Give the name of the place of the speeds of processors whose vector registers hold so many floats.

    Args:
        vector_floats: of a register.
        stride_rows: rows from one step of a window to the next: one where readings are hourly.
    """
    return f"speed at {vector_floats} floats a register, {CADENCES[_cadence(stride_rows)]} readings"


def report(findings: Findings) -> str:
    """Give what was found, in tables."""
    parts = [_circumstances(findings), _speeds(findings), _whole(findings)]
    if findings.study:
        parts.append(study_table(findings.study))
    parts.append(_torch(findings.torch, findings.comparisons) or findings.torch_note)
    return "\n\n".join(parts)


def side_by_side(seconds: Sequence[float], workers: int) -> list[float]:
    """Give when each training ends, where it is begun as soon as a worker is free, the longest first."""
    free_at, ends = [0.0] * workers, [0.0] * len(seconds)
    for number in sorted(range(len(seconds)), key=lambda number: -seconds[number]):
        ends[number] = free_at[0] + seconds[number]
        heapq.heapreplace(free_at, ends[number])
    return ends


def makespan(seconds: Sequence[float], workers: int, faster_alone: float = 1.0) -> float:
    """Give how long trainings take side by side, where the last goes on so many times as fast once it is alone."""
    *_, before, last = sorted([0.0, *side_by_side(seconds, workers)])
    return before + (last - before) / faster_alone


def _circumstances(findings: Findings) -> str:
    machine = findings.machine
    versions = ", ".join(f"{name} {number}" for name, number in machine.versions.items())
    return (
        f"Measured on {machine.date} with `{findings.command}` on {machine.cores} cores of {machine.processor} "
        f"({', '.join(machine.flags)}; kernels shaped for {machine.registers} vector registers of "
        f"{machine.vector_floats} floats) with {machine.memory_gib:.0f} GiB of memory "
        f"(load before it began: {machine.load:.1f}); {versions}. "
        f"A matrix product reaches {machine.peak_gigamacs_one_core:.0f} thousand million float32 multiply-adds a "
        f"second on one core and {machine.peak_gigamacs_all_cores:.0f} on all. Readings: {findings.source}; "
        f"{findings.training_windows:,} training and {findings.validation_windows:,} validation windows. "
        f"{findings.batches} batches of an epoch's 819 were timed, and the rest taken to last as long; "
        f"the whole validation was. Times are medians of {len(findings.comparisons[0].ratios)}."
    )


def _speeds(findings: Findings) -> str:
    figures = ("ms a step", "s an epoch", "MiB", "of peak")
    of_ways = [f"{way}: {name}" for way in ("chapter", "ours") for name in figures]
    rows = (
        [
            c.architecture,
            *_cells(c.chapter),
            *_cells(c.ours),
            f"**{c.ratio:.1f}**",
            ", ".join(f"{ratio:.1f}" for ratio in c.ratios),
            f"{GOALS[c.architecture][_cadence(findings.stride_rows)]:g}" if c.architecture in GOALS else "",
        ]
        for c in findings.comparisons
    )
    return table(" | ".join(["", *of_ways, "ratio", "by round", "at least"]), rows)


def _cells(speed: Speed) -> list[str]:
    return [
        f"{speed.milliseconds_a_step:.1f}",
        f"{speed.seconds_an_epoch:.1f}",
        f"{speed.peak_memory_mib:.0f}",
        f"{speed.share_of_peak:.1%}",
    ]


def _cadence(stride_rows: int) -> int:
    """Give which of two cadences, and of two goals, counts."""
    return int(stride_rows > 1)


def _whole(findings: Findings) -> str:
    chapter = sum(c.epochs * c.chapter.seconds_an_epoch for c in findings.comparisons)
    last, beside = findings.alone, {c.architecture: c.ours for c in findings.comparisons}
    faster = beside[last.architecture].seconds_an_epoch / last.ours.seconds_an_epoch
    ours = makespan([c.epochs * c.ours.seconds_an_epoch for c in findings.comparisons], WORKERS, faster)
    told = "two workers"
    if findings.study:
        ours += findings.study.seconds_not_training
        told += " and everything that is not training"
    named = ", ".join(f"{c.architecture} {c.epochs}" for c in findings.comparisons)
    return (
        f"All epochs of the book profile ({named}): {chapter / 60:.0f} minutes one after the other with the chapter's "
        f"code, {ours / 60:.0f} minutes with {told}, from the figures above: **{chapter / ours:.1f}** times as fast "
        f"(at least {WHOLE_PROFILE_GOALS[_cadence(findings.stride_rows)]:g}). Of ours {last.architecture} ends last: "
        f"once alone it has both cores: {last.ours.milliseconds_a_step:.1f} ms a step, "
        f"{last.ours.seconds_an_epoch:.1f} s an epoch, {faster:.2f} times as fast."
    )


def _torch(steps: Sequence[TorchStep], comparisons: Sequence[Comparison]) -> str:
    if not steps:
        return ""
    ours = {c.architecture: f"{c.ours.milliseconds_a_step:.1f}" for c in comparisons}
    rows = []
    for step in steps:
        theirs = [f"{step.milliseconds:.1f}", f"{step.milliseconds_tuned:.1f}"]
        rows.append([step.network, *theirs, step.architecture, ours.get(step.architecture, "")])
    network = "PyTorch, one core, without recurrent dropout"
    return table(f"{network} | ms a step | with glibc's thresholds raised | ours | ms a step", rows)
