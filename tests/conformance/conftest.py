import pytest
from lab import Lab


@pytest.fixture(params=['clone', 'mirror'])
def lab(request, spark, tmp_path):
    """Each scenario runs in both modes, unless it says clone_only or mirror_only."""
    return Lab(spark, tmp_path, request.param)


@pytest.fixture(params=['clone', 'mirror'])
def bare(request, tmp_path):
    """The same without Spark, for what is refused: no engine has anything to judge then."""
    return Lab(None, tmp_path, request.param)
