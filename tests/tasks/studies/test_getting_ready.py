"""What a study imports while its trainings go on."""

import pytest

from jena_models.settings import Settings
from tasks.studies import get_ready_to_conclude, study


@pytest.mark.parametrize(
    ("architectures", "imported"),
    [(("persistence", "ridge"), ["resampling"]), (("ridge", "dense"), ["resampling", "tensorflow"])],
)
def test_tensorflow_is_imported_where_a_network_may_be_the_best(architectures, imported, monkeypatch):
    done = []
    monkeypatch.setattr(study, "import_resampling", lambda: done.append("resampling"))
    monkeypatch.setattr(study, "start_tensorflow", lambda: done.append("tensorflow"))

    get_ready_to_conclude(Settings(architectures=architectures))

    assert done == imported
