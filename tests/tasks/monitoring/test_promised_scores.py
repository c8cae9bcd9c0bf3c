"""What a version promised is read from its run and tags, which people may change."""

from scene import MODEL, Scene

from tasks.monitoring.promised_scores import promise_of
from tasks.tracking import client


def test_what_a_person_wrote_in_a_tag_is_no_promise(home):
    Scene(home).version()
    for tag, text in {"val_skill": "good", "trained_until": "yesterday", "data": "abc"}.items():
        client().set_model_version_tag(MODEL, "1", tag, text)

    promise = promise_of(MODEL, 1, 0.9)

    assert (promise.val_skill, promise.trained_until, promise.data) == (None, None, "abc")
