"""What tells that a champion, its readings or its forecasts have gone astray; no I/O, no orchestrator."""
