import subprocess
import sys

import numpy as np

from fieldcheck.project.layout import CACHE, DATABASE, FOLDERS


def test_a_project_with_the_look_of_a_frame_holds_the_named_databases_and_folders(project):
    project.cache.put_looks({"frame": np.zeros((90, 160), np.uint8)})
    assert {DATABASE, CACHE, *FOLDERS} <= {one.name for one in project.path.iterdir()}


def test_the_names_are_known_without_the_library_of_the_database():
    script = "import sys, fieldcheck.project.layout; sys.exit('sqlite_utils' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script]).returncode == 0
