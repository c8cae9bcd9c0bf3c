"""The champion over HTTP: MLflow's model server on whichever version the registry's alias names."""

from tasks.serving.model_server import answer_until_told, listening, serve
from tasks.serving.version_loading import ISSUE_TIMES, lengthened
