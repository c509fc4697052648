"""What an instance reserves, and what it may take."""

from components.postgres.memory import left_besides_buffers
from components.postgres.resources import page_parameters, resources
from tests import valid


def test_memory_is_limited_to_what_is_reserved_and_cpu_is_not_limited() -> None:
    assert resources(valid.resources(cpu="2", memory="8Gi")) == {
        "resources": {
            "requests": {"cpu": "2", "memory": "8Gi"},
            "limits": {"memory": "8Gi"},
        }
    }


def test_postgresql_looks_for_the_huge_pages_that_are_reserved() -> None:
    assert page_parameters(None) == page_parameters(valid.resources()) == {}
    assert page_parameters(valid.resources(huge_pages="1Gi")) == {"huge_page_size": "2MB"}


def test_shared_buffers_in_huge_pages_take_no_memory() -> None:
    parameters = {"shared_buffers": "1GB"}
    made = valid.database(resources=valid.resources(memory="2Gi"), parameters=parameters)
    assert left_besides_buffers(made) == 2**30
    pages = valid.resources(memory="1Gi", memory_limit="2Gi", huge_pages="2Gi")
    made = valid.database(resources=pages, parameters=parameters)
    assert left_besides_buffers(made) == 2**31
