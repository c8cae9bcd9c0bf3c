"""A study over architectures: its run, its leaderboard and its report."""

from tasks.studies.architecture_training import train_architecture, train_beside
from tasks.studies.curve_scores import lead_name
from tasks.studies.leaderboard import render, rows
from tasks.studies.neighbour_gains import measure_neighbours, neighbours_in_words
from tasks.studies.study import (
    Trained,
    alone_at,
    begin_study,
    conclude_study,
    earlier_result,
    get_ready_to_conclude,
    reach_store,
    studying,
)
from tasks.studies.study_report import write_report, write_study
