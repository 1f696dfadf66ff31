from fieldcheck.files import sha256_file
from fieldcheck.models.plugins import get_plugin_versions, list_decoder_plugins
from tests.models import plugged


def test_version_and_source_are_told_without_running_a_line_of_it(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    assert get_plugin_versions() == {}
    plugged.install(tmp_path, "odd", "raise SystemExit('imported')\n", "2.1.0")
    (one,) = list_decoder_plugins()
    assert (one.name, one.module) == ("odd", "fieldcheck_odd")
    assert (one.function, one.version) == ("decode", "2.1.0")
    assert one.sha256 == sha256_file(tmp_path / "fieldcheck_odd.py")
    before = get_plugin_versions()
    plugged.install(tmp_path, "odd", "raise SystemExit('imported again')\n", "2.1.0")
    assert before["plugin:odd"] != get_plugin_versions()["plugin:odd"] != "2.1.0 "
