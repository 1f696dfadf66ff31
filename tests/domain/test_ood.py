from fieldcheck.corruptions import messages as probing
from fieldcheck.domain.robustness import FAMILIES, SHORTCUTS
from fieldcheck.i18n import language


def test_every_family_and_every_shortcut_has_a_name():
    with language.use_language("en"):
        said = {name: probing.get_ood_family_name(name) for name in FAMILIES} | {
            name: probing.get_shortcut_name(name) for name in SHORTCUTS
        }
    assert all(name != shown for name, shown in said.items())
    assert len(set(said.values())) == len(said) == 12
