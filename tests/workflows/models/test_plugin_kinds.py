from fieldcheck.ui.screens.home.card_fields import options
from fieldcheck.workflows.models.plugin_kinds import plugin_kinds
from tests.inference import plugged


def test_an_installed_plug_in_is_offered_for_boxes_alone(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    plugged.install(tmp_path, "odd", "def decode(outputs, size, n_classes): return (), (), ()\n")
    assert plugin_kinds("detection") == ("plugin:odd",)
    assert plugin_kinds("classification") == ()
    assert "plugin:odd" in dict(options("output.kind", "detection"))
    assert "plugin:odd" not in dict(options("output.kind", "segmentation"))
