from fieldcheck.models.plugins import list_plugin_kinds
from fieldcheck.ui.screens.home.model_card_page import list_options
from tests.models import plugged


def test_an_installed_plug_in_is_offered_for_boxes_alone(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    plugged.install(tmp_path, "odd", "def decode(outputs, size, n_classes): return (), (), ()\n")
    assert list_plugin_kinds("detection") == ("plugin:odd",)
    assert list_plugin_kinds("classification") == ()
    assert "plugin:odd" in dict(list_options("output.kind", "detection"))
    assert "plugin:odd" not in dict(list_options("output.kind", "segmentation"))
