"""What tests of several rooms of tasks stand on."""

import pytest


@pytest.fixture
def scene(home):
    """A registry that is empty yet, and all that a challenge needs."""
    from scene import Scene

    return Scene(home)
