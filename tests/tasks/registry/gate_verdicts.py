"""What the gates said of a challenger."""


def verdicts(outcome) -> dict[str, bool]:
    return {verdict.gate: verdict.passed for verdict in outcome.gates}


def evidence(outcome, gate: str) -> str:
    return next(verdict.evidence for verdict in outcome.gates if verdict.gate == gate)


def open_except(*closed: str) -> dict[str, bool]:
    return {
        gate: gate not in closed
        for gate in ("data", "persistence", "champion", "groups", "coverage", "distribution", "reload")
    }
