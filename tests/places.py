"""Three places in which the program may run: time zones, and languages that few machines have installed."""

import shutil
import subprocess
from pathlib import Path

SETTINGS = {
    "UTC": {"TZ": "UTC", "LC_ALL": "C.UTF-8"},
    # Texts of files that state no encoding are in that of the language (this one is made in a fifteenth of the time
    # of GB18030, and lacks more letters); in ASCII where it is not installed.
    "Shanghai in Chinese": {
        "TZ": "Asia/Shanghai",
        "LC_ALL": "zh_CN.GBK",
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
    },
    "Los Angeles in German": {"TZ": "America/Los_Angeles", "LC_ALL": "de_DE.UTF-8"},
}


def languages(folder: Path) -> dict[str, str]:
    """Make the languages of `SETTINGS` in a folder; return what a process needs to speak them.

    Raises `LookupError` where this machine cannot make one.
    """
    if shutil.which("localedef") is None:
        raise LookupError("no localedef to make languages with")
    for settings in SETTINGS.values():
        language, _, encoding = settings["LC_ALL"].partition(".")
        if language == "C":
            continue
        made = subprocess.run(
            ["localedef", "-i", language, "-f", encoding, folder / f"{language}.{encoding}"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if made.returncode > 1:  # 1: made, with remarks
            raise LookupError(f"{language} cannot be made here: {made.stderr}")
    return {"LOCPATH": str(folder)}
