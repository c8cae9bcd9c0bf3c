"""What Prefect needs: a temporary server, final states, pages of runs, crashed runs."""

from tasks.orchestration.flow_runs import ending_in_a_sentence, on_its_source, outlast_the_worker
from tasks.orchestration.run_page import show_cleaning, show_study, within_a_flow_run
from tasks.orchestration.temporary_server import free_port, prefect_server
