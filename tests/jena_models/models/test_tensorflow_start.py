"""What is heard while TensorFlow is imported."""

import subprocess
import sys
from pathlib import Path

SAID = """
import os, sys, threading
from jena_models.models.tensorflow_start import muted_native_code

before = sys.stderr
with muted_native_code():
    os.write(2, b"native\\n")
    print("from here", file=sys.stderr)
    other = threading.Thread(target=lambda: print("from a thread", file=sys.stderr))
    other.start()
    other.join()
    kept = sys.stderr
print("afterwards", file=sys.stderr)
print("by who kept the stream", file=kept)
os.write(2, b"native again\\n")
assert sys.stderr is before
"""


def test_native_code_is_muted_and_what_python_writes_is_seen():
    told = subprocess.run([sys.executable, "-c", SAID], capture_output=True, text=True, check=True)

    lines = ["from here", "from a thread", "afterwards", "by who kept the stream", "native again"]
    assert told.stderr.splitlines() == lines
    assert told.stdout == ""


AT_ONCE = """
import sys, threading, time
from jena_models.models.tensorflow_start import start_tensorflow
sys.path.insert(0, sys.argv[1])
first = threading.Thread(target=start_tensorflow)
first.start()
while "tensorflow" not in sys.modules:
    time.sleep(0.001)
start_tensorflow()
print(hasattr(sys.modules["tensorflow"], "config"))
first.join()
"""


def test_a_thread_waits_for_tensorflow_that_another_one_is_starting(tmp_path: Path):
    slow = "import time, types\ntime.sleep(1)\nconfig = types.SimpleNamespace(list_physical_devices=list)\n"
    (tmp_path / "tensorflow.py").write_text(slow)

    told = subprocess.run([sys.executable, "-c", AT_ONCE, str(tmp_path)], capture_output=True, text=True, check=True)

    assert told.stdout == "True\n"
