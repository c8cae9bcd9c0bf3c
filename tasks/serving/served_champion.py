"""The champion as MLflow's model server sees it: one model, whichever version answers."""

from __future__ import annotations

import logging
from typing import Any, Final

import pandas as pd
from mlflow.types import Schema

from jena_models.curves.asked_leads import HEADLINE
from jena_models.errors import JenaError, RequestError, nearest
from tasks.serving.promotion_follower import Follower
from tasks.serving.request_context import Refused, current_exchange
from tasks.serving.request_readings import older_target, readings_of, without_impossible
from tasks.serving.version_loading import ISSUE_TIMES, LEADS, PARAMETERS, require_numbers

CHOICES: Final = ("newest", "all")

logger = logging.getLogger("jena")


class AnySchema:
    """Stands for the metadata of a model: requests are read as they are, since the next version may want others."""

    def get_input_schema(self) -> Schema | None:
        """Give no schema; `readings_of` checks a table against the version that answers."""
        return None


class ServedChampion:
    """Answers with the version that the follower holds."""

    def __init__(self, follower: Follower) -> None:
        self.metadata = AnySchema()
        self._follower = follower

    def predict(self, data: Any, params: dict[str, Any] | None = None) -> pd.DataFrame:
        """Give the forecasts for what was posted, as MLflow's server read it.

        Raises:
            Refused: where it cannot be answered, with a sentence.
        """
        exchange = current_exchange.get()
        served = self._follower.current
        exchange.version = served.number
        set_aside: tuple[str, ...] = ()
        try:
            every = every_issue_time(params, exchange.issue_times)
            readings, set_aside = without_impossible(readings_of(data, served.wanted), served.station)
            leads = asked_leads(params, exchange.leads)
            forecasts = served.forecast(readings, every, leads)
            require_numbers(forecasts)
            exchange.warnings = set_aside + older_target(readings, forecasts, served.preparation, served.station)
            return forecasts
        except JenaError as error:
            # What was set aside may be why: the newest value is "not among" readings that came in kelvin.
            raise Refused(" ".join((str(error), *set_aside))) from error
        except Exception as error:
            # The version forecast its own example, so it is the readings; which of them, only the log can tell.
            logger.warning("A request could not be answered: %s: %s", type(error).__name__, error)
            logger.debug("The request that could not be answered:", exc_info=error)
            raise Refused(
                f"Version {served.number} cannot forecast from these readings ({type(error).__name__}); "
                "compare them with its input example."
            ) from error


def every_issue_time(params: object, in_address: str | None) -> bool:
    """Tell whether all issue times are asked for, by the request's `params` or else its address.

    Raises:
        RequestError: where something else is asked for.
    """
    if params is not None and not isinstance(params, dict):
        raise RequestError(f'\'params\' must be an object, such as {{"{ISSUE_TIMES}": "all"}}.')
    unknown = [name for name in params or {} if name not in PARAMETERS]
    if unknown:
        raise RequestError(f"There is no parameter '{unknown[0]}'; {nearest(unknown[0], PARAMETERS)}")
    asked = (params or {}).get(ISSUE_TIMES, in_address or CHOICES[0])
    if asked not in CHOICES:
        raise RequestError(f"'{ISSUE_TIMES}' cannot be {asked!r}; it is '{CHOICES[0]}' or '{CHOICES[1]}'.")
    return bool(asked == "all")


def asked_leads(params: dict[str, Any] | None, in_address: str | None) -> str:
    """Give which leads are asked for, by the request's `params`, as text, number or list, or else its address."""
    asked = (params or {}).get(LEADS, in_address or HEADLINE)
    if isinstance(asked, list):
        return ",".join(str(each) for each in asked)
    return str(asked).strip() or HEADLINE
