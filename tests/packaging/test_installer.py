"""What the installers are made of, as far as it can be held without building one; `bash
packaging/installer.sh --check` runs what was built."""

import configparser
import importlib.util
import json
import re
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from tests.programs import run_program, run_python

CHECKOUT = Path(__file__).parents[2]
FOLDER = CHECKOUT / "packaging" / "installer"


def load(name):
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_start_runs_the_program_or_one_of_its_modules_as_python_would():
    ran = run_python(
        FOLDER / "entry.py", "--version", cwd=CHECKOUT, env={"PYTHONPATH": str(CHECKOUT)}
    )
    assert ran.stdout.startswith("fieldcheck, version ")
    ran = run_python(FOLDER / "entry.py", "-P", "-m", "calendar", "2026", "12")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "December 2026" in ran.stdout


def test_children_are_started_with_the_words_that_the_start_knows():
    source = (CHECKOUT / "fieldcheck" / "child_process.py").read_text("utf-8")
    assert '(sys.executable, "-P", "-m")' in source


def test_modules_that_are_handed_on_as_source_go_along():
    spec = (FOLDER / "fieldcheck.spec").read_text("utf-8")
    product = "\n".join(path.read_text("utf-8") for path in (CHECKOUT / "fieldcheck").rglob("*.py"))
    assert set(re.findall(r'with_name\("(\w+)_bridge\.py"\)', product)) == {"gige", "windows"}
    assert '"*_bridge.py"' in spec
    assert product.count("read_source(") == 5, "a new one needs its file among SOURCES"
    assert all(name in spec for name in ("verify_pack.py", "bench_runner.py", "transforms"))


def test_names_of_all_needed_packages_are_listed():
    names = load("list_parts").list_needed_packages("fieldcheck")
    assert {"fieldcheck", "numpy", "pyside6-essentials", "albucore", "markupsafe"} <= set(names)
    assert not {"pytest", "torch", "pyinstaller"} & set(names)


def test_the_bill_of_materials_keeps_the_parts_and_nothing_of_the_build_machine(tmp_path):
    path = tmp_path / "sbom.json"
    part = {"bom-ref": "numpy==1", "name": "numpy", "externalReferences": [{"url": "file:///root"}]}
    tool = {"bom-ref": "pip==1", "name": "pip"}
    links = [{"ref": "numpy==1", "dependsOn": ["pip==1"]}, {"ref": "pip==1"}]
    path.write_text(json.dumps({"components": [part, tool], "dependencies": links}))
    load("list_parts").reduce_sbom(path, {"numpy"})
    text = path.read_text()
    assert [one["name"] for one in json.loads(text)["components"]] == ["numpy"]
    assert "/root" not in text
    assert "pip" not in text


def test_the_table_of_parts_counts_a_package_with_its_libraries(tmp_path):
    parts = load("list_parts")
    for name, size in (
        ("_internal/cv2/a.so", 3_000_000),
        ("_internal/cv2.libs/b.so", 2_000_000),
        ("fieldcheck", 1_000_000),
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x" * size)
    sizes = parts.measure_parts(tmp_path)
    assert sizes == Counter({"cv2": 5_000_000, "fieldcheck": 1_000_000})
    assert "| **whole** | **6.0** |" in parts.format_sizes(sizes)


def test_the_menu_entry_the_types_and_the_description_agree():
    entry = configparser.ConfigParser(interpolation=None)
    entry.read(FOLDER / "fieldcheck.desktop", encoding="utf-8")
    types = [one for one in entry["Desktop Entry"]["MimeType"].split(";") if one]
    mime = ElementTree.parse(FOLDER / "fieldcheck.mime.xml").getroot()
    assert [one.get("type") for one in mime] == types
    globs = [one.get("pattern") for one in mime.iter() if one.tag.endswith("}glob")]
    assert globs == ["*.fcpack", "*.fieldcheck"]
    about = ElementTree.parse(FOLDER / "fieldcheck.metainfo.xml").getroot()
    assert about.findtext("id") == about.findtext("launchable") == "fieldcheck.desktop"
    assert about.findtext("project_license") == "Apache-2.0"
    assert ElementTree.parse(FOLDER / "fieldcheck.svg").getroot().get("viewBox") == "0 0 128 128"


def test_windows_gets_an_icon_and_a_version_of_four_numbers(tmp_path):
    files = load("windows_files")
    files.main("0.12.3", tmp_path)
    assert "filevers=(0, 12, 3, 0)" in (tmp_path / "version.txt").read_text("utf-8")
    with Image.open(tmp_path / "fieldcheck.ico") as icon:
        assert icon.info["sizes"] == set(files.SIZES)


@pytest.mark.parametrize("name", ["installer", "wheelhouse", "site"])
def test_scripts_are_sound_and_say_what_they_do(name):
    script = CHECKOUT / "packaging" / f"{name}.sh"
    assert run_program(["bash", "-n", script]).returncode == 0
    assert script.read_text("utf-8").splitlines()[1].startswith("# ")


def test_what_was_not_run_is_said_where_it_is_built():
    for name in ("windows.ps1", "fieldcheck.iss", "README.md"):
        text = (FOLDER / name).read_text("utf-8").replace("\n", " ")
        assert "not been run on a Windows machine yet" in text.replace("**", "")
