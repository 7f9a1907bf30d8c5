"""What the tests of one process share: a browser and a JupyterLab, each started when a test first asks for it.

A quick run leaves out what takes long: tests that have a browser among their fixtures, however far away, unless they
are marked `smoke`; those with other fixtures that are costly; and those that are marked `thorough`.  A cell of a notebook
is run once in a quick run, and again, as `again` says, in one of all tests.
"""
import nbval.kernel
import pytest
from again import IPyNbCell, run_again, with_backwards
from jupyter import needing_a_browser
from tiers import QUICK

from bplib.bench import browser as headless
from bplib.bench.browser import PATIENCE
from bplib.environment import COMMANDS

COSTLY = {"browser", "graded", "hostile", "project", "small_class"}
"""Fixtures that take long to make: a browser, classes of submissions that are graded, a project that is set up."""


@pytest.fixture(scope="session")
def browser():
    """A headless Chromium, and patience with it."""
    with needing_a_browser(), headless.browser() as started:
        from playwright.sync_api import expect

        expect.set_options(timeout=1000 * PATIENCE)
        yield started


@pytest.fixture(scope="session")
def server():
    """JupyterLab, started as the command `lab` starts it; each module of tests has a notebook of its own in it."""
    with headless.jupyterlab(*COMMANDS["lab"].arguments[2:]) as running:
        yield running


@pytest.fixture(scope="module")
def lab(request, browser, server):
    """A notebook of the module's CELLS, all of which have run, in JupyterLab."""
    with headless.opened(server, browser, request.module.CELLS) as lab:
        yield lab


LONGEST = ("course_in_jupyterlab", "grading", "explore_everywhere", "tuning", "variants", "random_networks", "explore_network",
           "explore_training", "mathjax", "explore_exported", "gradcheck", "explore_builder", "languages",
           "explore_descent", "compare", "coursework_checking", "figures", "explore_browser", "explore_derivation",
           "explore_gradient_check")
"""The files of tests that take longest, first, so that the processes that share all files end at about the same time."""


def turn(item):
    """When the file of an item is begun: the LONGEST first, then the notebooks, then all others."""
    name = item.path.stem.removeprefix("test_")
    return LONGEST.index(name) if name in LONGEST else len(LONGEST) + (item.path.suffix == ".py")


def pytest_collection_modifyitems(config, items):
    if QUICK:
        left_out = {item for item in items if not in_a_quick_run(item)}
        config.hook.pytest_deselected(items=[*left_out])
        items[:] = [item for item in items if item not in left_out]
    else:
        items[:] = with_backwards(items)
    items.sort(key=turn)


class SecondRun:
    """Runs each cell again.  A plugin of its own: this file alone is asked about tests in its own folder only."""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item):
        yield
        if isinstance(item, IPyNbCell):
            run_again(item)


START = nbval.kernel.start_new_kernel


def started_kernel(**options):
    """A kernel; the second of two that chose the same port at the same time dies of it, and is started again."""
    try:
        return START(**options)
    except RuntimeError:
        return START(**options)


def pytest_configure(config):
    nbval.kernel.start_new_kernel = started_kernel
    if not QUICK:
        config.pluginmanager.register(SecondRun())


def in_a_quick_run(item):
    if COSTLY.intersection(getattr(item, "fixturenames", ())):
        return item.get_closest_marker("smoke") is not None
    return item.get_closest_marker("thorough") is None
