"""The page's life: it begins to look at the stations, answers, and ends when told to."""

from __future__ import annotations

import logging
import sys
from typing import Any, Final, cast

from jena_models.settings import Settings
from tasks.page.further_links import elsewhere
from tasks.page.shown_station import Stations
from tasks.page.visitor_checks import VisitorChecks, access_of
from tasks.serving import answer_until_told, listening
from tasks.workspace import tracking_uri

GRACE_SECONDS: Final = 5
SWITCH_SECONDS: Final = 0.0005
"""How long the thread that reads files may keep those waiting that answer; Python's own 5 ms add up."""

SAID: Final = {
    "this machine": "this machine alone is let in",
    "token": "whoever has the token is let in",
    "proxy": "whom the proxy before it has signed in is let in",
}

logger = logging.getLogger("jena")


def serve_page(stations: Stations, settings: Settings, registry: str | None = None) -> None:
    """Serve the page until the process is told to end.

    Args:
        stations: gives the stations that it shows.
        settings: the branches `page` and `servers` count.
        registry: where champions are read; where not given, the store of `tasks.workspace.tracking_uri`.

    Raises:
        PageError: where others would be let in without signing in, or the token cannot be used.
        ServingError: where the address cannot be listened on.
    """
    page, access = settings.page, access_of(settings.page)
    with listening(page.address, page.port) as listener:
        import uvicorn

        from tasks.page.page_app import page_app
        from tasks.page.watched_stations import Watch

        store = registry or tracking_uri()
        watch = Watch(stations, store, page.follow_seconds, page.readings_seconds)
        app = page_app(
            watch,
            others=elsewhere(settings),
            registry=store,
            follow_seconds=page.follow_seconds,
            signed_in=access.kind == "token",
        )
        config = uvicorn.Config(
            cast("Any", VisitorChecks(cast("Any", app), access)),
            log_config=None,
            log_level="error",
            access_log=False,
            server_header=False,
            proxy_headers=access.kind == "proxy",
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
        shown = f"[{page.address}]" if ":" in page.address else page.address
        logger.info("The page is at http://%s:%d; %s.", shown, listener.getsockname()[1], SAID[access.kind])
        sys.setswitchinterval(SWITCH_SECONDS)
        with watch.looking():
            answer_until_told(config, listener)
