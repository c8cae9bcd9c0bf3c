"""The steps of flows that the command takes too, without an orchestrator."""
