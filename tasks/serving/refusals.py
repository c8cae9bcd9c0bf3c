"""What is sent where a request cannot be answered: a code and one sentence, as JSON."""

from __future__ import annotations

import json
from http import HTTPStatus

from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import BAD_REQUEST


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
