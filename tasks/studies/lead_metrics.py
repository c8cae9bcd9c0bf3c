"""How a run tells its skill at each lead: as metrics whose names end in the lead."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from tasks.workspace import LeadSkill

FIGURES: Final = ("val_mae", "val_skill", "test_mae", "test_skill")
BAND: Final = ("test_skill_lower", "test_skill_upper")
"""Studies of earlier times have none."""


def lead_name(lead_hours: float) -> str:
    """Give a lead as names of metrics have it, such as `lead_06h`."""
    return f"lead_{lead_hours:02g}h"


def by_lead(metrics: Mapping[str, float]) -> tuple[LeadSkill, ...]:
    """Read the skill at each lead from a run's metrics, the shortest lead first; none where there is but one."""
    leads = [match[1] for name in metrics if (match := re.fullmatch(rf"{FIGURES[0]}_lead_([\d.]+)h", name))]
    found = []
    for lead in leads:
        told = {name: f"{name}_lead_{lead}h" for name in (*FIGURES, *BAND)}
        if all(told[name] in metrics for name in FIGURES):
            known = {name: metrics[metric] for name, metric in told.items() if metric in metrics}
            found.append(LeadSkill(lead_hours=float(lead), **known))
    return tuple(sorted(found, key=lambda skill: skill.lead_hours))
