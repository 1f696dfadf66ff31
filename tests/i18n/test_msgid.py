from fieldcheck.i18n import language
from fieldcheck.i18n.language import msgid

MARKED = msgid("Zoom blur")


def test_a_sentence_is_marked_where_it_is_declared_and_translated_where_it_is_printed():
    assert MARKED == "Zoom blur"
    with language.use_language("de"):
        assert language.tr_msgid(MARKED) == "Zoomunschärfe"
