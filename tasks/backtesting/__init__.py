"""The past forecast again, from one origin after the other."""

from tasks.backtesting.backtest_table import render, show_backtest
from tasks.backtesting.conduct import (
    backtesting,
    begin_backtest,
    conclude_backtest,
    earlier_backtest,
    train_at_fold,
    trainings,
)
from tasks.backtesting.prepared_folds import prepare_folds
from tasks.backtesting.requested_backtest import backtest_request, backtested
