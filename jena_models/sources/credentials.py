"""Addresses that need credentials: these come from the environment and are never written into an address."""

from __future__ import annotations

import os
import re
from typing import Final

from jena_models.errors import RequestError

VARIABLE: Final = re.compile(r"\$\{(\w+)\}")
"""`${NAME}` in an address stands for what the environment has under this name."""

_USERINFO: Final = re.compile(r"(://[^:/@\s]*):([^@/\s]*)@")
_PARAMETER: Final = re.compile(r"(?i)([?&](?:password|passwd|pwd|token|access_token|api_?key|appid|secret)=)([^&\s#]*)")


def without_secrets(address: str) -> str:
    """Give an address as it may be shown and logged.

    >>> without_secrets("postgresql://reader:hush@host/weather")
    'postgresql://reader:***@host/weather'
    >>> without_secrets("postgresql://reader:${PASSWORD}@host/weather")
    'postgresql://reader:${PASSWORD}@host/weather'
    """
    shown = _USERINFO.sub(lambda found: f"{found[1]}:{_masked(found[2])}@", address)
    return _PARAMETER.sub(lambda found: f"{found[1]}{_masked(found[2])}", shown)


def refuse_secrets(address: str) -> None:
    """Refuse an address with a password or a key in it: addresses are kept in runs, logs and messages.

    Raises:
        RequestError: with the address that would do, without the secret.
    """
    shown = without_secrets(address)
    if shown != address:
        instead = shown.replace("***", "${PASSWORD}")
        raise RequestError(
            f"The address {shown} holds a password or a key, which every run would keep: put it into the environment, "
            f"and write the address as '{instead}', in single quotes where a shell reads it."
        )


def with_environment(text: str, shown: str) -> str:
    """Give a text with each `${NAME}` replaced by what the environment has for it.

    Args:
        text: an address or a part of one.
        shown: how a sentence names the address.

    Raises:
        RequestError: where the environment has no such variable.
    """

    def known(found: re.Match[str]) -> str:
        if found[1] not in os.environ:
            raise RequestError(f"The address {shown} needs {found[1]} from the environment, which does not have it.")
        return os.environ[found[1]]

    return VARIABLE.sub(known, text)


def _masked(secret: str) -> str:
    return secret if not secret or VARIABLE.fullmatch(secret) else "***"
