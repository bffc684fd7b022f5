"""Thin: metadata is in pyproject.toml. Here is what that cannot say: pages, texts and sample models go into it.

templates/, static/, sample_models/ and docs/ stay at the top level and are mapped into the package, so that an
installed wheel has them. innvestigate is left out of the requirements: its metadata refuses today's TensorFlow
(`innv-gui doctor` tells how to add it).
"""

from pathlib import Path

from setuptools import find_packages, setup

HERE = Path(__file__).parent
MAPPED = ("templates", "static", "sample_models", "docs")


def requirements(name: str) -> list[str]:
    """requirements/NAME.in without innvestigate."""
    lines = (HERE / "requirements" / f"{name}.in").read_text().splitlines()
    return [line for line in lines if line and not line.startswith(("#", "innvestigate"))]


def files_below(name: str) -> list[str]:
    """All files of a mapped folder, relative to it."""
    folder = HERE / name
    files = [str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()]
    return [file for file in files if file.endswith(".md")] if name == "docs" else files


setup(
    packages=find_packages(include=["innv_gui", "innv_gui.*"]) + [f"innv_gui.{name}" for name in MAPPED],
    package_dir={f"innv_gui.{name}": name for name in MAPPED},
    package_data={
        "innv_gui": ["imagenet_classes.txt"],
        **{f"innv_gui.{name}": files_below(name) for name in MAPPED},
    },
    install_requires=requirements("run"),
    extras_require={name: requirements(name) for name in ("photos", "umap")},
)
