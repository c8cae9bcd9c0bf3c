"""What keeps a tracking store's artifacts, such as S3: whether it was that which failed, and whether it is there."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from mlflow.entities import FileInfo

BEHIND_A_SERVER: Final = re.compile(r"API request to \S*/mlflow-artifacts/[\s\S]*50\d error responses")
"""What MLflow's client says where a server answers, and what keeps its artifacts does not, or refuses them."""
LIBRARIES: Final = frozenset({"boto3", "botocore", "s3transfer", "azure", "google"})
"""They raise errors of their own where artifacts are kept without a server between."""
SAID_NO: Final = re.compile(
    r"Failed to list artifacts in|An error occurred \((?!InternalError|ServiceUnavailable|SlowDown|RequestTimeout|50\d)"
)
"""What MLflow and these libraries begin with where somebody answered."""


def of_artifacts(error: Exception) -> bool:
    """Tell whether artifacts could not be kept or had, by what MLflow or a library of an object store raises."""
    text = str(error)
    return bool(_of_a_library(error) or BEHIND_A_SERVER.search(text) or SAID_NO.search(text) or _is_refused(error))


def refusal(error: Exception, store: str) -> str:
    """Give why an object store that is there refuses, in its words; empty where it is away, or does not say.

    Args:
        error: of artifacts.
        store: the tracking store's address. Asked for a list, a server says what it leaves out of its other answers.
    """
    if BEHIND_A_SERVER.search(str(error)):
        try:
            listed("mlflow-artifacts:/", store)
        except Exception as told:  # in whichever way its store fails
            error = told
    if _is_refused(error):
        with suppress(ValueError, KeyError):
            return _in_brief(error.response.json()["message"])  # type: ignore[attr-defined]
        return _in_brief(error)
    said = SAID_NO.search(str(error))
    return _in_brief(str(error)[said.start() :]) if said else ""


def why_away(error: Exception) -> str:
    """Give what is known of an object store that does not answer, as a clause."""
    if _of_a_library(error):
        return _in_brief(error)
    return "the server answers, and its log says whether what keeps them is away or refuses them"


def listed(address: str, store: str) -> list[FileInfo]:
    """Give what lies at an address of artifacts; nothing where there is none."""
    from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

    found: list[FileInfo] = get_artifact_repository(address, tracking_uri=store).list_artifacts()
    return found


def _of_a_library(error: Exception) -> bool:
    return type(error).__module__.partition(".")[0] in LIBRARIES


def _is_refused(error: Exception) -> bool:
    """Tell whether requests raises what an MLflow server answers, and that is a no."""
    answer = getattr(error, "response", None) if type(error).__module__.startswith("requests.") else None
    return 400 <= getattr(answer, "status_code", 0) < 500  # noqa: PLR2004  (as HTTP has it)


def _in_brief(said: object) -> str:
    return " ".join(str(said).split())[:200].rstrip(".")
