"""A search for hyper-parameters."""

from tasks.tuning.requested_search import profile_path, searched, tuning_request
from tasks.tuning.search import Search, conclude_search, searching, try_values
from tasks.tuning.search_table import render
from tasks.tuning.trial_windows import without_test
from tasks.tuning.winning_profile import command_line
