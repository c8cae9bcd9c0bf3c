"""Data Docs that open from any folder, without a network: no scripts, styles or images from elsewhere."""

from __future__ import annotations

import html
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tasks.workspace import Finding

_ELSEWHERE: Final = re.compile(
    r"<script\b.*?</script>"  # all of them work only with libraries from elsewhere
    r"|<link\b[^>]*\bhref=[\"']https?:[^>]*>"
    r"|<img\b[^>]*\bsrc=[\"']https?:[^>]*>"
    r"|<footer\b.*?</footer>"  # asks to subscribe to a newsletter
    r"|\bbackground:\s*url\(['\"]?https?:[^)]*\)[^;}]*;?",
    re.DOTALL,
)

_GRAVEST_FIRST: Final = ("fail", "quarantine", "warn", "pass")

_STYLE: Final = """
body { font: 15px/1.45 system-ui, sans-serif; margin: 0 auto; max-width: 72rem; padding: 1rem; }
table { border-collapse: collapse; margin: .5rem 0 1.5rem; }
td, th { border-bottom: 1px solid #8884; padding: .3rem .6rem; text-align: left; vertical-align: top; }
h5 { font-size: 1.15rem; margin: 1.5rem 0 .3rem; }
.card.mb-3 { display: none; } /* buttons that need scripts */
#navigation ul { columns: 4 14rem; }
.badge { background: #8883; border-radius: .3rem; padding: 0 .3rem; }
.fa-check-circle::before { color: #187a2f; content: "\\2713"; }
.fa-times::before, .fa-exclamation-triangle::before { color: #b3261e; content: "\\2717"; }
.pass { color: #187a2f; } .warn, .quarantine { color: #9a6700; } .fail { color: #b3261e; font-weight: 600; }
"""


def make_self_contained(site: Path) -> None:
    """Take out of each page of a site all that a browser would fetch from elsewhere, and give it a style of its own."""
    for page in site.rglob("*.html"):
        text = _ELSEWHERE.sub("", page.read_text(encoding="utf-8"))
        page.write_text(text.replace("</head>", f"<style>{_STYLE}</style></head>", 1), encoding="utf-8")
    shutil.rmtree(site / "static", ignore_errors=True)


def write_index(site: Path, title: str, summary: str, findings: Sequence[Finding]) -> None:
    """Write the site's first page: every finding, the gravest first, and where Great Expectations' own pages lie.

    It takes the place of the one that comes with the site, which is a table that only scripts from elsewhere fill.
    """
    rows = "\n".join(
        f'<tr><td class="{finding.outcome}">{finding.outcome}</td><td>{html.escape(finding.expectation)}</td>'
        f"<td>{finding.rows:,}</td><td>{html.escape(finding.example)}</td></tr>"
        for finding in sorted(findings, key=lambda finding: _GRAVEST_FIRST.index(finding.outcome))
    )
    pages = "\n".join(
        f'<li><a href="{page.relative_to(site).as_posix()}">{label}</a></li>'
        for label, folder in (("The results in detail", "validations"), ("The expectations", "expectations"))
        for page in sorted((site / folder).rglob("*.html"))
    )
    (site / "index.html").write_text(
        f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)}</title><style>{_STYLE}</style></head>
<body><h1>{html.escape(title)}</h1><p>{html.escape(summary)}</p><ul>{pages}</ul>
<table><thead><tr><th>Outcome</th><th>Expectation</th><th>Readings that break it</th><th>Example</th></tr></thead>
<tbody>
{rows}
</tbody></table></body></html>
""",
        encoding="utf-8",
    )
