"""Registered versions: made, loaded, compared, promoted."""

from tasks.registry.by_hand import likely_model, promote_by_hand, render, render_gates, rollback, standing, start_with
from tasks.registry.champion import (
    Champion,
    NoChampion,
    champion_or_lost,
    champion_or_why_not,
    load_champion,
    load_fallback,
)
from tasks.registry.champions_in_brief import ChampionInBrief, artifact_file, champions_in_brief
from tasks.registry.curves.curve_files import fit_to_headline
from tasks.registry.model_names import kind_of_model, model_meant, model_name
from tasks.registry.promotion import as_it_stands, promote
from tasks.registry.registering.registration import register_fallback, register_version
from tasks.registry.rescoring import reload, unbroken
from tasks.registry.version_files import fetched, load_files, not_loaded
from tasks.registry.versions import CHAMPION, aliased, figure_said, find_model, time_said, versions_of
