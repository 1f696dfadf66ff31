"""Reads the program's window as a screen reader does: over the accessibility bus, from a process
of its own, with the system's Python and libatspi.

    dbus-run-session -- /usr/bin/python3 screen_reader.py PROGRAM ARGUMENTS…   a `shown_window`

Goes to each screen of SCREENS, collects what it offers, then does the accessible action
of the buttons in PRESSED; prints one JSON document: `screens`, name of the screen → [role, name,
description] of everything that can have the focus, and `announced`, the texts that appeared.
"""

import json
import os
import subprocess
import sys
import time

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402 - after the version is chosen

PATIENCE_S = 120
SETTLED = 3  # readings of the same controls in a row
DEEPEST = 40
announced = []


def wait(seconds):
    """Lets events arrive."""
    context, until = GLib.MainContext.default(), time.monotonic() + seconds
    while time.monotonic() < until:
        if not context.iteration(False):
            time.sleep(0.01)


def walk(node, depth=0):
    """Every accessible that is shown, the node itself first."""
    if node is None or depth > DEEPEST:
        return
    yield node
    try:
        children = [node.get_child_at_index(k) for k in range(node.get_child_count())]
        children = [child for child in children if child is not None]
        states = [child.get_state_set() for child in children]
    except GLib.Error:  # it went while it was read
        return
    for child, state in zip(children, states, strict=True):
        if state.contains(Atspi.StateType.SHOWING):
            yield from walk(child, depth + 1)


def find_window(program):
    """The program's window, once it is on the bus."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until and program.poll() is None:
        wait(0.3)
        desktop = Atspi.get_desktop(0)
        for k in range(desktop.get_child_count()):
            application = desktop.get_child_at_index(k)
            # Qt says nothing of children that a change of page hides, so what was read grows old
            application.set_cache_mask(Atspi.Cache.NONE)
            try:
                return next(
                    node
                    for node in walk(application)
                    if node.get_role() in (Atspi.Role.FRAME, Atspi.Role.WINDOW)
                )
            except (GLib.Error, StopIteration):
                continue
    raise SystemExit("no window came onto the accessibility bus")


def read_controls(window):
    """[role, name, description] of everything that can have the focus."""
    found = []
    for node in walk(window):
        try:
            state = node.get_state_set()
            if state.contains(Atspi.StateType.FOCUSABLE) and state.contains(
                Atspi.StateType.ENABLED
            ):
                # the inner part of a view that scrolls has no name of its own
                name = node.get_name() or node.get_parent().get_name()
                found.append([node.get_role_name(), name, node.get_description()])
        except GLib.Error:
            continue
    return found


def read_settled(window):
    """The controls, once they stay the same."""
    last, same = None, 0
    until = time.monotonic() + PATIENCE_S
    while same < SETTLED and time.monotonic() < until:
        wait(0.3)
        controls = read_controls(window)
        same = same + 1 if controls == last else 0
        last = controls
    return last


def press(window, name):
    """Presses a button by its name, as a screen reader's user does. Whether there is one."""
    for node in walk(window):
        try:
            if node.get_name().partition(",")[0] == name and (action := node.get_action_iface()):
                return action.do_action(0)
        except GLib.Error:
            continue
    return False


def main():
    listener = Atspi.EventListener.new(lambda event: announced.append(str(event.any_data)))
    listener.register("object:announcement")
    given = {**os.environ, "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1"}
    program = subprocess.Popen(sys.argv[1:], env=given, stdin=subprocess.PIPE, text=True)
    try:
        window = find_window(program)
        screens = {}
        for name in json.loads(os.environ["SCREENS"]):
            program.stdin.write(f"{name}\n")
            program.stdin.flush()
            screens[name] = read_settled(window)
        for name in json.loads(os.environ["PRESSED"]):
            press(window, name)
            wait(1.5)
        wait(1)
        sys.stdout.write(json.dumps({"screens": screens, "announced": announced}) + "\n")
    finally:
        program.stdin.close()
        try:
            program.wait(20)
        except subprocess.TimeoutExpired:
            program.kill()


main()
