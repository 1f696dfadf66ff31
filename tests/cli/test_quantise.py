def test_the_what_if_of_int8_says_size_time_and_score(terminal, place):
    project = place("labelled")
    document = terminal.document("model", "quantise", project, "net")
    assert document["schema"] == "fieldcheck.model_quantise/1"
    assert {
        "model", "file", "n_calibrated", "bytes_before", "bytes_after", "ms_before", "ms_after",
        "time", "field", "benchmark",
    } <= set(document)  # fmt: skip
    assert set(document["field"]) == {"before", "after", "change", "p", "p_reason", "cameras"}
    said = terminal.said("model", "quantise", project, "net")
    assert "net in INT8, calibrated on 20 field frames." in said
    assert "on the same 18 images" in said
    assert "exports/net.int8.onnx" in said
