"""Machine code that is kept: what is not whole is compiled again, and a folder that cannot be written is told."""

import importlib.util
from pathlib import Path

import numba
import pytest

from tradecredit.errors import ParameterError
from tradecredit.numerics import compiled as module

KERNEL = "from tradecredit.numerics.compiled import compiled\n\n\n@compiled\ndef twice(x):\n    return x + x\n"


@pytest.fixture
def twice(tmp_path, monkeypatch):
    """Return the same kernel again and again, as another process would get it."""
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path / "kept"))
    file = tmp_path / "kernel.py"
    file.write_text(KERNEL)

    def anew():
        spec = importlib.util.spec_from_file_location("kernel", file)
        made = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(made)
        return made.twice

    return anew


def hits(kernel) -> int:
    return sum(kernel.stats.cache_hits.values())


@pytest.mark.parametrize("suffix", ["nbi", "nbc"])
@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.99])
def test_a_file_that_is_cut_short_is_made_again(twice, tmp_path, suffix, share):
    first = twice()
    assert first(2.0) == 4.0
    again = twice()
    assert again(2.0) == 4.0
    assert hits(again) == 1, "it is kept"
    (file,) = (tmp_path / "kept").rglob(f"*.{suffix}")
    content = file.read_bytes()
    file.write_bytes(content[: int(share * len(content))])
    spoilt = twice()
    assert spoilt(2.0) == 4.0
    assert hits(spoilt) == 0, "what is left is not trusted"
    mended = twice()
    assert mended(2.0) == 4.0
    assert hits(mended) == 1


def test_a_folder_that_cannot_be_written_is_told(tmp_path, monkeypatch):
    (tmp_path / "taken").write_text("a file")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "taken"))
    with pytest.raises(ParameterError, match=r"taken.*cannot be written.*XDG_CACHE_HOME"):
        module._folder()


def test_the_folder_is_of_the_state_of_all_kernels():
    assert Path(numba.config.CACHE_DIR).name == module._kernels_version()
