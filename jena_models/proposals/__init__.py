"""A station file that is proposed from what a source holds, with a question where it does not tell."""

from jena_models.proposals.proposal import Proposal, propose
from jena_models.proposals.station_file import station_text
