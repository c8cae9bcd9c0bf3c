"""All that is wrong with a station file, at once."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from jena_models.errors import JenaError, SettingsError
from jena_models.named_files import in_a_line, read_yaml
from jena_models.reading.reading import read_source
from jena_models.stations.cleaned.cleaning import clean
from jena_models.stations.named_stations import fault_in_words
from jena_models.stations.schema import StationSchema


def problems_of(file: Path, source: str | None = None) -> tuple[str, ...]:
    """Give a sentence for each thing that is wrong with a station file, and for a source that it does not read.

    Raises:
        SettingsError: where there is no such file, or it is no YAML.
    """
    try:
        told = read_yaml(file)
    except OSError as error:
        raise SettingsError(f"There is no station file {file}; `jena station new SOURCE` makes one.") from error
    except ValueError as error:
        raise SettingsError(f"The station file {file} cannot be read as YAML: {error}.") from error
    if not isinstance(told, dict):
        raise SettingsError(f"The station file {file} describes no station; it is to begin with 'name:'.")
    try:
        station = StationSchema.model_validate(told)
    except ValidationError as error:
        return tuple(in_a_line(fault_in_words(each)) for each in error.errors())
    problems = [f"open: {each.key}: {each.question} ({each.evidence})" for each in station.questions]
    if source is not None:
        try:
            clean(read_source(source, station), station)
        except JenaError as error:
            problems.append(str(error))
    return tuple(problems)
