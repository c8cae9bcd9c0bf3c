"""A fleet of stations: its entries, work at all of them side by side, and how they stand."""

from tasks.fleet.entries import Entry, chosen, entries_of, fleet_entries, models_of
from tasks.fleet.newcomers import start_newcomer
from tasks.fleet.outcomes_page import outcomes_of, show_outcomes
from tasks.fleet.pool_parts import (
    entries_with_pool,
    gather_part,
    grow_pool,
    job_for,
    pool_of,
    windows_key,
    with_pool,
)
from tasks.fleet.shared_champions import attach_stations, shared_run, take_shared, trains_nothing_of_its_own
from tasks.fleet.side_by_side import OnOutcome, side_by_side
from tasks.fleet.standing import (
    SHARED,
    fleet_standing,
    overall_sentence,
    render_outcomes,
    render_standing,
    study_figures,
)
from tasks.fleet.station_state import (
    WORKS,
    Outcome,
    Work,
    begin_work,
    failed_last,
    keep_outcome,
    keep_outcomes_of_others,
)
