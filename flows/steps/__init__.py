"""Steps that several flows take, or a flow and its command, which takes them without an orchestrator."""
