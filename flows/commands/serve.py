"""`jena serve`."""

from __future__ import annotations

import click


@click.command()
@click.option("--host", metavar="ADDRESS", help="The address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), help="The port; 0 takes a free one.  [default: 5001]")
@click.option("--model", metavar="NAME", help="The registered model.  [default: the real station's, else the only one]")
def serve(host: str | None, port: int | None, model: str | None) -> None:
    """Forecast over HTTP with the champion, and follow it.

    Post readings as JSON or CSV to /invocations. Ctrl-C ends it, after the last answer.
    """
    from jena_models.stations import load_station
    from tasks.registry import likely_model, model_name
    from tasks.workspace import resolve

    named = {"serving.address": host, "serving.port": port}
    settings = resolve(None, {key: value for key, value in named.items() if value is not None})
    chosen = model or likely_model(model_name(load_station(settings.station), settings, "real"))

    from tasks.serving import serve as serve_champion

    serve_champion(chosen, settings.serving)
