"""The challenger stands before the gates, and becomes the champion only where every one opens."""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from datetime import datetime

from jena_models.evaluation.metrics import PERSISTENCE
from jena_models.settings import Settings
from tasks.registry.champion_changes import changing, make_champion
from tasks.registry.judgement import SEASONS_TAG, Challenge, Judgement, judge
from tasks.registry.version_files import REMEDY, files_are_gone
from tasks.registry.versions import (
    CHAMPION,
    GATE_TAG,
    aliased,
    find_model,
    history_of,
    is_there,
    verdicts_said,
)
from tasks.tracking import client as open_store
from tasks.tracking import patiently, study_id
from tasks.workspace import Fit, Prepared, Promoted

logger = logging.getLogger("jena")


def promote(
    model_name: str,
    candidates: Sequence[tuple[int, Fit]],
    *,
    prepared: Prepared,
    settings: Settings,
    now: datetime,
) -> Promoted:
    """Let the best version of a study stand for promotion, and keep verdicts and evidence with it."""
    client = open_store()
    champion = aliased(find_model(client, model_name), CHAMPION)
    best = best_of(candidates)
    if best is None:
        sentence = "No trained architecture is in the registry, so none stood for promotion."
        outcome = Promoted(
            model=model_name, challenger=None, champion=champion, promoted=False, gates=(), sentence=sentence
        )
    elif best[0] == champion:
        outcome = _champion_already(model_name, *best, study_id(prepared, settings))
    else:
        outcome = _decide(Challenge(client, model_name, *best, champion, prepared, settings, now))
    logger.info(outcome.sentence)
    return outcome


def as_it_stands(earlier: Promoted) -> Promoted | None:
    """Give what became of a challenger earlier, with what is so now; None where its version, or its files, are lost."""
    client, name, challenger = open_store(), earlier.model, earlier.challenger
    if challenger is not None and not (
        is_there(client, name, challenger) and not files_are_gone(client, name, challenger)
    ):
        return None
    champion = aliased(find_model(client, name), CHAMPION)
    since = ""
    if champion != earlier.champion:
        since = f" By now {'no version' if champion is None else f'version {champion}'} is the champion."
    elif champion is not None and files_are_gone(client, name, champion):
        since = f" But the files of version {champion} are gone: {REMEDY}"
    return earlier.model_copy(update={"champion": champion, "sentence": earlier.sentence + since})


def best_of(candidates: Sequence[tuple[int, Fit]]) -> tuple[int, Fit] | None:
    """Give the candidate with the lowest validation MAE, the first of equals; never persistence."""
    trained = [
        (version, fit)
        for version, fit in candidates
        if fit.result.architecture != PERSISTENCE and math.isfinite(fit.result.val_mae)
    ]
    return min(trained, key=lambda candidate: candidate[1].result.val_mae, default=None)


def _decide(challenge: Challenge) -> Promoted:
    client, model_name, version, champion = (
        challenge.client,
        challenge.model_name,
        challenge.version,
        challenge.champion,
    )
    judgement = judge(challenge)
    _tag(challenge, judgement)
    shut = [verdict.gate for verdict in judgement.verdicts if not verdict.passed]
    named, promoted = _named(model_name, version, challenge.fit), False
    if judgement.champion_lost:
        sentence = (
            f"{named} cannot be compared with the champion: {judgement.champion_lost} "
            f"`jena registry promote {version}` makes this one the champion."
        )
    elif shut:
        gates = f"gate {shut[0]}" if len(shut) == 1 else f"gates {', '.join(shut[:-1])} and {shut[-1]}"
        stays = "there is no champion yet" if champion is None else f"version {champion} stays the champion"
        sentence = f"{named} did not pass the {gates}; {stays}."
    else:
        with changing(model_name):
            promoted = aliased(find_model(client, model_name), CHAMPION) == champion
            if promoted:
                make_champion(model_name, version, challenge.now, "gates")
        sentence = f"{named} was not promoted: the champion changed in the meantime; run the study again."
        if promoted:
            sentence = _promoted_sentence(named, champion)
    return Promoted(
        model=model_name,
        challenger=version,
        champion=aliased(find_model(client, model_name), CHAMPION),
        promoted=promoted,
        gates=judgement.verdicts,
        sentence=sentence,
    )


def _champion_already(model_name: str, version: int, fit: Fit, study: str) -> Promoted:
    """Tell of a best version that is the champion; where a run of this study made it so, tell that."""
    client = open_store()
    found = patiently(client.get_model_version, model_name, str(version))
    verdicts, named = verdicts_said(found.tags), _named(model_name, version, fit)
    sentence, by_this_study = f"{named} is the champion already; nothing has changed.", False
    if found.tags.get("study") == study and verdicts and all(verdict.passed for verdict in verdicts):
        with changing(model_name):
            model = find_model(client, model_name)
        changes = [change for change in (history_of(model) if model else ()) if change.version == version]
        by_this_study = bool(changes) and changes[-1].way == "gates"
        if by_this_study:
            sentence = _promoted_sentence(named, changes[-1].replaced)
    return Promoted(
        model=model_name,
        challenger=version,
        champion=version,
        promoted=by_this_study,
        gates=verdicts,
        sentence=sentence,
    )


def _promoted_sentence(named: str, replaced: int | None) -> str:
    instead = "" if replaced is None else f", in place of version {replaced}"
    return f"{named} passed every gate and is the champion now{instead}."


def _tag(challenge: Challenge, judgement: Judgement) -> None:
    tags = {SEASONS_TAG: ",".join(judgement.seasons)}
    for verdict in judgement.verdicts:
        tags[GATE_TAG + verdict.gate] = f"{'passed' if verdict.passed else 'closed'}: {verdict.evidence}"
        logger.info("Gate %s %s", verdict.gate, tags[GATE_TAG + verdict.gate])
    for key, text in tags.items():
        patiently(challenge.client.set_model_version_tag, challenge.model_name, str(challenge.version), key, text)


def _named(model_name: str, version: int, fit: Fit) -> str:
    return f"Version {version} of {model_name} ({fit.result.architecture})"
