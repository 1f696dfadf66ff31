from fieldcheck.domain.provider import CPU, NAMES, Parity


def test_every_provider_has_a_name_of_the_runtime_and_the_processor_is_the_first():
    assert next(iter(NAMES)) == CPU
    assert all(name.endswith("ExecutionProvider") for name in NAMES.values())
    assert "AzureExecutionProvider" not in NAMES.values()


def test_a_provider_is_used_only_where_nothing_is_wrong():
    assert Parity("cuda", 4, 0.001, ("Loop",)).is_usable
    assert not Parity("cuda", problem="differs").is_usable
