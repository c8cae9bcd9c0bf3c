"""What is known of a request while it is answered, in every thread, and what is sent where it cannot be answered."""

from __future__ import annotations

import json
from contextvars import ContextVar
from dataclasses import dataclass
from http import HTTPStatus

from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import BAD_REQUEST


@dataclass
class Exchange:
    """One request and its answer."""

    issue_times: str | None = None
    """What the address asks for, `newest` or `all`; None where it does not say."""
    leads: str | None = None
    """Which leads the address asks for; None where it does not say."""
    version: int | None = None
    """The version that answers; None where none was asked."""
    warnings: tuple[str, ...] = ()
    """What whoever reads the answer should know, a sentence each."""


current_exchange: ContextVar[Exchange] = ContextVar("exchange")
"""Threads that MLflow's server starts for a request see the same one."""


class Refused(MlflowException):
    """A request that cannot be answered; MLflow adds the whole table to the message, but this sentence is sent."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, error_code=BAD_REQUEST)
        self.sentence = sentence

    def serialize_as_json(self) -> str:
        """Give what is sent."""
        return error_body(HTTPStatus.BAD_REQUEST, self.sentence)


def error_body(status: HTTPStatus, sentence: str) -> str:
    """Give the JSON that is sent with an error."""
    return json.dumps({"error_code": status.name, "message": sentence}, ensure_ascii=False)
